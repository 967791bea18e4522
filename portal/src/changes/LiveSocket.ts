/** The socket to the server of live updates: had, kept, and had again. What it hears is the inbox's. */

import { waitBefore } from "./backoff";
import { type Delta, type Frame, frameOf } from "./frames";
import { Inbox } from "./inbox";

export interface Ticket {
  readonly ticket: string;
  readonly url: string;
  readonly pingSeconds: number;
  readonly reconnectSeconds: number;
}

export interface Outside {
  /** Asks for a ticket; throws where there is none to be had. */
  ticket(): Promise<Ticket>;
  open(address: string): WebSocket;
  random(): number;
}

export interface Told {
  /** `reload`: read the topic anew, whatever the deltas say. */
  heard(topic: string, deltas: readonly Delta[], reload: boolean): void;
  /** `isOpen`, or which topics it covers, is another than before. */
  changed(): void;
}

const GAP_MS = 2000;
const PONG_MS = 10_000;
/** A network that died says nothing: it is asked more often than the server needs it. */
const PING_MS = 60_000;
const OPENING_MS = 15_000;
/** A connection that lived so long was a good one: after it, try at once. */
const GOOD_MS = 10_000;
const TOPICS_A_FRAME = 10;

export class LiveSocket {
  readonly #inbox = new Inbox();
  readonly #topics = new Set<string>();
  readonly #refused = new Set<string>();
  #socket: WebSocket | null = null;
  #openedAt = 0;
  #attempt = 0;
  #generation = 0;
  #timers: Record<string, ReturnType<typeof setTimeout>> = {};

  constructor(
    readonly outside: Outside,
    readonly told: Told,
  ) {}

  get isOpen() {
    return this.#socket !== null;
  }

  /** Is everything about it heard here? Not before the server of this socket said so, nor where it refused. */
  covers(topic: string): boolean {
    return this.isOpen && this.#inbox.isSubscribed(topic);
  }

  add(topic: string) {
    if (this.#topics.has(topic) && !this.#refused.delete(topic)) return;
    this.#topics.add(topic);
    if (this.#socket) this.#subscribe([topic]);
    else if (this.#topics.size === 1) this.#connect();
  }

  remove(topic: string) {
    if (!this.#topics.delete(topic)) return;
    this.#refused.delete(topic);
    this.#inbox.forget(topic);
    this.#send({ action: "unsubscribe", topics: [topic] });
    if (this.#topics.size === 0) this.close();
  }

  /** The network went, or nobody listens: nothing is tried until `again`. */
  close() {
    this.#generation += 1;
    this.#clear("retry", "renew", "opening");
    this.#drop();
  }

  /** The network came back. */
  again() {
    if (this.isOpen || this.#topics.size === 0) return;
    this.#attempt = 0;
    this.#connect();
  }

  /** Is somebody still there? Whoever comes back to the page wants to know. */
  ping() {
    if (!this.isOpen) return;
    this.#send({ action: "ping", cursors: this.#inbox.cursors });
    this.#timers.pong ??= setTimeout(() => this.#lost(), PONG_MS);
  }

  /** A new connection; the one there is stays until the new one is open. */
  #connect() {
    this.#clear("retry", "opening");
    this.#generation += 1;
    const mine = this.#generation;
    this.outside
      .ticket()
      .then((ticket) => {
        if (mine === this.#generation) this.#open(ticket, mine);
      })
      .catch(() => {
        if (mine !== this.#generation) return;
        this.#retry();
        this.told.changed();
      });
  }

  #open(ticket: Ticket, mine: number) {
    const socket = this.outside.open(`${ticket.url}?ticket=${encodeURIComponent(ticket.ticket)}`);
    this.#timers.opening = setTimeout(() => socket.close(), OPENING_MS);
    socket.onopen = () => {
      if (mine !== this.#generation) return socket.close();
      this.#clear("opening");
      this.#drop();
      this.#socket = socket;
      this.#openedAt = Date.now();
      this.#timers.ping = setInterval(() => this.ping(), Math.min(ticket.pingSeconds * 1000, PING_MS));
      this.#timers.renew = setTimeout(() => this.#connect(), ticket.reconnectSeconds * 1000);
      this.#subscribe(this.#topics);
      this.told.changed();
    };
    socket.onmessage = ({ data }) => this.#take(socket, frameOf(data));
    socket.onclose = () => {
      this.#clear("opening");
      if (this.#socket === socket) this.#lost();
      else if (mine === this.#generation) this.#retry();
    };
  }

  #take(socket: WebSocket, frame: Frame | null) {
    if (socket !== this.#socket || !frame) return;
    this.#clear("pong");
    if (frame.type === "bye") return this.#lost();
    if (frame.type === "error" && frame.topic !== undefined) {
      // It is asked for by HTTP from now on.
      this.#refused.add(frame.topic);
      this.#inbox.forget(frame.topic);
    }
    const covered = frame.topic === undefined || this.covers(frame.topic);
    const { deltas, reload } = this.#inbox.take(frame);
    if (frame.topic !== undefined && (reload || deltas.length > 0)) this.told.heard(frame.topic, deltas, reload);
    if (!covered) this.told.changed();
    this.#watchGaps();
  }

  #watchGaps() {
    const gaps = this.#inbox.gaps();
    if (gaps.length === 0) return this.#clear("gap");
    this.#timers.gap ??= setTimeout(() => {
      this.#clear("gap");
      this.#subscribe(this.#inbox.gaps());
    }, GAP_MS);
  }

  #subscribe(topics: Iterable<string>) {
    const wanted = this.#inbox.wanted([...topics].filter((topic) => this.#topics.has(topic) && !this.#refused.has(topic)));
    for (let at = 0; at < wanted.length; at += TOPICS_A_FRAME) {
      this.#send({ action: "subscribe", topics: wanted.slice(at, at + TOPICS_A_FRAME) });
    }
    this.#watchGaps();
  }

  #send(frame: object) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame));
  }

  #lost() {
    const lived = Date.now() - this.#openedAt;
    this.#generation += 1;
    this.#drop();
    this.#attempt = lived >= GOOD_MS ? 0 : Math.max(this.#attempt, 1);
    this.#retry();
  }

  #retry() {
    if (this.#topics.size === 0 || this.#timers.retry !== undefined) return;
    this.#timers.retry = setTimeout(() => this.#connect(), waitBefore(this.#attempt, this.outside.random()));
    this.#attempt += 1;
  }

  #drop() {
    const socket = this.#socket;
    this.#clear("ping", "pong", "gap", "renew");
    this.#socket = null;
    if (!socket) return;
    socket.close();
    this.told.changed();
  }

  #clear(...names: string[]) {
    for (const name of names) {
      clearTimeout(this.#timers[name]);
      delete this.#timers[name];
    }
  }
}
