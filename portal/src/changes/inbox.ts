/**
 * What a client does with frames, so that it applies each delta once and in order. Pure.
 *
 * The server sends every frame at least once, in any order, and numbers the frames of a topic
 * without gaps. This is runtime/breakwater/live/inbox.py, for the browser.
 */

import type { Delta, Frame } from "./frames";

/** Frames that wait for one before them; more are asked for again. */
const MOST_KEPT = 500;

interface Place {
  cursor: number | null;
  readonly early: Map<number, Frame>;
  /** Where the topic stood when the server last said `subscribed`; null while it has not. */
  head: number | null;
}

export interface Wanted {
  readonly topic: string;
  readonly cursor?: number;
}

export interface Received {
  /** To be applied now, in this order. */
  readonly deltas: readonly Delta[];
  /** Read the list or the detail anew: it was subscribed to just now, or deltas were missed for good. */
  readonly reload: boolean;
}

const NOTHING: Received = { deltas: [], reload: false };

/** The places of one client, over all its connections. */
export class Inbox {
  readonly #places = new Map<string, Place>();

  /** How far each topic was applied: what `ping` says. */
  get cursors(): Record<string, number> {
    const known: Record<string, number> = {};
    for (const [topic, { cursor }] of this.#places) if (cursor !== null) known[topic] = cursor;
    return known;
  }

  /**
   * What `subscribe` says for these topics: with a cursor where there is one. Until `subscribed`
   * comes nothing is certain: it may have been lost on its way.
   */
  wanted(topics: Iterable<string>): Wanted[] {
    return [...topics].map((topic) => {
      const place = this.#placeOf(topic);
      const { cursor } = place;
      place.head = null;
      return cursor === null ? { topic } : { topic, cursor };
    });
  }

  /** Has the server said `subscribed` since it was last asked? */
  isSubscribed(topic: string): boolean {
    const place = this.#places.get(topic);
    return place !== undefined && place.head !== null;
  }

  /** Topics of which something has not come: `subscribed`, or a frame before what is known. */
  gaps(): string[] {
    return [...this.#places].filter(([, place]) => hasGap(place)).map(([topic]) => topic);
  }

  /** It was unsubscribed from. */
  forget(topic: string) {
    this.#places.delete(topic);
  }

  /** A frame from the server. What is no frame of a topic brings nothing. */
  take(frame: Frame): Received {
    const place = frame.topic === undefined ? undefined : this.#places.get(frame.topic);
    if (!place) return NOTHING;
    const { cursor = 0 } = frame;
    if (frame.type === "subscribed") {
      const isFirst = place.cursor === null;
      place.cursor ??= cursor;
      place.head = cursor;
      return { deltas: drained(place), reload: isFirst };
    }
    if (frame.type === "reload") {
      // Also back: where its numbers begin anew, a higher one would hear nothing more.
      place.cursor = cursor;
      if (place.head !== null) place.head = cursor;
      return { deltas: drained(place), reload: true };
    }
    if (frame.type !== "deltas" || frame.after === undefined) return NOTHING;
    if (place.early.size < MOST_KEPT) place.early.set(frame.after, frame);
    return { deltas: drained(place), reload: false };
  }

  #placeOf(topic: string): Place {
    const known = this.#places.get(topic);
    if (known) return known;
    const place: Place = { cursor: null, early: new Map<number, Frame>(), head: null };
    this.#places.set(topic, place);
    return place;
  }
}

function hasGap({ cursor, head, early }: Place): boolean {
  return cursor === null || head === null || cursor < head || early.size > 0;
}

/** Everything that follows without a gap; what was seen already goes. */
function drained(place: Place): Delta[] {
  if (place.cursor === null) return [];
  const deltas: Delta[] = [];
  let cursor = place.cursor;
  for (let frame = place.early.get(cursor); frame; frame = place.early.get(cursor)) {
    place.early.delete(cursor);
    deltas.push(...(frame.deltas ?? []));
    cursor = frame.cursor ?? cursor;
  }
  place.cursor = cursor;
  for (const after of place.early.keys()) if (after <= cursor) place.early.delete(after);
  return deltas;
}
