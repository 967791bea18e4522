/** The operations API, typed by its own OpenAPI document (`npm run types`). */

import createClient, { type Client } from "openapi-fetch";
import { createContext, useContext, useRef } from "react";
import type { components, paths } from "./schema";
import { heardDate } from "../time/server";
import { Refused, Unanswered, refusalOf } from "./problem";

export type Schemas = components["schemas"];
export type Api = Client<paths>;

export interface Surroundings {
  readonly base: string;
  token(): string | null;
  /** Told of every answer: whether somebody is there, and whether the session is over. @param sent the token that came along. */
  answered(status: number | null, sent: string | null): void;
}

export function apiOf(around: Surroundings): Api {
  const api = createClient<paths>({ baseUrl: around.base });
  api.use({
    onRequest({ request }) {
      const token = around.token();
      if (token) request.headers.set("Authorization", `Bearer ${token}`);
      return request;
    },
    onResponse({ request, response }) {
      heardDate(response.headers.get("Date"));
      around.answered(response.status, request.headers.get("Authorization")?.replace(/^Bearer /, "") ?? null);
    },
    onError({ error }) {
      if (error instanceof DOMException && error.name === "AbortError") return error;
      around.answered(null, null);
      return new Unanswered(error);
    },
  });
  return api;
}

/** What was answered; a refusal is thrown as the API said it. */
export async function answerOf<T>(
  asked: Promise<{ data?: T; error?: unknown; response: Response }>,
): Promise<T> {
  const { data, error, response } = await asked;
  if (!response.ok) throw refusalOf(response.status, error, response.headers.get("Retry-After"));
  if (data === undefined) throw new Refused(response.status, "empty", "The answer was empty.", null, null);
  return data;
}

/** So that a request that got no answer can be sent again without being carried out twice. */
export function once(): { "Idempotency-Key": string } {
  return { "Idempotency-Key": crypto.randomUUID() };
}

/**
 * The key of what somebody is about to do: the same as long as that is the same, so that a second
 * click after an answer that was lost is the request that the API knows already.
 */
export function useOnce(...intention: readonly unknown[]): { "Idempotency-Key": string } {
  const written = JSON.stringify(intention);
  const kept = useRef<{ written: string; key: { "Idempotency-Key": string } } | null>(null);
  if (kept.current?.written !== written) kept.current = { written, key: once() };
  return kept.current.key;
}

const Held = createContext<Api | null>(null);
export const ApiProvider = Held.Provider;

export function useApi(): Api {
  const api = useContext(Held);
  if (!api) throw new Error("useApi is for what is inside <ApiProvider>.");
  return api;
}
