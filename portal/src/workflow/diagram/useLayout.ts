/** The layout of a graph: at once where it is small, from a worker where it is large. Kept. */

import { useEffect, useMemo, useState } from "react";
import { type Body, allBoxes } from "./graph";
import { type Layout, layoutOf } from "./layout";

export const AT_ONCE = 150;

export function useLayout(graph: Body, folded: ReadonlySet<string>): Layout | null {
  const isSmall = useMemo(() => allBoxes(graph).length <= AT_ONCE, [graph]);
  const small = useMemo(() => (isSmall ? layoutOf(graph, folded) : null), [graph, folded, isSmall]);
  const [large, setLarge] = useState<Layout | null>(null);
  const [failed, setFailed] = useState<Error | null>(null);
  useEffect(() => {
    if (isSmall) return undefined;
    const worker = new Worker(new URL("./layout.worker.ts", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<{ layout: Layout }>) => setLarge(data.layout);
    // Nobody would ever be told otherwise: what waits for it would wait for ever.
    worker.onerror = ({ message }) => setFailed(new Error(message || "Its layout could not be made."));
    worker.postMessage({ number: 1, graph, folded: [...folded] });
    return () => worker.terminate();
  }, [graph, folded, isSmall]);
  if (failed) throw failed;
  return isSmall ? small : large;
}
