import { cleanup, render } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { Contained } from "../../src/states/states";
import Diagram from "../../src/workflow/diagram/Diagram";
import DiagramTab from "../../src/workflow/diagram/DiagramTab";
import { graphOf } from "../../src/workflow/diagram/graph";
import { standingOf } from "../../src/workflow/diagram/standing";
import { showing } from "../withApi";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

test.each([[null], [{}], [{ States: "none" }], ["not parsable"]])("a definition that is %j is told as none, not drawn as nothing", async (structure) => {
  const page = showing(<DiagramTab executionId="x" chains={[]} selectedName={null} onSelect={() => {}} />, { "GET /workflows/x/definition": { body: { structure } } });
  await page.sees("No diagram");
});

test("a large diagram whose layout fails says so instead of waiting for ever", async () => {
  vi.spyOn(console, "error").mockImplementation(() => {});
  vi.stubGlobal("Worker", class {
    onerror: ((event: { message: string }) => void) | null = null;
    postMessage() {
      setTimeout(() => this.onerror?.({ message: "out of memory" }));
    }
    terminate() {}
  });
  const names = Array.from({ length: 200 }, (_, at) => `S${at}`);
  const graph = graphOf({ StartAt: "S0", States: Object.fromEntries(names.map((name, at) => [name, { Type: "Pass", Next: names[at + 1] }])) });
  const view = render(<Contained what="Diagram"><Diagram graph={graph} standing={standingOf([])} selectedName={null} onSelect={() => {}} /></Contained>);
  await vi.waitFor(() => expect(view.container.textContent).toContain("out of memory"));
});
