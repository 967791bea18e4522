import { cleanup, fireEvent } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { StepsTab } from "../../src/workflow/steps/StepsTab";
import { placeKey, rowsOf } from "../../src/workflow/steps/tree";
import { type Detail, useSteps } from "../../src/workflow/useWorkflow";
import { step } from "../made";
import { refusal, showing } from "../withApi";

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

const DETAIL = { steps: { steps: [step({ name: "First" })], nextCursor: "50", lanes: [], total: 51 } } as unknown as Detail;

function Page() {
  const { tree, ask, waiting, failed } = useSteps("w", DETAIL, undefined);
  const rows = rowsOf(tree, new Set());
  return (
    <>
      {failed ? "could not be read" : ""}
      <StepsTab rows={rows} selected={null} waiting={(row) => row.kind === "more" && waiting.has(placeKey(row.place))} onSelect={(row) => row.kind === "more" && ask(row.place)} onToggle={() => {}} runs={false} pace={1} />
    </>
  );
}

test("steps that could not be read are asked for again by the same click", async () => {
  let answers = 0;
  const page = showing(<Page />, {
    "GET /workflows/w/steps": () => {
      answers += 1;
      return answers === 1 ? refusal(500, "odd") : { body: { steps: [step({ id: "51", name: "The last" })], lanes: [], nextCursor: null, total: 51 } };
    },
  });
  fireEvent.click(page.view.getByText(/More steps/));
  await page.sees("could not be read");
  fireEvent.click(page.view.getByText(/More steps/));
  await page.sees("The last");
  expect(page.text()).not.toContain("could not be read");
});
