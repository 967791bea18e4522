/**
 * A token that is refused is first renewed: a laptop that slept wakes with one that has expired, and
 * the renewal of the OIDC client is tried once only. The session is over where that does not help.
 */

export interface Outside {
  /** The token that is sent now; null once it has expired. */
  token(): string | null;
  /** Asks for another one; false where there is none to be had. */
  renew(): Promise<boolean>;
}

export interface Told {
  renewed(): void;
  over(): void;
}

/** A new token that is refused as well is not helped by a third one. */
const HELPED_MS = 60_000;
const IN_VAIN_MS = 15_000;

export class Renewal {
  #isRenewing = false;
  #helpedAt = Number.NEGATIVE_INFINITY;
  #vainAt = Number.NEGATIVE_INFINITY;

  constructor(
    readonly outside: Outside,
    readonly told: Told,
  ) {}

  /** @param sent the token that was refused; an older one than the present says nothing. */
  refused(sent: string | null) {
    if (this.#isRenewing || sent !== this.outside.token()) return;
    const now = Date.now();
    if (now - this.#helpedAt < HELPED_MS || now - this.#vainAt < IN_VAIN_MS) return this.told.over();
    this.#isRenewing = true;
    void this.#renew();
  }

  async #renew() {
    const helped = await this.outside.renew().catch(() => false);
    this.#isRenewing = false;
    if (helped) {
      this.#helpedAt = Date.now();
      this.told.renewed();
    } else {
      this.#vainAt = Date.now();
      this.told.over();
    }
  }
}
