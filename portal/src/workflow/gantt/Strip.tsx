/** The whole of the time in little, and the window that the Gantt shows of it: drag to choose. */

import { type KeyboardEvent, type PointerEvent, useRef } from "react";
import { duration } from "../../time/duration";
import { kindOf } from "../steps/Sign";
import type { Row } from "../steps/tree";
import { barsOf } from "./bars";
import { type Span, panned, scaleOf, zoomed } from "./scale";

const LINES = 14;

export interface StripProps {
  rows: readonly Row[];
  whole: Span;
  span: Span;
  now: number;
  pace: number;
  onChange: (span: Span | null) => void;
}

/** So many lines are enough to see the shape: of more rows, each n-th. */
const MOST = 150;

function some(rows: readonly Row[]): readonly Row[] {
  const each = Math.ceil(rows.length / MOST);
  return each <= 1 ? rows : rows.filter((_, at) => at % each === 0);
}

export function Strip({ rows, whole, span, now, pace, onChange }: StripProps) {
  const drag = useRef<{ from: number; moved: boolean } | null>(null);
  const scale = scaleOf(whole);
  const when = (event: PointerEvent<HTMLElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    return scale.when(Math.min(Math.max((event.clientX - box.left) / box.width, 0), 1));
  };
  const seconds = ((span.to - span.from) / 1000) * pace;
  const pressed = (event: KeyboardEvent) => {
    const middle = (span.from + span.to) / 2;
    if (event.key === "+" || event.key === "=") onChange(zoomed(span, whole, 0.5, middle));
    else if (event.key === "-") onChange(zoomed(span, whole, 2, middle));
    else if (event.key === "0" || event.key === "Escape") onChange(null);
    else if (event.key === "ArrowLeft") onChange(panned(span, whole, -0.2));
    else if (event.key === "ArrowRight") onChange(panned(span, whole, 0.2));
    else return;
    event.preventDefault();
  };
  return (
    <div
      className="gantt-strip"
      role="slider"
      tabIndex={0}
      aria-label="Time that is shown. Plus and minus zoom, arrows move, 0 shows all"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(scale.at(span.from) * 100)}
      aria-valuetext={`${duration(seconds)} from ${duration(((span.from - whole.from) / 1000) * pace)}`}
      onKeyDown={pressed}
      onDoubleClick={() => onChange(null)}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        drag.current = { from: when(event), moved: false };
      }}
      onPointerMove={(event) => {
        if (!drag.current) return;
        const to = when(event);
        if (Math.abs(to - drag.current.from) < (whole.to - whole.from) / 200) return;
        drag.current.moved = true;
        onChange({ from: Math.min(drag.current.from, to), to: Math.max(drag.current.from, to) });
      }}
      onLostPointerCapture={() => {
        drag.current = null;
      }}
    >
      {some(rows).map((row, at) =>
        barsOf(row, now).filter((bar) => bar.kind !== "group" || (row.kind === "step" && row.open !== true)).map((bar, index) => (
          <i
            key={`${row.key}-${index}`}
            data-look={kindOf(bar.status)}
            style={{ insetInlineStart: `${scale.at(bar.from) * 100}%`, inlineSize: `${Math.max(scale.at(bar.to) - scale.at(bar.from), 0) * 100}%`, insetBlockStart: 2 + (at % LINES) * 2.2 }}
          />
        )),
      )}
      <div className="gantt-window" style={{ insetInlineStart: `${scale.at(span.from) * 100}%`, inlineSize: `${(scale.at(span.to) - scale.at(span.from)) * 100}%` }} />
    </div>
  );
}
