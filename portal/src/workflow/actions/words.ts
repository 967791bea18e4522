/** What an action is called, and what it means for this very workflow. Pure. */

import { nameOf } from "../../workflows/nameOf";
import type { ActionName, Workflow } from "./act";

export interface Words {
  readonly button: string;
  readonly question: string;
  readonly meaning: string;
  readonly isDestructive: boolean;
}

export function wordsFor(action: ActionName, workflow: Workflow): Words {
  const name = nameOf(workflow);
  const isRun = workflow.engine === "recovery";
  switch (action) {
    case "pause":
      return {
        button: "Pause",
        question: `Pause ${name}?`,
        meaning: isRun ? "Nothing new starts. Waves that are launching are watched to their end, then it waits for you." : "It stops at the next place where it can.",
        isDestructive: false,
      };
    case "resume":
      return {
        button: "Resume",
        question: `Let ${name} go on?`,
        meaning: isRun ? "Held waves are released, and what waits for them starts." : "It goes on where it waits.",
        isDestructive: false,
      };
    case "cancel":
      return {
        button: "Cancel",
        question: `Cancel ${name}?`,
        meaning: isRun ? "Nothing new starts. DRS cannot stop a launch, so servers that are launching are watched to their end." : "The execution is stopped. Steps that have run are not undone.",
        isDestructive: true,
      };
    case "retry":
      return {
        button: "Retry",
        question: `Retry ${name}?`,
        meaning: isRun ? "A new run begins. Waves that completed are taken over; only servers that did not launch are started." : "It begins again where it failed.",
        isDestructive: false,
      };
  }
}
