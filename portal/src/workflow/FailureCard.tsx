/** Why it did not complete: first thing on the page, with what it means and what to do. */

import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { Schemas } from "../api/client";

export function FailureCard({ failure, onJump }: { failure: Schemas["WorkflowFailure"]; onJump: (stepId: string) => void }) {
  const { stepId } = failure;
  return (
    <Alert
      type="error"
      header={failure.message}
      {...(stepId ? { action: <Button onClick={() => onJump(stepId)}>{`Jump to ${failure.stepName ?? "the step"}`}</Button> } : {})}
    >
      <SpaceBetween size="xxs">
        {failure.error && <Box variant="strong">{failure.error}</Box>}
        {failure.cause && failure.cause !== failure.message && <Box variant="div"><span style={{ overflowWrap: "anywhere" }}>{failure.cause.slice(0, 1200)}</span></Box>}
        {failure.means && <Box>{failure.means}</Box>}
        {failure.advice && <Box><b>What to do: </b>{failure.advice}</Box>}
      </SpaceBetween>
    </Alert>
  );
}
