/** Views of the list that somebody keeps in this browser: a name for what an address asks. Pure. */

import { filterOf, searchOf } from "../filter";

export interface View {
  readonly name: string;
  /** As in the address, without `?`. */
  readonly search: string;
}

export const MOST_VIEWS = 50;
export const LONGEST_NAME = 60;

/** What is not a view is left out: a browser's storage is nobody's to trust. */
export function viewsOf(text: string | null): View[] {
  let said: unknown;
  try {
    said = JSON.parse(text ?? "[]");
  } catch {
    return [];
  }
  if (!Array.isArray(said)) return [];
  const views = said.filter((one): one is View => typeof one?.name === "string" && one.name !== "" && typeof one.search === "string");
  return views.slice(0, MOST_VIEWS).map(({ name, search }) => ({ name: name.slice(0, LONGEST_NAME), search: searchOf(filterOf(new URLSearchParams(search))).toString() }));
}

/** One of the same name is replaced; names are in order. */
export function withView(views: readonly View[], view: View): View[] {
  return [...views.filter((one) => one.name !== view.name), view].sort((a, b) => a.name.localeCompare(b.name));
}

export function withoutView(views: readonly View[], name: string): View[] {
  return views.filter((one) => one.name !== name);
}

/** Why it cannot be kept under this name; null where it can. */
export function unnamed(views: readonly View[], name: string): string | null {
  if (name.trim() === "") return "Give it a name.";
  if (name.trim().length > LONGEST_NAME) return `A name has at most ${LONGEST_NAME} characters.`;
  const isNew = views.every((one) => one.name !== name.trim());
  return isNew && views.length >= MOST_VIEWS ? `There are ${MOST_VIEWS} views already: remove one first.` : null;
}
