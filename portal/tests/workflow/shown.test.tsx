import { cleanup, render } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import { FailureCard } from "../../src/workflow/FailureCard";
import { leastOf } from "../../src/workflow/steps/TreeGrid";

afterEach(cleanup);

const failure = { message: "Failed in Pay: CardDeclined: no money.", error: "CardDeclined", cause: "no money.", means: null, advice: null, stepId: null, stepName: null };

test("a failure says nothing twice", () => {
  const { container } = render(<FailureCard failure={failure as never} onJump={() => {}} />);
  expect(container.textContent?.match(/CardDeclined/g)).toHaveLength(1);
  expect(container.textContent?.match(/no money/g)).toHaveLength(1);
});

test("what the message leaves out is told below it", () => {
  const { container } = render(<FailureCard failure={{ ...failure, message: "Failed in Pay." } as never} onJump={() => {}} />);
  expect(container.textContent).toContain("CardDeclined");
  expect(container.textContent).toContain("no money.");
});

test.each([
  ["minmax(170px, 260px) minmax(420px, 1fr)", 590],
  ["90px minmax(200px, 2fr) minmax(170px, 1fr)", 460],
])("columns of %s need %i pixels", (template, pixels) => {
  expect(leastOf(template)).toBe(pixels);
});
