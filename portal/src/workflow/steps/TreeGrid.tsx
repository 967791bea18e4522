/** Rows of a tree with columns, virtual: a thousand rows cost what is on the screen. By keyboard too. */

import { type KeyboardEvent, type ReactNode, useCallback, useLayoutEffect, useRef, useState } from "react";
import "./tree.css";
import type { Row } from "./tree";

export const ROW_HEIGHT = 34;
const BEYOND = 12;
const TALLEST = 560;

export interface TreeGridProps {
  label: string;
  rows: readonly Row[];
  selected: string | null;
  onSelect: (row: Row) => void;
  onToggle: (row: Row) => void;
  /** The width of each column, as CSS says it. */
  template: string;
  head: ReactNode;
  cells: (row: Row) => ReactNode;
  /** Over all rows: the Gantt's lines. */
  over?: ReactNode;
}

export function TreeGrid(props: TreeGridProps) {
  const { rows } = props;
  const box = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(TALLEST);
  // By its key: rows come and go above it while somebody is there.
  const [focusedKey, setFocusedKey] = useState<string | null>(null);
  const place = focusedKey === null ? -1 : rows.findIndex((row) => row.key === focusedKey);
  const wasAt = useRef(0);
  if (place >= 0) wasAt.current = place;
  const focused = Math.min(place >= 0 ? place : wasAt.current, Math.max(rows.length - 1, 0));
  const wantsFocus = useRef(false);
  useLayoutEffect(() => {
    if (box.current) setHeight(Math.max(box.current.clientHeight, ROW_HEIGHT));
  }, [rows.length]);
  useLayoutEffect(() => {
    if (!wantsFocus.current) return;
    wantsFocus.current = false;
    box.current?.querySelector<HTMLElement>(`[data-at="${focused}"]`)?.focus();
  });
  const first = Math.max(0, Math.floor(top / ROW_HEIGHT) - BEYOND);
  const last = Math.min(rows.length, Math.ceil((top + height) / ROW_HEIGHT) + BEYOND);

  // Where the focused row has been scrolled away, another one is reached by Tab.
  const reached = Math.min(Math.max(focused, first), last - 1);

  const goTo = useCallback(
    (at: number) => {
      const next = Math.min(Math.max(at, 0), rows.length - 1);
      const element = box.current;
      if (element) {
        const y = next * ROW_HEIGHT;
        if (y < element.scrollTop) element.scrollTop = y;
        else if (y + 2 * ROW_HEIGHT > element.scrollTop + element.clientHeight) element.scrollTop = y + 2 * ROW_HEIGHT - element.clientHeight;
        setTop(element.scrollTop);
      }
      wantsFocus.current = true;
      setFocusedKey(rows[next]?.key ?? null);
    },
    [rows],
  );

  const pressed = (event: KeyboardEvent) => {
    const row = rows[focused];
    if (!row) return;
    if (event.key === "ArrowDown") goTo(focused + 1);
    else if (event.key === "ArrowUp") goTo(focused - 1);
    else if (event.key === "Home") goTo(0);
    else if (event.key === "End") goTo(rows.length - 1);
    else if (event.key === "ArrowRight" && openOf(row) === false) props.onToggle(row);
    else if (event.key === "ArrowLeft" && openOf(row) === true) props.onToggle(row);
    else if (event.key === "Enter" || event.key === " ") props.onSelect(row);
    else return;
    event.preventDefault();
  };

  return (
    <div
      className="tree"
      ref={box}
      role="treegrid"
      aria-label={props.label}
      aria-rowcount={rows.length + 1}
      style={{ maxBlockSize: TALLEST }}
      onScroll={(event) => setTop(event.currentTarget.scrollTop)}
      onKeyDown={pressed}
    >
      <div role="row" aria-rowindex={1} className="tree-head" style={{ gridTemplateColumns: props.template }}>
        {props.head}
      </div>
      <div role="rowgroup" className="tree-body" style={{ blockSize: rows.length * ROW_HEIGHT }}>
        {rows.slice(first, last).map((row, index) => {
          const at = first + index;
          const open = openOf(row);
          return (
            // biome-ignore lint: rows of a treegrid are focusable
            <div
              key={row.key}
              role="row"
              data-at={at}
              aria-rowindex={at + 2}
              aria-level={row.depth + 1}
              {...(open === null ? {} : { "aria-expanded": open })}
              aria-selected={row.key === props.selected}
              tabIndex={at === reached ? 0 : -1}
              className="tree-row"
              style={{ gridTemplateColumns: props.template, insetBlockStart: at * ROW_HEIGHT, blockSize: ROW_HEIGHT }}
              onFocus={() => setFocusedKey(row.key)}
              onClick={() => {
                setFocusedKey(row.key);
                props.onSelect(row);
              }}
            >
              {props.cells(row)}
            </div>
          );
        })}
        {props.over}
      </div>
    </div>
  );
}

export function openOf(row: Row): boolean | null {
  return row.kind === "more" ? null : row.open;
}
