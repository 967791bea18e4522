/** A run's servers as parts of its tree of steps: the run tells them anyway, so nobody asks again. Pure. */

import type { Part, Step } from "../steps/tree";
import { placeKey } from "../steps/tree";
import { secondsBetween } from "../../time/duration";
import { kindOf } from "../steps/Sign";
import type { Run } from "../useWorkflow";

type Server = Run["waves"][number]["servers"][number];

/** By the place at which the tree would ask for them. */
export function serverParts(run: Run): Map<string, Part> {
  const parts = new Map<string, Part>();
  run.waves.forEach((wave, index) => {
    const steps = wave.servers.map((server) => stepOfServer(server, index, wave.name, run));
    const lane = {
      id: "servers", index: 0, round: 1, status: kindOf(wave.status), startedAt: wave.startedAt, endedAt: wave.endedAt,
      durationSeconds: wave.seconds, stepCount: steps.length, steps, stepsCursor: null,
    };
    parts.set(placeKey({ within: `wave:${index}`, lane: null, cursor: null }), { steps: [], lanes: [lane], nextCursor: null, total: 1 });
  });
  return parts;
}

function stepOfServer(server: Server, waveIndex: number, wave: string, run: Run): Step {
  const ended = server.endedAt ?? server.confirmedAt;
  const seconds = server.startedAt && ended ? secondsBetween(server.startedAt, ended, 0) : null;
  return {
    id: `server:${waveIndex}:${server.accountId}.${server.region}.${server.sourceServerId}`,
    name: server.name, type: "Server", path: `${wave}/${server.name}`, occurrence: 1, segment: 0,
    // Its launch is the step: that it was cleaned up since is told beside it.
    status: server.status === "TERMINATED" ? "succeeded" : kindOf(server.status), startedAt: server.startedAt, endedAt: ended,
    durationSeconds: seconds === null ? null : seconds * run.timeScale,
    p50Seconds: null, p95Seconds: null, samples: 0, isSlow: false, attemptCount: 0, attempts: [],
    error: server.status === "FAILED" ? server.launchStatus : null, cause: server.cause,
    compensation: false, laneCount: 0, counts: null, lanes: [], lanesCursor: null,
  };
}
