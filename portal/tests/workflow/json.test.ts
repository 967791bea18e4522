import fc from "fast-check";
import { expect, test } from "vitest";
import { indented } from "../../src/workflow/panel/json";

test("a number keeps every digit, and text is not touched", () => {
  expect(indented('{"orderId":12345678901234567890,"rate":1.0,"t":"a:{,[ \\"b","e":[],"o":{}}')).toBe('{\n  "orderId": 12345678901234567890,\n  "rate": 1.0,\n  "t": "a:{,[ \\"b",\n  "e": [],\n  "o": {}\n}');
  expect(indented("no JSON: {")).toBe("no JSON: {");
});

test("any JSON is indented as the browser would do it", () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => {
    const text = JSON.stringify(value);
    expect(indented(text)).toBe(JSON.stringify(JSON.parse(text), null, 2));
    expect(indented(JSON.stringify(value, null, 7))).toBe(indented(text));
  }));
});
