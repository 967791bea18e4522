/** Where the page is: the address is the state, so that whoever is sent a link sees the same. */

import { useSyncExternalStore } from "react";

export interface Place {
  readonly path: string;
  readonly search: URLSearchParams;
}

const listeners = new Set<() => void>();
let known = "";
let place: Place = { path: "/", search: new URLSearchParams() };

function read(): Place {
  const now = window.location.pathname + window.location.search;
  if (now !== known) {
    known = now;
    place = { path: window.location.pathname, search: new URLSearchParams(window.location.search) };
  }
  return place;
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  window.addEventListener("popstate", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("popstate", listener);
  };
}

export function usePlace(): Place {
  return useSyncExternalStore(subscribe, read);
}

/** Go somewhere inside the page. `replace`: without a step for the Back button. */
export function go(to: string, options: { replace?: boolean } = {}) {
  if (options.replace) window.history.replaceState(null, "", to);
  else window.history.pushState(null, "", to);
  for (const listener of listeners) listener();
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
