/** A machine's definition, each state as hot as it fails or takes long. The tables beside it are its twin. */

import FormField from "@cloudscape-design/components/form-field";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { answerOf, useApi } from "../api/client";
import { Failure, Nothing, Waiting } from "../states/states";
import { type Body, graphOf } from "../workflow/diagram/graph";
import { layoutOf } from "../workflow/diagram/layout";
import { idOfExecution } from "../workflow/useWorkflow";
import { type Analytics, machineName } from "./figures";
import { type Heat, type Kind, heatOf, machinesOf } from "./heat";

export default function HeatDiagram({ told }: { told: Analytics }) {
  const machines = machinesOf(told);
  const [wanted, setWanted] = useState<string | null>(null);
  const [kind, setKind] = useState<Kind>("failures");
  const machine = machines.find((one) => one.arn === wanted) ?? machines[0];
  if (!machine) return <Nothing title="No step is known yet">A diagram needs histories that were read: see how complete these figures are.</Nothing>;
  return (
    <SpaceBetween size="m">
      <div className="heat-asking">
        <FormField label="State machine" stretch>
          <Select
            selectedOption={{ value: machine.arn, label: machineName(machine.arn) }}
            options={machines.map((one) => ({ value: one.arn, label: machineName(one.arn), description: one.type }))}
            onChange={({ detail }) => setWanted(detail.selectedOption.value ?? null)}
          />
        </FormField>
        <SegmentedControl
          label="Heat by"
          selectedId={kind}
          options={[{ id: "failures", text: "Failures" }, { id: "latency", text: "Latency (p95)" }]}
          onChange={({ detail }) => setKind(detail.selectedId === "latency" ? "latency" : "failures")}
        />
      </div>
      <Defined machine={machine.arn} type={machine.type} heat={heatOf(told, machine.arn, kind)} kind={kind} />
    </SpaceBetween>
  );
}

interface DefinedProps {
  machine: string;
  type: string;
  heat: ReadonlyMap<string, Heat>;
  kind: Kind;
}

/** The definition is told with an execution, so the newest one of this machine is looked for. */
function Defined({ machine, type, heat, kind }: DefinedProps) {
  const api = useApi();
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ["definition of", machine],
    staleTime: 300_000,
    queryFn: async ({ signal }) => {
      const page = await answerOf(api.GET("/workflows", { params: { query: { type, counts: false, limit: 100 } }, signal }));
      const one = page.items.find((item) => item.stateMachineArn === machine || (item.stateMachineArn && machineName(item.stateMachineArn) === machineName(machine)));
      if (!one) return null;
      const told = await answerOf(api.GET("/workflows/{workflow_id}/definition", { params: { path: { workflow_id: one.executionArn ? idOfExecution(one.executionArn) : one.id } }, signal }));
      return graphOf(told.structure);
    },
  });
  if (isPending) return <Waiting what="Reading the definition" />;
  if (error) return <Failure title="The definition cannot be read" error={error} again={() => void refetch()} />;
  if (!data) return <Nothing title="None of its executions is in the index any more">Its definition is told with an execution.</Nothing>;
  return <Drawn graph={data} heat={heat} kind={kind} name={machineName(machine)} />;
}

export function Drawn({ graph, heat, kind, name }: { graph: Body; heat: ReadonlyMap<string, Heat>; kind: Kind; name: string }) {
  const layout = useMemo(() => layoutOf(graph), [graph]);
  const told = layout.boxes.flatMap(({ box }) => heat.get(box.name) ?? []).filter((one) => one.level > 0).length;
  return (
    <div className="heat" tabIndex={0} role="group" aria-label={`${name}: ${told} states with ${kind === "failures" ? "failures" : "known durations"}. The tables on this page list them.`}>
      <svg style={{ inlineSize: "100%", maxInlineSize: layout.width + 16, minInlineSize: Math.round((layout.width + 16) * 0.62) }} viewBox={`-8 -8 ${layout.width + 16} ${layout.height + 16}`} aria-hidden="true">
        <defs>
          <marker id="heat-head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto" fill="context-stroke">
            <path d="M0 0 8 4 0 8z" />
          </marker>
        </defs>
        {[...layout.boxes].sort((a, b) => a.depth - b.depth).map(({ box, x, y, width, height }) => {
          const one = heat.get(box.name);
          const inside = box.bodies.length > 0;
          return (
            <g key={box.id}>
              <rect className="state" x={x} y={y} width={width} height={height} rx="8" />
              {one && one.level > 0 && <rect className="glow" data-kind={kind} x={x} y={y} width={width} height={inside ? 30 : height} rx="8" fillOpacity={0.12 + 0.43 * one.level} />}
              <text x={x + width / 2} y={y + (inside ? 16 : one ? 19 : 27)}>{shortened(box.name, width)}</text>
              {one && <text className={`words ${one.level > 0 ? "hot" : ""}`} x={x + width / 2} y={y + (inside ? 28 : 35)}>{one.words}</text>}
              <title>{one ? `${box.name}: ${one.words}` : `${box.name}: nothing is known`}</title>
            </g>
          );
        })}
        {layout.bodies.map((body) => <rect key={`${body.of} ${body.index}`} className="plate" x={body.x} y={body.y} width={body.width} height={body.height} rx="6" />)}
        {layout.ways.map((placed, index) => <path key={index} className="way" data-kind={placed.way.kind} markerEnd="url(#heat-head)" d={`M${placed.points.map((point) => `${point.x} ${point.y}`).join("L")}`} />)}
        {layout.marks.map((mark, index) => <circle key={index} className="mark" cx={mark.x} cy={mark.y} r="5" />)}
      </svg>
    </div>
  );
}

function shortened(name: string, width: number): string {
  const room = Math.floor((width - 16) / 7.2);
  return name.length > room ? `${name.slice(0, Math.max(1, room - 1))}…` : name;
}
