/** One clock for the whole page: ticks once a second, not while nobody looks. It is the server's, not this machine's. */

import { useSyncExternalStore } from "react";
import { serverNow } from "./server";

const listeners = new Set<() => void>();
let current = serverNow();
let timer: ReturnType<typeof setInterval> | undefined;

function tick() {
  if (document.hidden) return;
  current = serverNow();
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void) {
  // After a while in which nobody asked for the time, it is not what it was.
  if (listeners.size === 0) current = serverNow();
  listeners.add(listener);
  timer ??= setInterval(tick, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0 && timer !== undefined) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

const still = () => () => {};

/** Milliseconds; moves only while `ticking`, so that what is over does not render each second. */
export function useNow(ticking = true): number {
  return useSyncExternalStore(ticking ? subscribe : still, () => current);
}
