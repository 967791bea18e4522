/** Which page of the list is open: its cursor stands in the address, those before it are remembered. */

type Cursors = readonly (string | null)[];

const FIRST: Cursors = [null];
const MOST_LISTS = 50;

export interface Pages {
  readonly cursors: Cursors;
  readonly page: number;
}

export class KnownPages {
  readonly #known = new Map<string, Cursors>();

  /** @param after the cursor of the page; of a link that somebody sent, what lies between is not known. */
  of(search: string, after: string | null): Pages {
    const known = this.#known.get(search) ?? FIRST;
    if (after === null) return { cursors: known, page: 0 };
    const page = known.indexOf(after);
    return page > 0 ? { cursors: known, page } : { cursors: [null, after], page: 1 };
  }

  /** The cursor of another page, which may be the one after all that are known. */
  turn(search: string, { cursors }: Pages, to: number, next: string | null): string | null {
    const known = next !== null && to === cursors.length ? [...cursors, next] : cursors;
    this.#known.delete(search);
    this.#known.set(search, known);
    const oldest = this.#known.keys().next().value;
    if (this.#known.size > MOST_LISTS && oldest !== undefined) this.#known.delete(oldest);
    return known[to] ?? null;
  }
}
