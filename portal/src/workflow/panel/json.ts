/**
 * JSON, indented without being read into numbers: `12345678901234567890` would come out as another
 * one, and `1.0` as `1`. Pure.
 */

/** Strings, numbers and words as they are; each mark of structure by itself. */
const TOKENS = /"(?:[^"\\]|\\.)*"|[[\]{},:]|[^\s"[\]{},:]+/g;

/** As it is where it is no JSON. */
export function indented(text: string): string {
  try {
    JSON.parse(text);
  } catch {
    return text;
  }
  const out: string[] = [];
  let depth = 0;
  let before = "";
  const line = () => `\n${"  ".repeat(depth)}`;
  for (const [token] of text.matchAll(TOKENS)) {
    const opens = token === "{" || token === "[";
    const closes = token === "}" || token === "]";
    if (closes) depth -= 1;
    const isEmpty = closes && (before === "{" || before === "[");
    if (before === "," || ((before === "{" || before === "[") && !isEmpty) || (closes && !isEmpty)) out.push(line());
    out.push(token === ":" ? ": " : token);
    if (opens) depth += 1;
    before = token;
  }
  return out.join("");
}
