/** Where each wave of a plan stands: those that may start at once at the left. Pure. */

import { Graph, layout } from "@dagrejs/dagre";

export interface WaveLike {
  readonly name: string;
  readonly dependsOn: readonly string[];
}

export interface Placed {
  readonly name: string;
  readonly x: number;
  readonly y: number;
}

export interface WaveGraph {
  readonly width: number;
  readonly height: number;
  readonly waves: readonly Placed[];
  readonly ways: readonly { readonly from: string; readonly to: string; readonly points: readonly { x: number; y: number }[] }[];
}

export const WAVE_WIDTH = 216;
export const WAVE_HEIGHT = 104;

/** What depends on nobody's wave, or on itself, is drawn without that: a draft may be wrong. */
export function waveGraph(waves: readonly WaveLike[]): WaveGraph {
  const graph = new Graph();
  graph.setGraph({ rankdir: "LR", nodesep: 22, ranksep: 64, marginx: 4, marginy: 4 });
  const known = new Set(waves.map((wave) => wave.name));
  // dagre keeps nodes as members of plain objects: a wave may be called `constructor`.
  const names = [...known];
  const node = new Map(names.map((name, index) => [name, `n${index}`]));
  const nameOf = (one: string) => names[Number(one.slice(1))] ?? "";
  for (const name of known) graph.setNode(node.get(name) ?? "", { width: WAVE_WIDTH, height: WAVE_HEIGHT });
  for (const wave of waves) {
    for (const before of new Set(wave.dependsOn)) {
      if (known.has(before) && before !== wave.name) graph.setEdge(node.get(before) ?? "", node.get(wave.name) ?? "", {});
    }
  }
  if (known.size > 0) layout(graph);
  const whole = graph.graph() as { width?: number; height?: number };
  return {
    width: whole.width ?? 0,
    height: whole.height ?? 0,
    waves: names.map((name) => {
      const at = graph.node(node.get(name) ?? "") as { x: number; y: number };
      return { name, x: at.x - WAVE_WIDTH / 2, y: at.y - WAVE_HEIGHT / 2 };
    }),
    ways: graph.edges().map((edge) => ({ from: nameOf(edge.v), to: nameOf(edge.w), points: (graph.edge(edge) as { points?: { x: number; y: number }[] }).points ?? [] })),
  };
}
