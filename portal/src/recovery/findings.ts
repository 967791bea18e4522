/** What is wrong with a form, by field: found here while one types, or by the API when it is saved. Pure. */

import type { Finding } from "../api/problem";

/** `waves[2].dependsOn[0]` is within `waves[2].dependsOn`; `waves[20]` is not within `waves[2]`. */
export function isWithin(place: string, field: string): boolean {
  return place === field || place.startsWith(`${field}[`) || place.startsWith(`${field}.`);
}

export function sentence(finding: Partial<Finding>): string {
  return [finding.problem, finding.remedy].filter(Boolean).join(" ");
}

/** What is to be shown at this field; undefined where all is well. */
export function errorAt(findings: readonly Finding[], field: string): string | undefined {
  const found = findings.filter((one) => isWithin(one.place, field)).map(sentence);
  return found.length > 0 ? [...new Set(found)].join(" ") : undefined;
}

/** What belongs to none of these fields, so that nothing that was said is lost. */
export function elsewhere(findings: readonly Finding[], fields: readonly string[]): readonly Finding[] {
  return findings.filter((one) => !fields.some((field) => isWithin(one.place, field)));
}
