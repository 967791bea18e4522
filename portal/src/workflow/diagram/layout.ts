/**
 * Where each box of a definition stands. Pure.
 *
 * Recursive: what is within a Parallel or Map is laid out first, and stands in its parent as one box
 * of that size. So no way ever touches a cluster, which dagre cannot lay out.
 */

import { Graph, layout as dagre } from "@dagrejs/dagre";
import type { Body, Box, Way } from "./graph";

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface PlacedBox {
  readonly box: Box;
  /** The upper left corner, in the whole drawing. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** How many Parallel and Map states it stands within. */
  readonly depth: number;
  readonly isFolded: boolean;
  /** Its body may end with it. */
  readonly isEnd: boolean;
}

export interface PlacedWay {
  readonly way: Way;
  readonly points: readonly Point[];
  readonly label: Point | null;
}

/** The plate that a branch stands on. */
export interface PlacedBody {
  readonly of: string;
  readonly index: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly PlacedBox[];
  readonly ways: readonly PlacedWay[];
  readonly bodies: readonly PlacedBody[];
  /** Where each body begins: dots, not states. */
  readonly marks: readonly Point[];
}

const HEIGHT = 44;
const NARROWEST = 130;
const WIDEST = 260;
const LETTER = 7.6;
const TITLE = 44;
const GAP = 18;
const DOT = 14;
const START = "\u0000start";

/** @param folded ids of Parallel and Map states that are shown as one small box. */
export function layoutOf(graph: Body, folded: ReadonlySet<string> = new Set()): Layout {
  return settled(laidOut(graph, folded, 0));
}

export function widthOf(name: string): number {
  return Math.round(Math.min(WIDEST, Math.max(NARROWEST, name.length * LETTER + 34)));
}

interface Sized {
  readonly width: number;
  readonly height: number;
  readonly bodies: readonly Layout[];
}

function laidOut(body: Body, folded: ReadonlySet<string>, depth: number): Layout {
  const sizes = new Map(body.boxes.map((box) => [box.id, sizeOf(box, folded, depth)]));
  const nodes = nodesOf(body);
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ ranker: "tight-tree", rankdir: "TB", nodesep: 36, ranksep: 44, edgesep: 18, marginx: 2, marginy: 2 });
  for (const box of body.boxes) {
    const { width, height } = sized(sizes, box.id);
    graph.setNode(node(nodes, box.id), { width, height });
  }
  if (body.start !== null) {
    graph.setNode(START, { width: DOT, height: DOT });
    graph.setEdge(START, node(nodes, body.start), {}, "start");
  }
  const beside = waysBeside(body.ways);
  body.ways.forEach((way, index) => {
    if (beside.has(index)) return;
    const words = way.label ? Math.min(way.label.length, 26) * 6.2 + 8 : 0;
    graph.setEdge(node(nodes, way.from), node(nodes, way.to), { width: words, height: words ? 16 : 0, labelpos: "c", weight: way.kind === "catch" ? 1 : 3 }, `${index}`);
  });
  if (graph.nodeCount() > 0) dagre(graph);
  return gathered(body, { graph, nodes }, sizes, folded, depth, beside);
}

type Nodes = ReadonlyMap<string, string>;

/** dagre keeps nodes as members of plain objects: a state that is called `__proto__` would reach into those. */
function nodesOf(body: Body): Nodes {
  return new Map(body.boxes.map((box, index) => [box.id, `n${index}`]));
}

function node(nodes: Nodes, id: string): string {
  const found = nodes.get(id);
  if (found === undefined) throw new Error(`${id} is not a box of this body`);
  return found;
}

/** More ways than this into one handler of errors share a line beside the boxes. */
const INTO_ONE = 4;
const BUS = 14;

/**
 * Which ways go beside the boxes: where many states lead their errors to the same one, all of them
 * but the last. Within the layout each would take a place in every row that it passes, which costs
 * time by the square and draws a curtain of lines.
 */
function waysBeside(ways: readonly Way[]): ReadonlySet<number> {
  const into = new Map<string, number[]>();
  ways.forEach((way, index) => {
    if (way.kind === "catch" && way.from !== way.to) into.set(way.to, [...(into.get(way.to) ?? []), index]);
  });
  return new Set([...into.values()].filter((all) => all.length > INTO_ONE).flatMap((all) => all.slice(0, -1)));
}

function gathered(body: Body, { graph, nodes }: { graph: Graph; nodes: Nodes }, sizes: ReadonlyMap<string, Sized>, folded: ReadonlySet<string>, depth: number, beside: ReadonlySet<number>): Layout {
  const boxes: PlacedBox[] = [];
  const ways: PlacedWay[] = [];
  const bodies: PlacedBody[] = [];
  const marks: Point[] = [];
  for (const box of body.boxes) {
    const at = graph.node(node(nodes, box.id)) as Point;
    const { width, height, bodies: within } = sized(sizes, box.id);
    const x = at.x - width / 2;
    const y = at.y - height / 2;
    boxes.push({ box, x, y, width, height, depth, isFolded: folded.has(box.id) && box.bodies.length > 0, isEnd: body.ends.includes(box.id) });
    let left = x + GAP;
    within.forEach((inside, index) => {
      const top = y + TITLE;
      bodies.push({ of: box.id, index, x: left - GAP / 2, y: top - 4, width: inside.width + GAP, height: height - TITLE - GAP / 2 });
      const moved = movedBy(inside, left, top);
      boxes.push(...moved.boxes);
      ways.push(...moved.ways);
      bodies.push(...moved.bodies);
      marks.push(...moved.marks);
      left += inside.width + GAP * 2;
    });
  }
  const whole = graph.graph() as { width?: number; height?: number };
  const lanes = [...new Set([...beside].map((index) => body.ways[index]?.to ?? ""))];
  const right = (id: string): Point => {
    const at = graph.node(node(nodes, id)) as Point;
    return { x: at.x + sized(sizes, id).width / 2, y: at.y };
  };
  body.ways.forEach((way, index) => {
    if (beside.has(index)) {
      const lane = (whole.width ?? 0) + BUS * (1 + lanes.indexOf(way.to));
      const [from, to] = [right(way.from), right(way.to)];
      ways.push({ way, points: [from, { x: lane, y: from.y }, { x: lane, y: to.y }, to], label: null });
      return;
    }
    const edge = graph.edge(node(nodes, way.from), node(nodes, way.to), `${index}`) as { points?: Point[]; x?: number; y?: number };
    ways.push({
      way,
      points: edge.points ?? [],
      label: way.label && edge.x !== undefined && edge.y !== undefined ? { x: edge.x, y: edge.y } : null,
    });
  });
  if (body.start !== null) {
    const { x, y } = graph.node(START) as Point;
    marks.push({ x, y });
    ways.push({ way: { from: START, to: body.start, kind: "next", label: null }, points: (graph.edge(START, node(nodes, body.start), "start") as { points?: Point[] }).points ?? [], label: null });
  }
  return { width: (whole.width ?? 0) + BUS * (lanes.length > 0 ? lanes.length + 1 : 0), height: whole.height ?? 0, boxes, ways, bodies, marks };
}

function sized(sizes: ReadonlyMap<string, Sized>, id: string): Sized {
  const size = sizes.get(id);
  if (!size) throw new Error(`${id} is not a box of this body`);
  return size;
}

function sizeOf(box: Box, folded: ReadonlySet<string>, depth: number): Sized {
  const width = widthOf(box.name);
  if (box.bodies.length === 0 || folded.has(box.id)) return { width, height: HEIGHT, bodies: [] };
  const bodies = box.bodies.map((body) => laidOut(body, folded, depth + 1));
  const inside = bodies.reduce((sum, body) => sum + body.width + GAP * 2, 0);
  const tallest = Math.max(...bodies.map((body) => body.height), 0);
  return { width: Math.max(width + 40, inside), height: tallest + TITLE + GAP, bodies };
}

function movedBy(layout: Layout, x: number, y: number): Layout {
  const moved = <T extends Point>(one: T): T => ({ ...one, x: one.x + x, y: one.y + y });
  return {
    ...layout,
    boxes: layout.boxes.map(moved),
    bodies: layout.bodies.map(moved),
    marks: layout.marks.map(moved),
    ways: layout.ways.map((one) => ({ ...one, points: one.points.map(moved), label: one.label && moved(one.label) })),
  };
}

/** So that nothing is left of zero or above it, and everything is within the drawing. */
function settled(layout: Layout): Layout {
  const xs = [...layout.boxes.flatMap((one) => [one.x, one.x + one.width]), ...layout.ways.flatMap((one) => one.points.map((point) => point.x))];
  const ys = [...layout.boxes.flatMap((one) => [one.y, one.y + one.height]), ...layout.ways.flatMap((one) => one.points.map((point) => point.y)), ...layout.marks.map((one) => one.y)];
  const left = xs.reduce((least, x) => Math.min(least, x), 0);
  const top = ys.reduce((least, y) => Math.min(least, y), 0);
  const right = xs.reduce((most, x) => Math.max(most, x), layout.width);
  const bottom = ys.reduce((most, y) => Math.max(most, y), layout.height);
  return { ...movedBy(layout, -left, -top), width: right - left, height: bottom - top };
}

/** Is this the dot at which a body begins, not a state? */
export function isMark(id: string): boolean {
  return id === START;
}
