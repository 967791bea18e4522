/** The list by keyboard: j and k move, Enter opens (it is a link), x marks, / searches, ? helps. */

import { useEffect } from "react";

export interface Keys {
  readonly rows: readonly string[];
  help(): void;
  /** @param at the row's place among `rows`. */
  mark(at: number): void;
}

/** @param keys.rows ids of the elements that hold the rows' links, in order. */
export function useKeys({ rows, help, mark }: Keys) {
  useEffect(() => {
    function pressed(event: KeyboardEvent) {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || isAsking(event.target)) return;
      const at = rows.findIndex((id) => isIn(id, document.activeElement));
      if (event.key === "j" || event.key === "k") {
        focus(rows[next(at, event.key === "j" ? 1 : -1, rows.length)]);
      } else if (event.key === "x" && at >= 0) {
        mark(at);
      } else if (event.key === "/") {
        document.querySelector<HTMLInputElement>("#filter input")?.focus();
      } else if (event.key === "?") {
        help();
      } else {
        return;
      }
      event.preventDefault();
    }
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, [rows, help, mark]);
}

/** From nowhere (-1) to the first or the last; at an end it stays. Pure. */
export function next(at: number, by: 1 | -1, length: number): number {
  if (at < 0) return by === 1 ? 0 : length - 1;
  return Math.min(Math.max(at + by, 0), length - 1);
}

/** Anywhere in the row that holds the link. */
function isIn(id: string, element: Element | null): boolean {
  const link = document.getElementById(id);
  return element !== null && (link?.closest("tr") ?? link)?.contains(element) === true;
}

function focus(id: string | undefined) {
  if (id) document.getElementById(id)?.querySelector<HTMLElement>("a")?.focus();
}

/** In a dialog or a menu letters are its own: the list behind stays as it is. */
function isAsking(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("[role=dialog], [role=menu], [role=listbox]") !== null;
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName));
}
