/**
 * Reads anew as changes are told: soon after the first, at most once a second while they come, and
 * twice more when they have ended: an index may be a moment behind the table it is of, and the API
 * keeps its figures for five seconds.
 */
export const SOON_MS = 100;
export const APART_MS = 1000;
export const SETTLED_MS = [1500, 5500];

export class Pacer {
  #readAt = Number.NEGATIVE_INFINITY;
  #next: ReturnType<typeof setTimeout> | undefined;
  #last: ReturnType<typeof setTimeout>[] = [];

  constructor(readonly read: () => void) {}

  tell() {
    const now = Date.now();
    this.#next ??= setTimeout(() => this.#go(), Math.max(SOON_MS, this.#readAt + APART_MS - now));
    this.#last.forEach(clearTimeout);
    this.#last = SETTLED_MS.map((after) => setTimeout(() => this.#go(), after));
  }

  stop() {
    clearTimeout(this.#next);
    this.#last.forEach(clearTimeout);
    this.#next = undefined;
  }

  #go() {
    clearTimeout(this.#next);
    this.#next = undefined;
    this.#readAt = Date.now();
    this.read();
  }
}
