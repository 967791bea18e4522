/** Time to place and back, with idle stretches drawn short. Pure. */

export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface Scale {
  readonly span: Span;
  readonly gaps: readonly Span[];
  /** Where a moment stands: 0 is the left edge, 1 the right one; outside of both where it is outside. */
  at(moment: number): number;
  /** The moment at a place. */
  when(place: number): number;
}

/** How much of the width a stretch of idleness keeps. */
export const GAP_WIDTH = 0.03;
export const IDLE_SHARE = 0.1;

/** Stretches in which nothing happened, each at least `share` of the whole. */
export function idleGaps(busy: readonly Span[], span: Span, share = IDLE_SHARE): Span[] {
  const least = (span.to - span.from) * share;
  if (!(least > 0)) return [];
  const sorted = busy.filter((one) => one.to >= span.from && one.from <= span.to).sort((a, b) => a.from - b.from);
  const gaps: Span[] = [];
  let until = span.from;
  for (const one of sorted) {
    if (one.from - until >= least) gaps.push({ from: until, to: one.from });
    until = Math.max(until, one.to);
  }
  if (span.to - until >= least) gaps.push({ from: until, to: span.to });
  return gaps;
}

/** @param gaps apart from each other, in order, within the span: as `idleGaps` gives them. */
export function scaleOf(span: Span, idleStretches: readonly Span[] = []): Scale {
  const length = Math.max(span.to - span.from, 1);
  const allIdle = idleStretches.reduce((sum, gap) => sum + gap.to - gap.from, 0);
  // Where nothing but idleness is, there is nothing to make room for.
  const gaps = allIdle > length * 0.995 ? [] : idleStretches;
  const idle = gaps.length > 0 ? allIdle : 0;
  const busy = Math.max(length - idle, 1);
  const narrow = gaps.length * GAP_WIDTH;
  const unit = (1 - Math.min(narrow, 0.6)) / busy;
  const gapWidth = gaps.length > 0 ? Math.min(narrow, 0.6) / gaps.length : 0;
  const edges: { time: number; place: number }[] = [{ time: span.from, place: 0 }];
  for (const gap of gaps) {
    const last = edges[edges.length - 1] ?? { time: span.from, place: 0 };
    const place = last.place + (gap.from - last.time) * unit;
    edges.push({ time: gap.from, place }, { time: gap.to, place: place + gapWidth });
  }
  const last = edges[edges.length - 1] ?? { time: span.from, place: 0 };
  const end = Math.max(span.to, last.time + 1e-6);
  edges.push({ time: end, place: last.place + (end - last.time) * unit });
  return {
    span,
    gaps,
    at: (moment) => between(edges, moment, "time", "place"),
    when: (place) => between(edges, place, "place", "time"),
  };
}

type Edge = { time: number; place: number };

function between(edges: readonly Edge[], value: number, by: keyof Edge, wanted: keyof Edge): number {
  let at = 1;
  while (at < edges.length - 1 && value > (edges[at]?.[by] ?? 0)) at += 1;
  // An empty piece has no slope: the nearest one that has is carried on.
  let low = edges[at - 1];
  let high = edges[at];
  if (!low || !high) return 0;
  if (high[by] === low[by]) {
    low = edges[0];
    high = edges[edges.length - 1];
    if (!low || !high || high[by] === low[by]) return low?.[wanted] ?? 0;
  }
  return low[wanted] + ((value - low[by]) / (high[by] - low[by])) * (high[wanted] - low[wanted]);
}

/** Zoomed by a factor around a moment, never beyond the whole or below a tenth of a second. */
export function zoomed(span: Span, whole: Span, factor: number, around: number): Span {
  const length = Math.min(Math.max((span.to - span.from) * factor, 100), whole.to - whole.from);
  const share = (around - span.from) / Math.max(span.to - span.from, 1);
  return kept({ from: around - length * share, to: around + length * (1 - share) }, whole);
}

/** Moved by a share of its own length. */
export function panned(span: Span, whole: Span, share: number): Span {
  const by = (span.to - span.from) * share;
  return kept({ from: span.from + by, to: span.to + by }, whole);
}

/** Within the whole, as long as it was where that is possible. */
export function kept(span: Span, whole: Span): Span {
  const length = Math.min(span.to - span.from, whole.to - whole.from);
  const from = Math.min(Math.max(span.from, whole.from), whole.to - length);
  return { from, to: from + length };
}

const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800];

/** Round moments since `origin`, at most `most` of them, in seconds of the workflow's own pace. */
export function ticksOf(span: Span, origin: number, most: number, pace = 1): { moment: number; seconds: number }[] {
  const begin = ((span.from - origin) / 1000) * pace;
  const end = ((span.to - origin) / 1000) * pace;
  const least = (end - begin) / Math.max(most, 1);
  if (!(least > 0)) return [];
  const small = least < 1 ? 10 ** Math.ceil(Math.log10(least)) : null;
  const step = small ?? STEPS.find((one) => one >= least) ?? Math.ceil(least / 604_800) * 604_800;
  const ticks: { moment: number; seconds: number }[] = [];
  for (let count = Math.ceil(begin / step - 1e-9); count * step <= end + 1e-9; count += 1) {
    const seconds = count * step || 0;
    ticks.push({ moment: origin + (seconds / pace) * 1000, seconds });
  }
  return ticks;
}

/** Where the words of a bar stand: behind it, before it, or, where there is room for neither, on it. */
export function wordsAt(from: number, to: number): "after" | "before" | "on" {
  if (to < 0.86) return "after";
  return from > 0.14 ? "before" : "on";
}
