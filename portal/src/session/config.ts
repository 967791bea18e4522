/** What differs between environments: read at run time, so that one build serves them all. */

export interface Config {
  /** Below which path, or at which address, the operations API answers. */
  readonly api: string;
  /** The OIDC issuer's address, where its metadata are. */
  readonly authority: string;
  readonly clientId: string;
  /** Where Cognito ends its own session; it does not say so in its metadata. */
  readonly signOut: string;
  readonly region: string;
  readonly environment: string;
}

const NAMES = ["api", "authority", "clientId", "signOut", "region", "environment"] as const;

export class NotConfigured extends Error {}

export async function readConfig(fetching: typeof fetch = fetch): Promise<Config> {
  const answer = await fetching("/config.json", { cache: "no-cache" });
  if (!answer.ok) {
    throw new NotConfigured(`config.json answered ${answer.status}. The deployment uploads it with the page: make portal-upload`);
  }
  return configOf(await answer.json());
}

/** Checked, because a deployment wrote it: a missing member is told by name. */
export function configOf(said: unknown): Config {
  const members: Record<string, unknown> = typeof said === "object" && said !== null ? { ...said } : {};
  const missing = NAMES.filter((name) => typeof members[name] !== "string" || members[name] === "");
  if (missing.length > 0) {
    throw new NotConfigured(`config.json does not say: ${missing.join(", ")}. Upload the page again: make portal-upload`);
  }
  return members as unknown as Config;
}
