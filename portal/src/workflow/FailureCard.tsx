/** Why it did not complete: first thing on the page, with what it means and what to do. Stopped is not failed. */

import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { Schemas } from "../api/client";

const STOPPED: ReadonlySet<string> = new Set(["ABORTED", "CANCELLED"]);

export function FailureCard({ failure, onJump }: { failure: Schemas["WorkflowFailure"]; onJump: (stepId: string) => void }) {
  const { stepId, message } = failure;
  // The message names both where it can: nobody reads the same twice.
  const error = failure.error && failure.error !== failure.status && !message.includes(failure.error) ? failure.error : null;
  const cause = failure.cause && !message.includes(failure.cause) ? failure.cause : null;
  return (
    <Alert
      type={STOPPED.has(failure.status) ? "info" : "error"}
      header={message}
      {...(stepId ? { action: <Button onClick={() => onJump(stepId)}>{`Jump to ${failure.stepName ?? "the step"}`}</Button> } : {})}
    >
      <SpaceBetween size="xxs">
        {error && <Box variant="strong">{error}</Box>}
        {cause && <Box variant="div"><span style={{ overflowWrap: "anywhere" }}>{cause.slice(0, 1200)}</span></Box>}
        {failure.means && <Box>{failure.means}</Box>}
        {failure.advice && <Box><b>What to do: </b>{failure.advice}</Box>}
      </SpaceBetween>
    </Alert>
  );
}
