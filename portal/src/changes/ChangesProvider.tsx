/** Makes changes known to components: watch a topic, show the connection, hold updates. */

import { useQueryClient } from "@tanstack/react-query";
import { createContext, useContext, useEffect, useSyncExternalStore } from "react";
import type { Changes, Topic } from "./changes";

const Held = createContext<Changes | null>(null);
export const ChangesProvider = Held.Provider;

export function useChanges(): Changes {
  const changes = useContext(Held);
  if (!changes) throw new Error("useChanges is for what is inside <ChangesProvider>.");
  return changes;
}

/** Ask these queries again whenever the topic changes; not when there is nothing to expect. */
export function useWatched(topic: Topic, keys: readonly (readonly unknown[])[], expects = true) {
  const changes = useChanges();
  const queries = useQueryClient();
  const written = JSON.stringify(keys);
  useEffect(() => {
    if (!expects) return undefined;
    return changes.watch(topic, () => {
      for (const queryKey of JSON.parse(written) as unknown[][]) {
        void queries.invalidateQueries({ queryKey }, { cancelRefetch: false });
      }
    });
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
