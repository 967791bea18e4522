/** One clock for the whole page: ticks once a second, not while nobody looks or updates are held. */

import { useSyncExternalStore } from "react";

const listeners = new Set<() => void>();
let current = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

function tick() {
  if (document.hidden) return;
  current = Date.now();
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void) {
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
