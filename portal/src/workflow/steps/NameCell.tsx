/** The first cell of a row: how deep it is, whether it opens, what it is called. */

import { Sign } from "./Sign";
import { type Row, laneName } from "./tree";

export function NameCell({ row, onToggle, waiting }: { row: Row; onToggle: (row: Row) => void; waiting: boolean }) {
  const inset = { paddingInlineStart: 10 + row.depth * 18 };
  if (row.kind === "more") {
    return (
      <div role="rowheader" style={inset}>
        <span className="tree-name">
          <span style={{ inlineSize: 22 }} />
          <span className="link-like">{waiting ? "Loading …" : `${row.words} …`}</span>
        </span>
      </div>
    );
  }
  const name = row.kind === "step" ? row.step.name : laneName(row.of, row.lane);
  const status = row.kind === "step" ? row.step.status : row.lane.status;
  return (
    <div role="rowheader" style={inset} title={name}>
      <span className="tree-name">
        {row.open === null ? (
          <span style={{ inlineSize: 22, flex: "none" }} />
        ) : (
          <button
            type="button"
            tabIndex={-1}
            className="tree-turn"
            data-open={row.open}
            aria-label={`${row.open ? "Close" : "Open"} ${name}`}
            onClick={(event) => {
              event.stopPropagation();
              onToggle(row);
            }}
          >
            <svg width="10" height="10" viewBox="0 0 10 10" fill="currentColor" aria-hidden="true">
              <path d="M2.5 1 8 5 2.5 9z" />
            </svg>
          </button>
        )}
        <Sign status={status} />
        <span>
          {name}
          {row.kind === "step" && row.step.occurrence > 1 && <span className="faint"> · visit {row.step.occurrence}</span>}
        </span>
      </span>
    </div>
  );
}
