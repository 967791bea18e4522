/** Light, dark, or as the system has it; and the design's colours for our own drawings. */

// Of the components themselves: the package of tokens is of another release, whose names differ.
import * as tokens from "cloudscape-tokens";
import { keep, kept } from "../files/kept";
import { Mode, applyMode } from "@cloudscape-design/global-styles";

export type Theme = "system" | "light" | "dark";
const KEY = "breakwater.theme";
const dark = window.matchMedia("(prefers-color-scheme: dark)");

/** For this page even where the browser keeps nothing. */
let chosen = themeOf(kept(KEY));

function themeOf(text: string | null): Theme | null {
  return text === "light" || text === "dark" ? text : null;
}

export function chosenTheme(): Theme {
  return chosen ?? "system";
}

export function chooseTheme(theme: Theme) {
  chosen = theme;
  keep(KEY, theme);
  apply();
}

function apply() {
  const theme = chosenTheme();
  const isDark = theme === "dark" || (theme === "system" && dark.matches);
  applyMode(isDark ? Mode.Dark : Mode.Light);
  document.body.style.colorScheme = isDark ? "dark" : "light";
}

/** Names that our style sheets use. Set by script, which the content security policy allows. */
const COLOURS = {
  surface: tokens.colorBackgroundContainerContent,
  raised: tokens.colorBackgroundContainerHeader,
  page: tokens.colorBackgroundLayoutMain,
  line: tokens.colorBorderDividerDefault,
  text: tokens.colorTextBodyDefault,
  faint: tokens.colorTextBodySecondary,
  heading: tokens.colorTextHeadingDefault,
  accent: tokens.colorBorderItemFocused,
  selected: tokens.colorBackgroundItemSelected,
  running: tokens.colorTextStatusInfo,
  good: tokens.colorTextStatusSuccess,
  bad: tokens.colorTextStatusError,
  careful: tokens.colorTextStatusWarning,
  idle: tokens.colorTextStatusInactive,
};

export function startTheme() {
  for (const [name, value] of Object.entries(COLOURS)) document.body.style.setProperty(`--bw-${name}`, value);
  dark.addEventListener("change", apply);
  apply();
}
