/** A definition, drawn: current states alive, the ways that were taken marked. Drag to pan, zoom. */

import Button from "@cloudscape-design/components/button";
import { type KeyboardEvent, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { Waiting } from "../../states/states";
import { lookOf } from "../../workflows/status";
import { kindOf } from "../steps/Sign";
import "./diagram.css";
import type { Body } from "./graph";
import { type Layout, type PlacedBox, type PlacedWay, isMark } from "./layout";
import type { Standing } from "./standing";
import { useLayout } from "./useLayout";

export interface DiagramProps {
  graph: Body;
  standing: Standing;
  selectedName: string | null;
  onSelect: (name: string) => void;
}

const NOTHING: ReadonlySet<string> = new Set();

export default function Diagram(props: DiagramProps) {
  const [folded, setFolded] = useState<ReadonlySet<string>>(NOTHING);
  const layout = useLayout(props.graph, folded);
  if (!layout) return <div className="diagram"><Waiting what="Laying out the diagram" /></div>;
  const fold = (id: string) => {
    const next = new Set(folded);
    if (!next.delete(id)) next.add(id);
    setFolded(next);
  };
  return <Drawing {...props} layout={layout} fold={fold} />;
}

/** As a whole where its words can be read then; else so near that they can, around where it is now. */
function readable(whole: View, layout: Layout, standing: Standing, box: { width: number; height: number }): View | null {
  const fit = Math.min(box.width / whole.width, box.height / whole.height);
  if (fit >= READABLE) return null;
  const kinds = ["running", "failed", "timedOut"];
  const now = kinds.flatMap((kind) => layout.boxes.filter((one) => one.box.bodies.length === 0 && kindOf(standing.byName.get(one.box.name)?.status ?? "") === kind))[0] ?? layout.boxes[0];
  const width = box.width / READABLE;
  const height = box.height / READABLE;
  const middle = now ? { x: now.x + now.width / 2, y: now.y + now.height / 2 } : { x: layout.width / 2, y: 0 };
  const within = (value: number, low: number, high: number) => Math.min(Math.max(value, low), Math.max(low, high));
  return {
    x: width >= whole.width ? whole.x - (width - whole.width) / 2 : within(middle.x - width / 2, whole.x, whole.x + whole.width - width),
    y: height >= whole.height ? whole.y - (height - whole.height) / 2 : within(middle.y - height / 2, whole.y, whole.y + whole.height - height),
    width,
    height,
  };
}

const READABLE = 0.86;

interface View {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const AROUND = 24;

function fitted(layout: Layout): View {
  const width = Math.max(layout.width + AROUND * 2, 420);
  return { x: -(width - layout.width) / 2, y: -AROUND, width, height: layout.height + AROUND * 2 };
}

function Drawing({ layout, standing, selectedName, onSelect, fold }: DiagramProps & { layout: Layout; fold: (id: string) => void }) {
  const whole = useMemo(() => fitted(layout), [layout]);
  const [chosen, setChosen] = useState<View | null>(null);
  const view = chosen ?? whole;
  const svg = useRef<SVGSVGElement>(null);
  useLayoutEffect(() => {
    const box = svg.current?.getBoundingClientRect();
    if (box && box.width > 0) setChosen(readable(whole, layout, standing, box));
    // Once: what happens later moves nothing under the reader's eyes.
  }, [whole]);
  const drag = useRef<{ x: number; y: number; view: View } | null>(null);
  const zoom = (factor: number, at = { x: view.x + view.width / 2, y: view.y + view.height / 2 }) => {
    const width = Math.min(Math.max(view.width * factor, 160), whole.width * 3);
    const by = width / view.width;
    setChosen({ x: at.x - (at.x - view.x) * by, y: at.y - (at.y - view.y) * by, width, height: view.height * by });
  };
  const latest = useRef(zoom);
  latest.current = zoom;
  useEffect(() => {
    const element = svg.current;
    if (!element) return undefined;
    const turned = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const matrix = element.getScreenCTM()?.inverse();
      latest.current(event.deltaY < 0 ? 0.85 : 1.18, matrix ? new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix) : undefined);
    };
    element.addEventListener("wheel", turned, { passive: false });
    return () => element.removeEventListener("wheel", turned);
  }, []);
  const pressed = (event: KeyboardEvent) => {
    const by: Record<string, [number, number]> = { ArrowLeft: [-0.1, 0], ArrowRight: [0.1, 0], ArrowUp: [0, -0.1], ArrowDown: [0, 0.1] };
    const move = by[event.key];
    if (move) setChosen({ ...view, x: view.x + move[0] * view.width, y: view.y + move[1] * view.height });
    else if (event.key === "+" || event.key === "=") zoom(0.8);
    else if (event.key === "-") zoom(1.25);
    else if (event.key === "0") setChosen(whole);
    else return;
    event.preventDefault();
  };
  return (
    <div className="diagram">
      <svg
        ref={svg}
        viewBox={`${view.x} ${view.y} ${view.width} ${view.height}`}
        role="group"
        aria-label="Diagram of the state machine"
        onKeyDown={pressed}
        onPointerDown={(event) => {
          if ((event.target as Element).closest(".state")) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          drag.current = { x: event.clientX, y: event.clientY, view };
        }}
        onPointerMove={(event) => {
          const from = drag.current;
          const scale = svg.current?.getScreenCTM()?.a;
          if (!from || !scale) return;
          setChosen({ ...from.view, x: from.view.x - (event.clientX - from.x) / scale, y: from.view.y - (event.clientY - from.y) / scale });
        }}
        onLostPointerCapture={() => {
          drag.current = null;
        }}
      >
        <defs>
          <marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse" fill="context-stroke">
            <path d="M0 0 8 4 0 8z" />
          </marker>
        </defs>
        {[...layout.boxes].sort((a, b) => a.depth - b.depth).map((placed) => (
          <State key={placed.box.id} placed={placed} standing={standing} isSelected={placed.box.name === selectedName} onSelect={onSelect} fold={fold} />
        ))}
        {layout.bodies.map((body) => (
          <rect key={`${body.of}[${body.index}]`} className="plate" x={body.x} y={body.y} width={body.width} height={body.height} rx={6} />
        ))}
        {layout.ways.map((placed, at) => <Way key={at} placed={placed} standing={standing} />)}
        {layout.ways.map((placed, at) => <WayWords key={at} placed={placed} />)}
        {layout.marks.map((mark, at) => <circle key={at} className="mark" cx={mark.x} cy={mark.y} r={6} />)}
      </svg>
      <div className="diagram-tools">
        <Button variant="icon" iconName="zoom-in" ariaLabel="Zoom in" onClick={() => zoom(0.8)} />
        <Button variant="icon" iconName="zoom-out" ariaLabel="Zoom out" onClick={() => zoom(1.25)} />
        <Button variant="icon" iconName="zoom-to-fit" ariaLabel="Show all" onClick={() => setChosen(whole)} />
      </div>
    </div>
  );
}

function State(props: { placed: PlacedBox; standing: Standing; isSelected: boolean; onSelect: (name: string) => void; fold: (id: string) => void }) {
  const { box, x, y, width, height, isFolded, isEnd } = props.placed;
  const stands = props.standing.byName.get(box.name);
  const isGroup = box.bodies.length > 0;
  const words = [box.name, box.type, stands ? lookOf(stands.status).words : "not entered", stands && stands.visits > 1 ? `${stands.visits} visits` : ""].filter(Boolean).join(", ");
  const select = () => props.onSelect(box.name);
  const most = Math.floor((width - 34) / 7.2);
  return (
    <g
      className="state"
      role="button"
      tabIndex={0}
      aria-pressed={props.isSelected}
      data-look={stands ? kindOf(stands.status) : undefined}
      data-group={isGroup && !isFolded}
      onClick={select}
      onDoubleClick={() => isGroup && props.fold(box.id)}
      onKeyDown={(event) => {
        if (event.key === "Enter" || event.key === " ") {
          event.preventDefault();
          select();
        } else if (event.key === "f" && isGroup) props.fold(box.id);
      }}
    >
      <title>{words + (isGroup ? ". Double-click folds it" : "")}{box.comment ? `\n${box.comment}` : ""}</title>
      <rect x={x} y={y} width={width} height={height} rx={8} />
      <path d={`M${x + 1} ${y + 8}a7 7 0 0 1 5 -7v${(isGroup && !isFolded ? 34 : height) - 2}a7 7 0 0 1 -5 -7z`} />
      <text x={x + 16} y={y + 19}>{box.name.length > most ? `${box.name.slice(0, most - 1)}…` : box.name}</text>
      {isEnd && <circle className="mark" data-kind="end" cx={x + width - 13} cy={y + height - 13} r={4.5} />}
      <text className="type" x={x + 16} y={y + (isGroup && !isFolded ? 30 : 34)}>
        {box.type}{isFolded ? " · folded" : ""}{stands && stands.visits > 1 ? ` · ${stands.visits} visits` : ""}
      </text>
    </g>
  );
}

function Way({ placed, standing }: { placed: PlacedWay; standing: Standing }) {
  const { way, points } = placed;
  const taken = standing.taken.has(`${plain(way.from)}\n${plain(way.to)}`);
  return <path className="way" data-kind={way.kind} data-taken={taken} d={curve(points)} markerEnd={isMark(way.to) ? undefined : "url(#head)"} />;
}

const LETTER = 5.9;

/** Above all ways, on a ground of their own: no line goes through a word. */
function WayWords({ placed: { way, label } }: { placed: PlacedWay }) {
  if (!label || !way.label) return null;
  const words = way.label.length > 26 ? `${way.label.slice(0, 25)}…` : way.label;
  const width = words.length * LETTER + 6;
  return (
    <g className="way-words">
      <title>{way.label}</title>
      <rect x={label.x - width / 2} y={label.y - 8} width={width} height={15} rx={4} />
      <text x={label.x} y={label.y + 3} textAnchor="middle">{words}</text>
    </g>
  );
}

/** The name within an id: `Fan out[0]/Deploy` is Deploy. */
function plain(id: string): string {
  return /^.*\]\/(.*)$/.exec(id)?.[1] ?? id;
}

/** Through the points, with round corners. */
function curve(points: readonly { x: number; y: number }[]): string {
  const [first, ...rest] = points;
  if (!first) return "";
  let path = `M${first.x} ${first.y}`;
  rest.forEach((point, at) => {
    const following = rest[at + 1];
    if (!following) path += `L${point.x} ${point.y}`;
    else path += `Q${point.x} ${point.y} ${(point.x + following.x) / 2} ${(point.y + following.y) / 2}`;
  });
  return path;
}
