/**
 * Reads anew as changes are told: soon after the first, at most once a second while they come, and
 * once more when they have ended, because an index may be a moment behind the table it is of.
 */
export const SOON_MS = 100;
export const APART_MS = 1000;
export const SETTLED_MS = 2000;

export class Pacer {
  #readAt = Number.NEGATIVE_INFINITY;
  #next: ReturnType<typeof setTimeout> | undefined;
  #last: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly read: () => void) {}

  tell() {
    const now = Date.now();
    this.#next ??= setTimeout(() => this.#go(), Math.max(SOON_MS, this.#readAt + APART_MS - now));
    clearTimeout(this.#last);
    this.#last = setTimeout(() => this.#go(), SETTLED_MS);
  }

  stop() {
    clearTimeout(this.#next);
    clearTimeout(this.#last);
    this.#next = undefined;
  }

  #go() {
    clearTimeout(this.#next);
    this.#next = undefined;
    this.#readAt = Date.now();
    this.read();
  }
}
