/** How much of what had a target met it: half a ring, and the same in words. */

import { percent } from "./figures";

const RADIUS = 70;
const LENGTH = Math.PI * RADIUS;

export function Gauge({ part, words }: { part: number | null; words: string }) {
  const share = part === null ? 0 : Math.min(1, Math.max(0, part));
  const look = part === null ? "none" : part >= 0.99 ? "good" : part >= 0.95 ? "careful" : "bad";
  const arc = `M10 84A${RADIUS} ${RADIUS} 0 0 1 150 84`;
  return (
    <svg className="gauge" viewBox="0 0 160 100" role="img" aria-label={`${part === null ? "Nothing with a target has ended" : percent(part)}. ${words}`} data-look={look}>
      <path className="track" d={arc} />
      {share > 0 && <path className="value" d={arc} strokeDasharray={`${share * LENGTH} ${LENGTH}`} />}
      <text x="80" y="78">{percent(part)}</text>
    </svg>
  );
}
