/** What waits for what in a plan that is being written: cycles, stages, how long it may take. Pure. */

export interface Waiting {
  readonly name: string;
  readonly dependsOn: readonly string[];
}

type Needs = ReadonlyMap<string, readonly string[]>;

/** Names that are no wave's, and a wave that waits for itself, are left out: they are told apart. */
function needsOf(waves: readonly Waiting[]): Needs {
  const known = new Set(waves.map((wave) => wave.name));
  const needs = new Map<string, readonly string[]>();
  for (const wave of waves) {
    if (needs.has(wave.name)) continue;
    needs.set(wave.name, [...new Set(wave.dependsOn)].filter((one) => known.has(one) && one !== wave.name));
  }
  return needs;
}

/** In which order they may start: each stage may begin when those before it are complete. */
export function stagesOf(waves: readonly Waiting[]): string[][] {
  const needs = needsOf(waves);
  const done = new Set<string>();
  const stages: string[][] = [];
  for (;;) {
    const next = [...needs.keys()].filter((name) => !done.has(name) && (needs.get(name) ?? []).every((one) => done.has(one)));
    if (next.length === 0) return stages;
    for (const name of next) done.add(name);
    stages.push(next);
  }
}

/**
 * Waves that wait for each other: `[web, app]` is web → app → web. Every dependency that lies on a
 * cycle is on one of those returned, so mending all of them is enough.
 */
export function cyclesOf(waves: readonly Waiting[]): string[][] {
  const needs = needsOf(waves);
  const startable = new Set(stagesOf(waves).flat());
  const covered = new Set<string>();
  const found: string[][] = [];
  for (const [name, needed] of needs) {
    if (startable.has(name)) continue;
    for (const one of needed) {
      if (covered.has(wayName(name, one))) continue;
      const way = shortestWay(needs, one, name);
      if (!way) continue;
      const cycle = [name, ...way.slice(0, -1)];
      cycle.forEach((from, index) => covered.add(wayName(from, cycle[(index + 1) % cycle.length] ?? name)));
      found.push(cycle);
    }
  }
  return found;
}

/** `web → app → web` */
export function cycleInWords(cycle: readonly string[]): string {
  return [...cycle, cycle[0]].join(" → ");
}

/** Is this dependency part of a cycle? For drawing it. */
export function isOnCycle(cycles: readonly (readonly string[])[], wave: string, waitsFor: string): boolean {
  return cycles.some((cycle) => cycle.some((name, index) => name === wave && cycle[(index + 1) % cycle.length] === waitsFor));
}

/** Everything that cannot start if this wave fails, directly or not. */
export function dependantsOf(waves: readonly Waiting[], name: string): string[] {
  const needs = needsOf(waves);
  const found = new Set<string>();
  const waiting = [name];
  for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
    for (const [dependant, needed] of needs) {
      if (!needed.includes(one) || found.has(dependant) || dependant === name) continue;
      found.add(dependant);
      waiting.push(dependant);
    }
  }
  return [...needs.keys()].filter((one) => found.has(one));
}

function wayName(from: string, to: string): string {
  return JSON.stringify([from, to]);
}

function shortestWay(needs: Needs, start: string, end: string): string[] | null {
  const ways: string[][] = [[start]];
  const seen = new Set([start]);
  for (let way = ways.shift(); way; way = ways.shift()) {
    const last = way.at(-1) ?? start;
    if (last === end) return way;
    for (const next of needs.get(last) ?? []) {
      if (seen.has(next)) continue;
      seen.add(next);
      ways.push([...way, next]);
    }
  }
  return null;
}
