/** What the server of live updates says (docs/live.md). Pure. */

/** What changed: small, and never all there is. Unknown types and fields are left alone. */
export interface Delta {
  readonly type: string;
  readonly workflowId?: string;
  readonly at?: string;
  readonly [field: string]: unknown;
}

export interface Frame {
  readonly type: string;
  readonly topic?: string;
  readonly cursor?: number;
  readonly after?: number;
  readonly deltas?: readonly Delta[];
  readonly [field: string]: unknown;
}

/** Null for what is no frame: what nobody understands changes nothing. */
export function frameOf(text: unknown): Frame | null {
  if (typeof text !== "string") return null;
  let said: unknown;
  try {
    said = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof said !== "object" || said === null || typeof (said as Frame).type !== "string") return null;
  const frame = said as Frame;
  const isWhole = (value: unknown) => Number.isSafeInteger(value);
  if (["subscribed", "reload", "deltas"].includes(frame.type) && !(typeof frame.topic === "string" && isWhole(frame.cursor))) return null;
  if (frame.type === "deltas" && !(isWhole(frame.after) && Array.isArray(frame.deltas))) return null;
  return frame;
}
