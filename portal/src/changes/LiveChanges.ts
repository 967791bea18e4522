/** Changes as they are pushed; asked for every five seconds only while the socket cannot be had. */

import { type Changes, type Hears, PollingChanges, type Topic, type Watched } from "./changes";
import type { Connection } from "./connection";
import type { Delta } from "./frames";
import { LiveSocket, type Outside } from "./LiveSocket";

/** What the server calls it: runs are told with the list. */
export function topicOnTheWire(topic: Topic): string {
  return topic === "workflows" || topic === "runs" ? "list" : topic;
}

/** From one page to the next the topic is the same: so long it is kept although nobody watches. */
const LINGER_MS = 3000;
/** Who opens the page is not told that it reconnects, unless it takes so long. */
const FIRST_MS = 5000;

interface Watcher {
  readonly wire: string;
  readonly hears: Hears;
}

export class LiveChanges implements Changes {
  readonly #polling: PollingChanges;
  readonly #socket: LiveSocket;
  readonly #watchers = new Set<Watcher>();
  readonly #listeners = new Set<() => void>();
  readonly #missed = new Set<string>();
  #lostAt: number | null = null;
  #shown: Connection = { kind: "live" };
  #isListening = false;

  constructor(outside: Outside, polling = new PollingChanges()) {
    this.#polling = polling;
    this.#socket = new LiveSocket(outside, {
      heard: (topic, deltas, reload) => this.#hear(topic, reload ? null : deltas),
      changed: () => this.#judge(),
    });
    polling.subscribe(() => this.#judge(true));
  }

  watch(topic: Topic, hears: Hears, options?: Watched): () => void {
    const watcher = { wire: topicOnTheWire(topic), hears };
    const isFirst = !this.#isWatched(watcher.wire);
    this.#watchers.add(watcher);
    this.#listen();
    if (isFirst) this.#socket.add(watcher.wire);
    const unpoll = this.#polling.watch(topic, () => {
      this.#judge();
      if (!this.#isCovered(watcher.wire)) hears(null);
    }, options);
    return () => {
      unpoll();
      this.#watchers.delete(watcher);
      setTimeout(() => {
        if (!this.#isWatched(watcher.wire)) this.#socket.remove(watcher.wire);
      }, LINGER_MS);
    };
  }

  hold(held: boolean) {
    this.#polling.hold(held);
    this.#catchUp();
  }

  get isHeld() {
    return this.#polling.isHeld;
  }

  connection() {
    return this.#shown;
  }

  subscribe(listener: () => void) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  answered(status: number | null) {
    this.#polling.answered(status);
  }

  #isWatched(wire: string) {
    return [...this.#watchers].some((one) => one.wire === wire);
  }

  #isCovered(wire: string) {
    return this.#polling.connection().kind === "live" && this.#socket.covers(wire);
  }

  #hear(wire: string, deltas: readonly Delta[] | null) {
    if (this.isHeld || document.hidden) {
      this.#missed.add(wire);
      return;
    }
    for (const watcher of [...this.#watchers]) if (watcher.wire === wire) watcher.hears(deltas);
  }

  /** What was told while nobody looked is read anew. */
  #catchUp() {
    if (this.isHeld || document.hidden) return;
    const missed = [...this.#missed];
    this.#missed.clear();
    for (const wire of missed) this.#hear(wire, null);
  }

  /** For as long as the page is there. */
  #listen() {
    if (this.#isListening) return;
    this.#isListening = true;
    this.#lostAt = Date.now() + FIRST_MS;
    window.addEventListener("offline", () => {
      this.#polling.answered(null);
      this.#socket.close();
    });
    window.addEventListener("online", () => this.#socket.again());
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) return;
      this.#socket.ping();
      this.#catchUp();
    });
  }

  #judge(anyway = false) {
    if (this.#socket.isOpen) this.#lostAt = null;
    else this.#lostAt ??= Date.now();
    const asked = this.#polling.connection();
    const lost = this.#lostAt !== null && this.#lostAt <= Date.now() ? this.#lostAt : null;
    const next: Connection = asked.kind !== "live" || lost === null ? asked : { kind: "reconnecting", since: lost };
    const isSame = next.kind === this.#shown.kind;
    if (!isSame) this.#shown = next;
    if (!isSame || anyway) for (const listener of this.#listeners) listener();
  }
}
