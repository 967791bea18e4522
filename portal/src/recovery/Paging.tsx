/** Pages of a list that is read by cursors: forward as far as there is more, and back. */

import Pagination from "@cloudscape-design/components/pagination";
import { useState } from "react";

export interface Pages {
  readonly cursor: string | null;
  readonly index: number;
  turn(to: number, next: string | null | undefined): void;
  readonly known: number;
}

/** @param of what the pages are of: another one begins at its first page. */
export function usePages(of = ""): Pages {
  const [cursors, setCursors] = useState<readonly (string | null)[]>([null]);
  const [index, setIndex] = useState(0);
  const [begun, setBegun] = useState(of);
  if (begun !== of) {
    setBegun(of);
    setCursors([null]);
    setIndex(0);
    return { cursor: null, index: 0, known: 1, turn: () => undefined };
  }
  return {
    cursor: cursors[index] ?? null,
    index,
    known: cursors.length,
    turn: (to, next) => {
      if (next && to === cursors.length) setCursors([...cursors, next]);
      setIndex(to);
    },
  };
}

/** Nothing where one page is all there is. */
export function Paging({ pages, next, what }: { pages: Pages; next: string | null | undefined; what: string }) {
  if (!next && pages.known === 1) return null;
  return (
    <Pagination
      currentPageIndex={pages.index + 1}
      pagesCount={Math.max(pages.known, pages.index + 1)}
      openEnd={Boolean(next)}
      ariaLabels={{ nextPageLabel: `More ${what}`, previousPageLabel: `Earlier page of ${what}`, pageLabel: (page) => `Page ${page} of ${what}` }}
      onChange={({ detail }) => pages.turn(detail.currentPageIndex - 1, next)}
    />
  );
}
