/**
 * Reads queries anew. A request that is under way was perhaps answered before the change that is
 * told now, so once it has ended they are read again; it is never broken off, for where requests
 * take longer than changes are apart none would ever end.
 */

import type { QueryClient } from "@tanstack/react-query";

export class Reader {
  #isReading = false;
  #again = false;
  #stopped = false;

  constructor(
    readonly queries: QueryClient,
    readonly keys: readonly (readonly unknown[])[],
  ) {}

  read() {
    if (this.#isReading) {
      this.#again = true;
      return;
    }
    void this.#go();
  }

  stop() {
    this.#stopped = true;
  }

  async #go() {
    this.#isReading = true;
    do {
      this.#again = this.keys.some((queryKey) => this.queries.isFetching({ queryKey, type: "active" }) > 0);
      await Promise.all(this.keys.map((queryKey) => this.queries.invalidateQueries({ queryKey }, { cancelRefetch: false })));
    } while (this.#again && !this.#stopped);
    this.#isReading = false;
  }
}
