import { act, cleanup, render } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { Waiting } from "../src/states/states";

afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

test("who waits for long is told that it is tried again", () => {
  vi.useFakeTimers();
  const { container } = render(<Waiting what="Reading the workflow" />);
  act(() => void vi.advanceTimersByTime(4000));
  expect(container.textContent).not.toContain("longer than usual");
  act(() => void vi.advanceTimersByTime(2000));
  expect(container.textContent).toContain("Reading the workflow …This takes longer than usual.");
});
