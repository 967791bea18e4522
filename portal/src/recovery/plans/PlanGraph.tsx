/** The waves of a plan, drawn: what starts at once stands left, and a cycle is red. */

import { useMemo } from "react";
import { WAVE_HEIGHT, WAVE_WIDTH, waveGraph } from "../../workflow/waves/waveGraph";
import "./plan-graph.css";
import { cycleInWords, cyclesOf, isOnCycle } from "./waveChecks";

export interface DrawnWave {
  readonly name: string;
  readonly dependsOn: readonly string[];
  /** Short lines below the name: its groups, its hold. */
  readonly lines: readonly string[];
}

export interface PlanGraphProps {
  readonly waves: readonly DrawnWave[];
  readonly chosen?: string | null;
  readonly onChoose?: (name: string) => void;
}

export function PlanGraph({ waves, chosen = null, onChoose }: PlanGraphProps) {
  const shape = JSON.stringify(waves.map((wave) => [wave.name, wave.dependsOn]));
  // The shape is all that the layout depends on: typing elsewhere does not lay out anew.
  const graph = useMemo(() => waveGraph(waves), [shape]);
  const cycles = useMemo(() => cyclesOf(waves), [shape]);
  const byName = new Map(waves.map((wave) => [wave.name, wave]));
  if (graph.waves.length === 0) return null;
  return (
    <div className="plan-graph" role="group" aria-label={inWords(waves, cycles)} tabIndex={0}>
      <div style={{ inlineSize: graph.width, blockSize: graph.height }}>
        <svg width={graph.width} height={graph.height} aria-hidden="true">
          <defs>
            <marker id="plan-head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto" fill="context-stroke">
              <path d="M0 0 8 4 0 8z" />
            </marker>
          </defs>
          {graph.ways.map((way) => (
            <path
              key={`${way.from} ${way.to}`}
              className="way"
              data-cycle={isOnCycle(cycles, way.to, way.from)}
              markerEnd="url(#plan-head)"
              d={`M${way.points.map((point) => `${point.x} ${point.y}`).join("L")}`}
            />
          ))}
        </svg>
        {graph.waves.map((placed) => {
          const wave = byName.get(placed.name);
          if (!wave) return null;
          const place = { insetInlineStart: placed.x, insetBlockStart: placed.y, inlineSize: WAVE_WIDTH, blockSize: WAVE_HEIGHT };
          const inside = (
            <>
              <b title={wave.name}>{wave.name}</b>
              {wave.lines.map((line) => <small key={line} title={line}>{line}</small>)}
            </>
          );
          const onCycle = cycles.some((cycle) => cycle.includes(wave.name));
          return onChoose ? (
            <button key={wave.name} type="button" className="plan-wave" style={place} data-cycle={onCycle} aria-pressed={wave.name === chosen} onClick={() => onChoose(wave.name)}>
              {inside}
            </button>
          ) : (
            <div key={wave.name} className="plan-wave" style={place} data-cycle={onCycle}>{inside}</div>
          );
        })}
      </div>
    </div>
  );
}

/** The drawing as a sentence, for whoever does not see it. */
export function inWords(waves: readonly DrawnWave[], cycles: readonly (readonly string[])[]): string {
  const told = waves.map((wave) => (wave.dependsOn.length > 0 ? `${wave.name} after ${wave.dependsOn.join(" and ")}` : `${wave.name} at once`));
  const wrong = cycles.map((cycle) => `; these wait for each other: ${cycleInWords(cycle)}`);
  return `Waves: ${told.join(", ")}${wrong.join("")}`;
}
