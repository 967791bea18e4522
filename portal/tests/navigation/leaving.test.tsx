import { act, cleanup, fireEvent, render } from "@testing-library/react";
import { useState } from "react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { amend, go, usePlace } from "../../src/navigation/location";
import { useUnsaved } from "../../src/session/drafts";

const ask = vi.spyOn(window, "confirm");

beforeEach(() => {
  ask.mockReset();
  go("/list", { unasked: true });
  go("/form", { unasked: true });
});
afterEach(cleanup);

function Form() {
  const [text, setText] = useState("");
  useUnsaved(text !== "");
  return <input value={text} onChange={(event) => setText(event.target.value)} />;
}

function Pages() {
  const { path } = usePlace();
  return path === "/form" ? <Form /> : <p>{path}</p>;
}

/** Somebody has typed something. */
function typing() {
  const view = render(<Pages />);
  fireEvent.change(view.getByRole("textbox"), { target: { value: "twenty minutes" } });
  return { ...view, typed: () => (view.queryByRole("textbox") as HTMLInputElement | null)?.value };
}

const turned = async (by: number) => {
  const told = new Promise((done) => window.addEventListener("popstate", done, { once: true }));
  await act(async () => {
    window.history.go(by);
    await told;
  });
};

test("a link away from something unsaved is asked about: it stays, or is left", () => {
  const view = typing();
  ask.mockReturnValueOnce(false).mockReturnValueOnce(true);
  act(() => go("/list"));
  expect([window.location.pathname, view.typed()]).toEqual(["/form", "twenty minutes"]);
  act(() => go("/list"));
  expect([window.location.pathname, view.typed()]).toEqual(["/list", undefined]);
  expect(ask).toHaveBeenCalledTimes(2);
  act(() => go("/elsewhere"));
  expect(ask).toHaveBeenCalledTimes(2);
});

test("Back that nobody meant comes back to the form as it was, and Back still leads where it did", async () => {
  const view = typing();
  ask.mockReturnValueOnce(false).mockReturnValueOnce(true);
  await turned(-1);
  view.rerender(<Pages />);
  expect(view.typed()).toBe("twenty minutes");
  await vi.waitFor(() => expect(window.location.pathname).toBe("/form"));
  expect(view.typed()).toBe("twenty minutes");
  await turned(-1);
  expect([window.location.pathname, view.typed()]).toEqual(["/list", undefined]);
  expect(ask).toHaveBeenCalledTimes(2);
});

test("Forward, and several steps at once, are asked about too", async () => {
  go("/further", { unasked: true });
  render(<p />);
  await turned(-1);
  const view = typing();
  ask.mockReturnValue(false);
  for (const by of [1, -1]) {
    await turned(by);
    await vi.waitFor(() => expect(window.location.pathname).toBe("/form"));
    expect(view.typed()).toBe("twenty minutes");
  }
  ask.mockReturnValue(true);
  await turned(1);
  expect(window.location.pathname).toBe("/further");
});

test("nobody is asked where nothing is lost: its own parameters, what was saved, what was not touched", async () => {
  const view = typing();
  act(() => amend({ step: "1" }, { replace: false }));
  await turned(-1);
  expect(view.typed()).toBe("twenty minutes");
  act(() => go("/list", { unasked: true }));
  expect(window.location.pathname).toBe("/list");
  act(() => go("/form"));
  act(() => go("/list"));
  expect(ask).not.toHaveBeenCalled();
});
