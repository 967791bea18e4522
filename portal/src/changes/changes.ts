/** Tells pages that something changed. Whoever shows it does not know whether it is polled or pushed. */

import { type Connection, type Heard, connectionOf, heardAnswer, heardNothing } from "./connection";
import type { Delta } from "./frames";

/** `workflows`: the list; `workflow:<id>`: one of them; `runs`: recovery. */
export type Topic = "workflows" | "runs" | `workflow:${string}`;

/** What changed; null: something may have, nobody says what. */
export type Hears = (deltas: readonly Delta[] | null) => void;

export interface Watched {
  /** False where hardly anything is to be expected: it is told what is pushed, and never asked for. */
  readonly polls?: boolean;
}

export interface Changes {
  /** Call `hears` whenever the topic may have changed, until the answer is called. */
  watch(topic: Topic, hears: Hears, options?: Watched): () => void;
  /** Updates are held while somebody reads. */
  hold(held: boolean): void;
  readonly isHeld: boolean;
  connection(): Connection;
  /** Told when `connection()` or `isHeld` may say something else. */
  subscribe(listener: () => void): () => void;
  /** What the API's client sees: null where nobody answered. */
  answered(status: number | null): void;
}

export const POLL_MS = 5000;

/** Asks again every five seconds, not while the tab is hidden, and at once when it is looked at. */
export class PollingChanges implements Changes {
  readonly #watchers = new Map<() => void, Topic>();
  readonly #listeners = new Set<() => void>();
  #heard: Heard = heardAnswer(Date.now());
  #shown: Connection = { kind: "live" };
  #held = false;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(readonly every = POLL_MS) {}

  watch(topic: Topic, hears: Hears, { polls = true }: Watched = {}): () => void {
    if (!polls) return () => undefined;
    const own = () => hears(null);
    this.#watchers.set(own, topic);
    if (this.#timer === undefined) {
      this.#timer = setInterval(() => this.#tick(), this.every);
      document.addEventListener("visibilitychange", this.#looked);
    }
    return () => {
      this.#watchers.delete(own);
      if (this.#watchers.size === 0) {
        clearInterval(this.#timer);
        this.#timer = undefined;
        document.removeEventListener("visibilitychange", this.#looked);
      }
    };
  }

  hold(held: boolean) {
    this.#held = held;
    this.#tell();
    if (!held) this.#tick();
  }

  get isHeld() {
    return this.#held;
  }

  connection() {
    return this.#shown;
  }

  subscribe(listener: () => void) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  answered(status: number | null) {
    const now = Date.now();
    const vain = status === null || status >= 502;
    this.#heard = vain ? heardNothing(this.#heard, now) : heardAnswer(now);
    this.#judge();
  }

  #looked = () => {
    if (!document.hidden) this.#tick();
  };

  #tick() {
    this.#judge();
    if (this.#held || document.hidden) return;
    for (const heard of [...this.#watchers.keys()]) heard();
  }

  #judge() {
    const next = connectionOf(this.#heard, Date.now());
    if (next.kind === this.#shown.kind) return;
    this.#shown = next;
    this.#tell();
  }

  #tell() {
    for (const listener of this.#listeners) listener();
  }
}
