/** Lays out large definitions beside the page, which stays quick meanwhile. */

import type { Body } from "./graph";
import { layoutOf } from "./layout";

export interface Question {
  readonly number: number;
  readonly graph: Body;
  readonly folded: readonly string[];
}

self.onmessage = ({ data }: MessageEvent<Question>) => {
  self.postMessage({ number: data.number, layout: layoutOf(data.graph, new Set(data.folded)) });
};
