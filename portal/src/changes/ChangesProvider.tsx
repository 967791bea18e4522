/** Makes changes known to components: watch a topic, show the connection, hold updates. */

import { useQueryClient } from "@tanstack/react-query";
import { createContext, useContext, useEffect, useRef, useSyncExternalStore } from "react";
import type { Changes, Topic } from "./changes";
import type { Delta } from "./frames";
import { Pacer } from "./pacer";
import { Reader } from "./reader";

const Held = createContext<Changes | null>(null);
export const ChangesProvider = Held.Provider;

export function useChanges(): Changes {
  const changes = useContext(Held);
  if (!changes) throw new Error("useChanges is for what is inside <ChangesProvider>.");
  return changes;
}

export interface Watching {
  /** False: hardly anything is to be expected, so nobody asks for it; what is pushed is heard all the same. */
  readonly expects?: boolean;
  /** Puts what a change says into what is known; answers whether it must be read anew as well. */
  readonly patch?: (deltas: readonly Delta[]) => boolean;
}

/** Brings these queries up to date as the topic changes. */
export function useWatched(topic: Topic, keys: readonly (readonly unknown[])[], { expects = true, patch }: Watching = {}) {
  const changes = useChanges();
  const queries = useQueryClient();
  const written = JSON.stringify(keys);
  const latest = useRef(patch);
  latest.current = patch;
  useEffect(() => {
    const reader = new Reader(queries, JSON.parse(written) as unknown[][]);
    const read = () => reader.read();
    const pacer = new Pacer(read);
    const unwatch = changes.watch(topic, (deltas) => {
      if (deltas === null) read();
      else if (latest.current?.(deltas) ?? true) pacer.tell();
    }, { polls: expects });
    return () => {
      unwatch();
      pacer.stop();
      reader.stop();
    };
  }, [changes, queries, topic, written, expects]);
}

export function useConnection() {
  const changes = useChanges();
  return useSyncExternalStore(
    (listener) => changes.subscribe(listener),
    () => changes.connection(),
  );
}

export function useHeld(): boolean {
  const changes = useChanges();
  return useSyncExternalStore(
    (listener) => changes.subscribe(listener),
    () => changes.isHeld,
  );
}
