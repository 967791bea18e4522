/** Where the page is: the address is the state, so that whoever is sent a link sees the same. */

import { useSyncExternalStore } from "react";

export interface Place {
  readonly path: string;
  readonly search: URLSearchParams;
}

const listeners = new Set<() => void>();
const guards = new Set<() => boolean>();
let known = "";
let place: Place = { path: "/", search: new URLSearchParams() };
/** Which step of the tab's history this is: the way back from a Back that nobody meant. */
let at = stepNow() ?? 0;
/** On that way the address is for a moment of another page than what is shown. */
let returning = false;

function here(): string {
  return window.location.pathname + window.location.search;
}

function stepNow(): number | null {
  const step: unknown = window.history.state?.at;
  return typeof step === "number" ? step : null;
}

/** The address one step back in this tab, where the page itself led from there to here. */
export function before(): string | null {
  const from: unknown = window.history.state?.from;
  return typeof from === "string" ? from : null;
}

function read(): Place {
  const now = here();
  if (now !== known && !returning) {
    known = now;
    place = { path: window.location.pathname, search: new URLSearchParams(window.location.search) };
  }
  return place;
}

function tellAll() {
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** @param mayLeave asks whether the page may be left; false: it stays. Of its own parameters nobody asks. */
export function guard(mayLeave: () => boolean): () => void {
  guards.add(mayLeave);
  return () => void guards.delete(mayLeave);
}

function mayGo(path: string): boolean {
  return path === place.path || [...guards].every((mayLeave) => mayLeave());
}

/** Back and Forward have gone already when the page is told. */
window.addEventListener("popstate", () => {
  const cameBack = returning && here() === known;
  returning = false;
  const to = stepNow();
  if (!cameBack && !mayGo(window.location.pathname)) return stay(to);
  at = to ?? at;
  if (!cameBack) tellAll();
});

function stay(gone: number | null) {
  if (gone === null || gone === at) {
    window.history.pushState({ at }, "", known);
  } else {
    returning = true;
    window.history.go(at - gone);
  }
}

export function usePlace(): Place {
  return useSyncExternalStore(subscribe, read);
}

/** Go somewhere inside the page. `replace`: without a step for the Back button. `unasked`: what is unsaved is meant to be left. */
export function go(to: string, options: { replace?: boolean; unasked?: boolean } = {}) {
  if (!options.unasked && !mayGo(new URL(to, window.location.href).pathname)) return;
  returning = false;
  if (options.replace) window.history.replaceState({ at, from: before() }, "", to);
  else window.history.pushState({ at: ++at, from: here() }, "", to);
  tellAll();
}

/** Change some parameters of the address; null removes one. */
export function amend(changes: Record<string, string | null>, options: { replace?: boolean } = { replace: true }) {
  go(amended(window.location.pathname, new URLSearchParams(window.location.search), changes), options);
}

/** The address with these parameters changed. Pure. */
export function amended(path: string, search: URLSearchParams, changes: Record<string, string | null>): string {
  const next = new URLSearchParams(search);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === "") next.delete(name);
    else next.set(name, value);
  }
  const text = next.toString();
  return text ? `${path}?${text}` : path;
}

/** For links of Cloudscape components: plain clicks stay in the page, others are the browser's. */
export function follow(event: CustomEvent<{ href?: string | undefined; external?: boolean | undefined }> ) {
  const { href, external } = event.detail;
  if (!href || external || !href.startsWith("/")) return;
  event.preventDefault();
  go(href);
}
