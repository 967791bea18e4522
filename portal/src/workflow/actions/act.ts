/** Doing something to a workflow: which route, with what. A run's actions are the run's own. */

import { type Api, answerOf } from "../../api/client";
import type { Schemas } from "../../api/client";

export type Workflow = Schemas["WorkflowItem"];
export type ActionName = "pause" | "resume" | "cancel" | "retry";
export const ACTIONS: readonly ActionName[] = ["pause", "resume", "cancel", "retry"];

export interface Wanted {
  readonly reason: string;
  readonly cleanup?: boolean;
  readonly typedName?: string;
  /** Names of held waves; all where it is left out. */
  readonly waves?: readonly string[];
}

export interface Done {
  readonly message: string;
  /** Of the workflow that it is about from now on: a retry makes a new one. */
  readonly id: string;
}

type Key = { "Idempotency-Key": string };

export async function act(api: Api, workflow: Workflow, action: ActionName, wanted: Wanted, key: Key): Promise<Done> {
  return workflow.engine === "recovery" ? actOnRun(api, workflow.id, action, wanted, key) : actOnOther(api, workflow.id, action, wanted, key);
}

async function actOnRun(api: Api, id: string, action: ActionName, wanted: Wanted, headers: Key): Promise<Done> {
  const told = { params: { path: { execution_id: id } }, headers };
  const { reason } = wanted;
  if (action === "pause") return done(await answerOf(api.POST("/executions/{execution_id}/pause", { ...told, body: { reason } })));
  if (action === "resume") {
    const body = { reason, ...(wanted.waves ? { waves: [...wanted.waves] } : {}) };
    return done(await answerOf(api.POST("/executions/{execution_id}/resume", { ...told, body })));
  }
  if (action === "cancel") {
    const body = { reason, cleanup: wanted.cleanup ?? false };
    return done(await answerOf(api.POST("/executions/{execution_id}/cancel", { ...told, body })));
  }
  const body = { reason, ...(wanted.typedName ? { planName: wanted.typedName } : {}) };
  const begun = await answerOf(api.POST("/executions/{execution_id}/retry", { ...told, body }));
  return { message: "A new run has begun.", id: begun.executionId };
}

function done(answer: Schemas["ActionDone"]): Done {
  const seconds = answer.takesEffectWithinSeconds;
  return { message: seconds > 0 ? `${answer.message} It takes effect within ${seconds} s.` : answer.message, id: answer.executionId };
}

async function actOnOther(api: Api, id: string, action: ActionName, wanted: Wanted, headers: Key): Promise<Done> {
  const told = { params: { path: { workflow_id: id } }, headers, body: { reason: wanted.reason } };
  const answer = await answerOf(posted(api, action, told));
  return { message: answer.message, id: answer.workflowId };
}

type Told = {
  params: { path: { workflow_id: string } };
  headers: Key;
  body: { reason: string };
};

function posted(api: Api, action: ActionName, told: Told) {
  switch (action) {
    case "pause":
      return api.POST("/workflows/{workflow_id}/pause", told);
    case "resume":
      return api.POST("/workflows/{workflow_id}/resume", told);
    case "cancel":
      return api.POST("/workflows/{workflow_id}/cancel", { ...told, body: { ...told.body, cleanup: false } });
    case "retry":
      return api.POST("/workflows/{workflow_id}/retry", told);
  }
}
