/** A page with everything around it, over an API that answers what a test says. */

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import type { ReactNode } from "react";
import { vi } from "vitest";
import { ApiProvider, apiOf } from "../src/api/client";
import { ChangesProvider } from "../src/changes/ChangesProvider";
import { PollingChanges } from "../src/changes/changes";

export interface Call {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
  readonly text: string;
  readonly key: string | null;
}

export interface Answer {
  readonly status?: number;
  readonly body: unknown;
}

export const EVERYTHING = { name: "commander@example.com", subject: "1", roles: ["commander"], permissions: ["read", "plan", "runDrill", "runRecovery"] };
export const READING = { name: "viewer@example.com", subject: "2", roles: ["viewer"], permissions: ["read"] };

/** @param answers `GET /recovery-plans` → what it answers; what is not there is a 404 that a test sees. */
export function showing(page: ReactNode, answers: Record<string, Answer | ((call: Call) => Answer)>, at = "/") {
  window.history.replaceState(null, "", at);
  const calls: Call[] = [];
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input) => {
    const request = input as Request;
    const address = new URL(request.url);
    const text = await request.text();
    const call = { method: request.method, path: address.pathname, query: address.searchParams, body: text ? JSON.parse(text) : null, text, key: request.headers.get("Idempotency-Key") };
    calls.push(call);
    const found = answers[`${call.method} ${call.path}`] ?? (call.path === "/me" ? { body: EVERYTHING } : undefined);
    const { status = 200, body } = found === undefined ? { status: 404, body: { error: { code: "notFound", message: `A test does not answer ${call.method} ${call.path}.`, details: null } } } : typeof found === "function" ? found(call) : found;
    return new Response(status === 204 ? null : JSON.stringify(body), { status, headers: { "Content-Type": "application/json" } });
  });
  const api = apiOf({ base: "http://localhost", token: () => "token", answered: () => {} });
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const changes = new PollingChanges();
  const around = (shown: ReactNode) => (
    <QueryClientProvider client={queries}>
      <ApiProvider value={api}>
        <ChangesProvider value={changes}>{shown}</ChangesProvider>
      </ApiProvider>
    </QueryClientProvider>
  );
  const view = render(around(page));
  const text = () => document.body.textContent ?? "";
  return { calls, view, queries, changes, again: (shown: ReactNode) => view.rerender(around(shown)), text, sees: (words: string | RegExp) => vi.waitFor(() => { if (!(typeof words === "string" ? text().includes(words) : words.test(text()))) throw new Error(`not seen: ${words}\n${text().slice(0, 2000)}`); }) };
}

export function refusal(status: number, message: string, details: unknown = null): Answer {
  return { status, body: { error: { code: "refused", message, details } } };
}
