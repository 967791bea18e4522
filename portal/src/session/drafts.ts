/** What is being typed, kept for this tab while somebody signs in again, and put back once. */

import { type Dispatch, type SetStateAction, useEffect, useRef, useState } from "react";

const open = new Map<string, () => unknown>();
let signingIn = false;
const under = (name: string) => `breakwater.draft.${name}`;

/** Just before the page is left for signing in. */
export function keepDrafts() {
  signingIn = true;
  for (const [name, read] of open) {
    try {
      window.sessionStorage.setItem(under(name), JSON.stringify(read()));
    } catch {
      // There is no room: signing in matters more, and who signs in again was told to look first.
    }
  }
}

function taken<T>(name: string): T | null {
  try {
    const text = window.sessionStorage.getItem(under(name));
    return text === null ? null : (JSON.parse(text) as T);
  } catch {
    return null;
  }
}

/** Asks before a page with something unsaved is closed or read anew. Not on the way to signing in: drafts are kept then. */
export function useUnsaved(isUnsaved: boolean) {
  useEffect(() => {
    if (!isUnsaved) return undefined;
    const ask = (event: BeforeUnloadEvent) => {
      if (!signingIn) event.preventDefault();
    };
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [isUnsaved]);
}

/** Like useState, for what would be a pity to lose. @param name of the form and of the thing that it is about. */
export function useDraft<T>(name: string, first: () => T): [T, Dispatch<SetStateAction<T>>] {
  const [value, set] = useState<T>(() => taken<T>(name) ?? first());
  const latest = useRef(value);
  latest.current = value;
  useEffect(() => {
    window.sessionStorage.removeItem(under(name));
    open.set(name, () => latest.current);
    return () => void open.delete(name);
  }, [name]);
  return [value, set];
}
