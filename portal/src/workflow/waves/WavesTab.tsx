/** A recovery run as its waves: what depends on what, which servers are up, what is held. */

import Alert from "@cloudscape-design/components/alert";
import Badge from "@cloudscape-design/components/badge";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import Pagination from "@cloudscape-design/components/pagination";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table, { type TableProps } from "@cloudscape-design/components/table";
import { useLayoutEffect, useMemo, useRef, useState } from "react";
import { Nothing } from "../../states/states";
import { duration, secondsBetween } from "../../time/duration";
import { inUtc } from "../../time/moment";
import { Moment } from "../../time/Moment";
import { useNow } from "../../time/now";
import { lookOf } from "../../workflows/status";
import { Status } from "../../workflows/Status";
import { ActionDialog } from "../actions/ActionDialog";
import type { Workflow } from "../actions/act";
import { useBarred } from "../../session/permissions";
import { Sign, kindOf } from "../steps/Sign";
import type { Run } from "../useWorkflow";
import { CleanupDialog } from "./CleanupDialog";
import { phasesOf } from "./phases";
import { WAVE_HEIGHT, WAVE_WIDTH, waveGraph } from "./waveGraph";
import "./waves.css";

type Wave = Run["waves"][number];
type Server = Wave["servers"][number];

export default function WavesTab({ run, workflow }: { run: Run; workflow: Workflow }) {
  const [chosen, setChosen] = useState<string | null>(null);
  // As they were when somebody asked: what is held meanwhile is not released along with them.
  const [releasing, setReleasing] = useState<readonly string[] | null>(null);
  const [cleaning, setCleaning] = useState(false);
  const barred = useBarred(run.isDrill ? "runDrill" : "runRecovery");
  const held = run.waves.filter((wave) => wave.status === "HELD").map((wave) => wave.name);
  if (run.waves.length === 0) return <Nothing title="No wave yet">The plan is being frozen.</Nothing>;
  const wave = run.waves.find((one) => one.name === chosen) ?? run.waves.find((one) => ["LAUNCHING", "FAILED", "HELD"].includes(one.status)) ?? run.waves[0];
  return (
    <SpaceBetween size="m">
      {held.length > 0 && (
        <Alert type="info" header={`${held.join(", ")}: held until somebody releases it`} action={<Button {...barred} onClick={() => setReleasing(held)}>Release</Button>}>
          The plan asks for a person before this wave starts. Other waves go on.
        </Alert>
      )}
      {run.attention.map((words) => <Alert key={words} type="warning">{words}</Alert>)}
      <WaveGraph run={run} chosen={wave?.name ?? null} onChoose={setChosen} />
      {wave && <Servers wave={wave} run={run} key={wave.name} />}
      {run.isDrill && run.endedAt !== null && run.serversLaunched > 0 && run.compensation.length === 0 && (
        <Box><Button {...barred} onClick={() => setCleaning(true)}>Clean up drill instances</Button></Box>
      )}
      {run.compensation.length > 0 && <Compensation run={run} />}
      {cleaning && <CleanupDialog run={run} close={() => setCleaning(false)} />}
      {releasing && <ActionDialog workflow={workflow} action="resume" waves={releasing} close={() => setReleasing(null)} />}
    </SpaceBetween>
  );
}

function WaveGraph({ run, chosen, onChoose }: { run: Run; chosen: string | null; onChoose: (name: string) => void }) {
  const now = useNow(run.endedAt === null);
  const shape = run.waves.map((wave) => `${wave.name}<${wave.dependsOn.join()}`).join("|");
  // eslint-disable-next-line -- the shape is all that the layout depends on
  const graph = useMemo(() => waveGraph(run.waves), [shape]);
  const byName = new Map(run.waves.map((wave) => [wave.name, wave]));
  const area = useRef<HTMLDivElement>(null);
  const at = graph.waves.find((one) => one.name === chosen)?.x;
  // What is looked at is seen, also where the graph is wider than the window.
  useLayoutEffect(() => {
    const { current } = area;
    if (current && at !== undefined) current.scrollLeft = at - (current.clientWidth - WAVE_WIDTH) / 2;
  }, [at]);
  return (
    <div className="wave-graph" role="group" aria-label="Graph of the waves" tabIndex={0} ref={area}>
      <div style={{ inlineSize: graph.width, blockSize: graph.height }}>
        <svg className="ways" width={graph.width} height={graph.height} aria-hidden="true">
          <defs>
            <marker id="wave-head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto" fill="context-stroke">
              <path d="M0 0 8 4 0 8z" />
            </marker>
          </defs>
          {graph.ways.map((way) => (
            <path
              key={`${way.from}-${way.to}`}
              className="way"
              data-taken={byName.get(way.from)?.status === "COMPLETED"}
              markerEnd="url(#wave-head)"
              fill="none"
              d={`M${way.points.map((point) => `${point.x} ${point.y}`).join("L")}`}
            />
          ))}
        </svg>
        {graph.waves.map((placed) => {
          const wave = byName.get(placed.name);
          if (!wave) return null;
          const taken = wave.seconds ?? (secondsBetween(wave.startedAt, wave.endedAt, now) ?? 0) * run.timeScale;
          return (
            <button
              type="button"
              key={placed.name}
              className="wave"
              data-look={kindOf(wave.status)}
              aria-pressed={placed.name === chosen}
              onClick={() => onChoose(placed.name)}
              style={{ insetInlineStart: placed.x, insetBlockStart: placed.y, inlineSize: WAVE_WIDTH, blockSize: WAVE_HEIGHT }}
            >
              <b>{wave.name}</b>
              <span className="line">
                <Sign status={wave.status} />
                {lookOf(wave.status).words}
                {wave.takenOver && <span className="tag">taken over</span>}
                {wave.pauseBefore && !wave.startedAt && <span className="tag">asks before</span>}
              </span>
              <span className="servers-bar" aria-hidden="true">
                {wave.servers.slice(0, 40).map((server) => <i key={server.sourceServerId} data-look={kindOf(server.status)} />)}
              </span>
              <small>
                <span>{`${wave.serversLaunched} of ${wave.serverCount} up${wave.serversFailed > 0 ? `, ${wave.serversFailed} failed` : ""}`}</span>
                <span className="numerals">{wave.startedAt ? duration(taken) : ""}</span>
              </small>
            </button>
          );
        })}
      </div>
    </div>
  );
}

/** A wave may have a thousand servers, and changes each second: so many are drawn at once. */
const A_PAGE = 50;
const GRAVITY = ["FAILED", "LAUNCHING"];

/** What went wrong first, then what is under way; else as the plan has them. */
export function inOrder(servers: readonly Server[]): Server[] {
  const rank = (server: Server) => (GRAVITY.includes(server.status) ? GRAVITY.indexOf(server.status) : GRAVITY.length);
  return [...servers].sort((a, b) => rank(a) - rank(b));
}

function Servers({ wave, run }: { wave: Wave; run: Run }) {
  const [page, setPage] = useState(0);
  const pages = Math.max(1, Math.ceil(wave.servers.length / A_PAGE));
  const at = Math.min(page, pages - 1);
  // Who reads a short list sees it stand still; in a long one what matters would not be found.
  const servers = pages > 1 ? inOrder(wave.servers) : wave.servers;
  return (
    <Table<Server>
      variant="container"
      wrapLines
      enableKeyboardNavigation
      header={
        <Header
          variant="h3"
          counter={`(${wave.serverCount})`}
          description={wave.cause ?? `Waits for ${wave.dependsOn.length > 0 ? wave.dependsOn.join(", ") : "nobody"}; ${wave.timeoutMinutes} minutes at most`}
        >
          {`Servers of ${wave.name}`}
        </Header>
      }
      items={servers.slice(at * A_PAGE, (at + 1) * A_PAGE)}
      pagination={pages > 1 ? <Pagination currentPageIndex={at + 1} pagesCount={pages} ariaLabels={{ nextPageLabel: "More servers", previousPageLabel: "Earlier servers", pageLabel: (one) => `Page ${one} of servers` }} onChange={({ detail }) => setPage(detail.currentPageIndex - 1)} /> : undefined}
      trackBy="sourceServerId"
      ariaLabels={{ tableLabel: `Servers of ${wave.name}` }}
      empty={<Nothing title="No server" />}
      columnDefinitions={[
        { id: "name", header: "Server", isRowHeader: true, cell: (server) => <ServerName server={server} /> },
        { id: "status", header: "Status", cell: (server) => <Status status={server.status} /> },
        ...(servers.some((server) => server.cause) ? [CAUSE] : []),
        { id: "phases", header: "Launch", cell: (server) => <Phases server={server} /> },
        { id: "instance", header: "Instance", cell: (server) => server.recoveryInstanceId ? <><span className="id">{server.recoveryInstanceId}</span><Box color="text-body-secondary" fontSize="body-s">{server.status === "TERMINATED" ? "terminated" : (server.instanceState ?? "")}</Box></> : "–" },
        { id: "took", header: "Recovered in", cell: (server) => <span className="numerals">{duration(took(server, run))}</span> },
        { id: "point", header: "Data of", cell: (server) => <Moment at={server.pointInTime} /> },
      ]}
    />
  );
}

/** Beside the status, and only where there is one: on a narrow screen the last columns are out of sight. */
const CAUSE: TableProps.ColumnDefinition<Server> = {
  id: "cause", header: "Cause", minWidth: 220, cell: (server) => server.cause ? <Box color="text-status-error">{server.cause}</Box> : "–",
};

/** Recovery time counts from when the run was asked for. */
function took(server: Server, run: Run): number | null {
  const seconds = server.confirmedAt ? secondsBetween(run.startedAt, server.confirmedAt, 0) : null;
  return seconds === null ? null : seconds * run.timeScale;
}

function ServerName({ server }: { server: Server }) {
  return (
    <>
      {server.name} {server.critical && <Badge color="severity-medium">critical</Badge>}
      <Box color="text-body-secondary"><div className="id">{server.sourceServerId}</div><div className="id">{server.region}</div></Box>
    </>
  );
}

function Phases({ server }: { server: Server }) {
  const phases = phasesOf(server);
  const words = phases.map((phase) => `${phase.name}: ${phase.state}`).join(", ");
  return (
    <span className="phases" role="img" aria-label={words}>
      {phases.map((phase) => (
        <i key={phase.name} data-done={phase.state === "done" ? "true" : phase.state} title={`${phase.name}: ${phase.state}${phase.at ? `, ${inUtc(phase.at)}` : ""}`} />
      ))}
    </span>
  );
}

function Compensation({ run }: { run: Run }) {
  return (
    <Table
      variant="container"
      header={<Header variant="h3" description="What was launched for the drill, terminated again">Cleanup</Header>}
      items={[...run.compensation]}
      trackBy="name"
      ariaLabels={{ tableLabel: "Cleanup" }}
      columnDefinitions={[
        { id: "name", header: "Step", isRowHeader: true, cell: (step) => step.name },
        { id: "status", header: "Status", cell: (step) => <Status status={step.status} /> },
        { id: "instances", header: "Instances", cell: (step) => `${step.instances.length}` },
        { id: "ended", header: "Ended", cell: (step) => <Moment at={step.endedAt} /> },
        { id: "cause", header: "Cause", cell: (step) => step.cause ?? "–" },
      ]}
    />
  );
}
