import createWrapper from "@cloudscape-design/components/test-utils/dom";
import { cleanup } from "@testing-library/react";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { MOST_VIEWS, unnamed, viewsOf, withView, withoutView } from "../../src/workflows/views/views";
import { ViewsMenu } from "../../src/workflows/views/ViewsMenu";
import { showing } from "../withApi";

beforeEach(() => localStorage.clear());
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

test("what was kept is read again, and what is no view is left out", () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json(), fc.constant(null)), (text) => {
    for (const view of viewsOf(text)) expect(typeof view.search).toBe("string");
  }));
  const kept = withView([], { name: "Late orders", search: "tab=slow&type=orders" });
  expect(viewsOf(JSON.stringify([...kept, { name: 7 }, null]))).toEqual(kept);
});

test("a view of the same name is replaced, and others stay", () => {
  const views = withView(withView(withView([], { name: "b", search: "" }), { name: "a", search: "tab=all" }), { name: "b", search: "tab=slow" });
  expect(views).toEqual([{ name: "a", search: "tab=all" }, { name: "b", search: "tab=slow" }]);
  expect(withoutView(views, "a")).toEqual([{ name: "b", search: "tab=slow" }]);
  expect(unnamed(views, " ")).toMatch(/name/);
  const many = Array.from({ length: MOST_VIEWS }, (_, at) => ({ name: `${at}`, search: "" }));
  expect(unnamed(many, "new")).toMatch(/remove one first/);
  expect(unnamed(many, "7")).toBeNull();
});

test("what is shown is saved under a name, opened by it, and removed", async () => {
  const { sees } = showing(<ViewsMenu search="tab=failed&type=orders" />, {}, "/workflows?tab=failed&type=orders");
  const menu = () => createWrapper().findButtonDropdown();
  menu()?.openDropdown();
  menu()?.findItemById("save")?.click();
  const dialog = createWrapper().findModal();
  dialog?.findContent().findInput()?.setInputValue("Failed orders");
  dialog?.findFooter()?.findAllButtons().at(-1)?.click();
  await sees("Failed orders");
  expect(viewsOf(localStorage.getItem("breakwater.views"))).toEqual([{ name: "Failed orders", search: "tab=failed&type=orders" }]);
  window.history.replaceState(null, "", "/workflows");
  menu()?.openDropdown();
  menu()?.findItemById("view-0")?.click();
  expect(window.location.search).toBe("?tab=failed&type=orders");
  menu()?.openDropdown();
  menu()?.findItemById("remove")?.click();
  expect(viewsOf(localStorage.getItem("breakwater.views"))).toEqual([]);
});

test("a browser that keeps nothing is told as such", async () => {
  showing(<ViewsMenu search="tab=all" />, {});
  vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
    throw new DOMException("full", "QuotaExceededError");
  });
  const menu = createWrapper().findButtonDropdown();
  menu?.openDropdown();
  menu?.findItemById("save")?.click();
  const dialog = createWrapper().findModal();
  dialog?.findContent().findInput()?.setInputValue("All");
  dialog?.findFooter()?.findAllButtons().at(-1)?.click();
  await vi.waitFor(() => expect(createWrapper().findModal()).not.toBeNull());
  expect(viewsOf(localStorage.getItem("breakwater.views"))).toEqual([]);
});

test("a browser whose storage is switched off shows the page all the same", async () => {
  for (const name of ["getItem", "setItem"] as const) {
    vi.spyOn(Storage.prototype, name).mockImplementation(() => {
      throw new DOMException("denied", "SecurityError");
    });
  }
  const { sees } = showing(<ViewsMenu search="tab=all" />, {});
  await sees("Views");
  vi.resetModules();
  const theme = await import("../../src/app/theme");
  expect(theme.chosenTheme()).toBe("system");
  theme.chooseTheme("dark");
  expect(theme.chosenTheme()).toBe("dark");
  theme.chooseTheme("system");
});

test("a view that another tab saved meanwhile is not lost", async () => {
  showing(<ViewsMenu search="tab=all" />, {});
  localStorage.setItem("breakwater.views", JSON.stringify([{ name: "of another tab", search: "tab=slow" }]));
  createWrapper().findButtonDropdown()?.openDropdown();
  createWrapper().findButtonDropdown()?.findItemById("save")?.click();
  createWrapper().findModal()?.findContent().findInput()?.setInputValue("of this one");
  createWrapper().findModal()?.findFooter()?.findAllButtons().at(-1)?.click();
  expect(viewsOf(localStorage.getItem("breakwater.views")).map((view) => view.name)).toEqual(["of another tab", "of this one"]);
});
