/** What the API refused, in its own words; and that it did not answer at all. */

export interface Finding {
  readonly place: string;
  readonly problem: string;
  readonly remedy: string;
}

export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly details: unknown,
    readonly retryAfterSeconds: number | null,
  ) {
    super(message);
    this.name = "Refused";
  }

  /** Problems of a form, each with its field; what has no place is told above all fields. */
  get findings(): readonly Finding[] {
    return Array.isArray(this.details) ? this.details.filter(isFinding) : [];
  }
}

export class Unanswered extends Error {
  constructor(cause: unknown) {
    super("Breakwater cannot be reached. Is this machine online?", { cause });
    this.name = "Unanswered";
  }
}

function isFinding(one: unknown): one is Finding {
  return typeof one === "object" && one !== null && "problem" in one && typeof one.problem === "string";
}

/** Of ours `{error: {code, message, details}}`, of the gateway's `{message}`, or of neither. Pure. */
export function refusalOf(status: number, body: unknown, retryAfter: string | null): Refused {
  const seconds = retryAfter !== null && /^\d+$/.test(retryAfter) ? Number(retryAfter) : null;
  const said = isRecord(body) && isRecord(body.error) ? body.error : isRecord(body) ? body : {};
  const message = typeof said.message === "string" && said.message ? said.message : WORDS[status] ?? `The answer was ${status}, without a reason.`;
  return new Refused(status, typeof said.code === "string" ? said.code : `http${status}`, message, said.details ?? null, seconds);
}

const WORDS: Record<number, string> = {
  401: "Your session has ended. Sign in again.",
  403: "Your role does not allow this.",
  404: "There is no such thing.",
  429: "Too many requests at once. It is tried again in a moment.",
  503: "It is busy right now. It is tried again in a moment.",
};

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
