/** Is it the width of a telephone? */

import { useSyncExternalStore } from "react";

const narrow = window.matchMedia("(max-width: 688px)");

function subscribe(listener: () => void) {
  narrow.addEventListener("change", listener);
  return () => narrow.removeEventListener("change", listener);
}

export function useNarrow(): boolean {
  return useSyncExternalStore(subscribe, () => narrow.matches);
}
