/** A state machine's definition as boxes and ways between them. Pure; a broken one gives what it can. */

export interface Box {
  /** Unique in the graph; in a valid definition the state's name. */
  readonly id: string;
  readonly name: string;
  readonly type: string;
  /** Machines within: branches of a Parallel, the one iteration of a Map. */
  readonly bodies: readonly Body[];
  readonly comment: string | null;
}

export type WayKind = "next" | "choice" | "default" | "catch";

export interface Way {
  readonly from: string;
  readonly to: string;
  readonly kind: WayKind;
  /** What must hold, or which errors; null for a plain Next. */
  readonly label: string | null;
}

export interface Body {
  readonly start: string | null;
  readonly boxes: readonly Box[];
  readonly ways: readonly Way[];
  /** Ids of states after which this body is done. */
  readonly ends: readonly string[];
}

type Json = Record<string, unknown>;
const DEEPEST = 50;

export function graphOf(definition: unknown): Body {
  return bodyOf(asObject(definition), "", 0);
}

/** Every box of a graph, at any depth. */
export function allBoxes(body: Body): Box[] {
  return body.boxes.flatMap((box) => [box, ...box.bodies.flatMap(allBoxes)]);
}

/** Every way of a graph, at any depth. */
export function allWays(body: Body): Way[] {
  return [...body.ways, ...body.boxes.flatMap((box) => box.bodies.flatMap(allWays))];
}

function bodyOf(machine: Json, within: string, depth: number): Body {
  const states = Object.entries(asObject(machine.States));
  const known = new Set(states.map(([name]) => name));
  const id = (name: string) => within + name;
  const ways = states.flatMap(([name, state]) => waysOf(name, asObject(state), known)).map((way) => ({ ...way, from: id(way.from), to: id(way.to) }));
  const start = typeof machine.StartAt === "string" && known.has(machine.StartAt) ? id(machine.StartAt) : null;
  return {
    start,
    boxes: states.map(([name, told]) => {
      const state = asObject(told);
      return {
        id: id(name),
        name,
        type: text(state.Type) ?? "Unknown",
        comment: text(state.Comment),
        bodies: depth < DEEPEST ? machinesIn(state).map((one, index) => bodyOf(one, `${id(name)}[${index}]/`, depth + 1)) : [],
      };
    }),
    ways,
    ends: states.filter(([, state]) => isEnd(asObject(state))).map(([name]) => id(name)),
  };
}

function machinesIn(state: Json): Json[] {
  if (Array.isArray(state.Branches)) return state.Branches.map(asObject);
  const inside = asObject(state.ItemProcessor ?? state.Iterator);
  return inside.States ? [inside] : [];
}

function isEnd(state: Json): boolean {
  return state.End === true || state.Type === "Succeed" || state.Type === "Fail";
}

function waysOf(name: string, state: Json, known: ReadonlySet<string>): Way[] {
  const found: Way[] = [];
  const add = (to: unknown, kind: WayKind, label: string | null) => {
    if (typeof to !== "string" || !known.has(to)) return;
    const same = found.find((way) => way.to === to && (way.kind === "catch") === (kind === "catch"));
    if (!same) found.push({ from: name, to, kind, label });
    else if (label) found[found.indexOf(same)] = { ...same, label: same.label ? `${same.label} or ${label}` : label };
  };
  if (Array.isArray(state.Choices)) {
    for (const rule of state.Choices) add(asObject(rule).Next, "choice", ruleInWords(rule));
  }
  add(state.Default, "default", "otherwise");
  add(state.Next, "next", null);
  if (Array.isArray(state.Catch)) {
    for (const one of state.Catch) {
      const errors = asObject(one).ErrorEquals;
      add(asObject(one).Next, "catch", Array.isArray(errors) ? errors.join(", ") : "an error");
    }
  }
  return found;
}

const SIGNS: readonly (readonly [RegExp, string])[] = [
  [/LessThanEquals(Path)?$/, "≤"],
  [/GreaterThanEquals(Path)?$/, "≥"],
  [/LessThan(Path)?$/, "<"],
  [/GreaterThan(Path)?$/, ">"],
  [/Matches$/, "~"],
  [/Equals(Path)?$/, "="],
];

/** A rule of a Choice in few words: `$.count > 3`. */
export function ruleInWords(said: unknown): string {
  const rule = asObject(said);
  if (typeof rule.Condition === "string") return rule.Condition.replace(/^\{%\s*|\s*%\}$/g, "");
  if (Array.isArray(rule.And)) return rule.And.map(ruleInWords).join(" and ");
  if (Array.isArray(rule.Or)) return rule.Or.map(ruleInWords).join(" or ");
  if (rule.Not) return `not (${ruleInWords(rule.Not)})`;
  const variable = text(rule.Variable) ?? "?";
  for (const [name, value] of Object.entries(rule)) {
    const sign = SIGNS.find(([pattern]) => pattern.test(name))?.[1];
    if (sign) return `${variable} ${sign} ${typeof value === "string" ? value : JSON.stringify(value)}`;
    if (/^Is[A-Z]/.test(name)) return `${variable} ${value === false ? "is not" : "is"} ${name.slice(2).toLowerCase()}`;
  }
  return variable;
}

function asObject(value: unknown): Json {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

function text(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
