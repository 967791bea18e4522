/** Who is signed in. Authorization code with PKCE at the managed login; tokens live in this tab. */

import { type ReactNode, createContext, useContext, useEffect, useMemo, useRef } from "react";
import { AuthProvider, useAuth } from "react-oidc-context";
import { WebStorageStateStore } from "oidc-client-ts";
import { go } from "../navigation/location";
import { Failure, Waiting } from "../states/states";
import type { Config } from "./config";
import { keepDrafts } from "./drafts";

export interface Session {
  readonly name: string;
  readonly roles: readonly string[];
  /** Sent with each request; null once it is over. */
  token(): string | null;
  /** Another token, without leaving the page; false where there is none to be had. */
  renew(): Promise<boolean>;
  signOut(): void;
  signInAgain(): void;
}

const Held = createContext<Session | null>(null);

export function useSession(): Session {
  const session = useContext(Held);
  if (!session) throw new Error("useSession is for what is inside <Session>.");
  return session;
}

export function SessionProvider({ config, children }: { config: Config; children: ReactNode }) {
  const here = `${window.location.origin}/`;
  return (
    <AuthProvider
      authority={config.authority}
      client_id={config.clientId}
      redirect_uri={here}
      scope="openid email profile"
      response_type="code"
      automaticSilentRenew
      userStore={new WebStorageStateStore({ store: window.sessionStorage })}
      onSigninCallback={(user) => go(wanted(user?.state), { replace: true })}
    >
      <Gate config={config}>{children}</Gate>
    </AuthProvider>
  );
}

/** Where one wanted to go before signing in; only ever inside this page. */
export function wanted(state: unknown): string {
  return typeof state === "string" && /^\/(?!\/)/.test(state) ? state : "/";
}

function Gate({ config, children }: { config: Config; children: ReactNode }) {
  const auth = useAuth();
  const newest = useRef(auth.user);
  newest.current = auth.user;
  // Who signs out is not asked to sign in before the page has been left.
  const leaving = useRef(false);
  const asking = !leaving.current && !auth.isLoading && !auth.isAuthenticated && !auth.activeNavigator && !auth.error;
  useEffect(() => {
    if (asking) void auth.signinRedirect({ state: placeNow() });
  }, [asking, auth]);
  const session = useMemo<Session>(() => {
    const claims = auth.user?.profile;
    return {
      name: String(claims?.email ?? claims?.["cognito:username"] ?? ""),
      roles: rolesOf(claims?.["cognito:groups"]),
      token: () => (newest.current && !newest.current.expired ? (newest.current.id_token ?? null) : null),
      renew: async () => {
        const user = await auth.signinSilent();
        if (!user || user.expired) return false;
        newest.current = user;
        return true;
      },
      signOut: () => {
        leaving.current = true;
        void auth.removeUser().then(() => window.location.assign(signOutAddress(config)));
      },
      signInAgain: () => {
        keepDrafts();
        void auth.signinRedirect({ state: placeNow() });
      },
    };
  }, [auth, config]);

  if (auth.error && !auth.isAuthenticated) {
    return (
      <Failure
        title="Signing in did not work"
        error={auth.error}
        again={() => void auth.signinRedirect({ state: "/" })}
        words="Sign in again"
      />
    );
  }
  if (!auth.isAuthenticated) return <Waiting what="Signing in" />;
  return <Held.Provider value={session}>{children}</Held.Provider>;
}

function placeNow(): string {
  const { pathname, search } = window.location;
  return new URLSearchParams(search).has("code") ? pathname : pathname + search;
}

/** Roles as the token has them: a list on AWS. */
export function rolesOf(groups: unknown): string[] {
  return Array.isArray(groups) ? groups.filter((one) => typeof one === "string") : [];
}

export function signOutAddress(config: Config, origin = window.location.origin): string {
  const query = new URLSearchParams({ client_id: config.clientId, logout_uri: `${origin}/` });
  return `${config.signOut}/logout?${query}`;
}
