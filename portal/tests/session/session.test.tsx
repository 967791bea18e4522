import { cleanup, fireEvent, render } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { keepDrafts, useDraft, useUnsaved } from "../../src/session/drafts";
import { Renewal } from "../../src/session/renewal";
import { SessionProvider, useSession } from "../../src/session/Session";

const auth = vi.hoisted(() => ({
  isLoading: false, isAuthenticated: true, activeNavigator: undefined, error: undefined,
  user: { expired: false, id_token: "first", profile: { email: "operator@example.com" } } as object | undefined,
  signinRedirect: vi.fn(async () => undefined), signinSilent: vi.fn(), removeUser: vi.fn(async () => undefined),
}));
vi.mock("react-oidc-context", () => ({ AuthProvider: ({ children }: { children: unknown }) => children, useAuth: () => auth }));

beforeEach(() => window.sessionStorage.clear());
afterEach(() => {
  cleanup();
  vi.clearAllMocks();
});

const CONFIG = { api: "/api", authority: "https://idp.example", clientId: "c", signOut: "https://signin.example", region: "eu-west-1", environment: "test" };

test("who signs out is not signed in again before the page is left", async () => {
  let session: ReturnType<typeof useSession> | undefined;
  const Probe = () => {
    session = useSession();
    return null;
  };
  const page = <SessionProvider config={CONFIG}><Probe /></SessionProvider>;
  const view = render(page);
  auth.removeUser.mockImplementation(() => new Promise(() => undefined));
  session?.signOut();
  Object.assign(auth, { isAuthenticated: false, user: undefined });
  view.rerender(<SessionProvider config={CONFIG}><Probe /></SessionProvider>);
  await Promise.resolve();
  expect(auth.removeUser).toHaveBeenCalled();
  expect(auth.signinRedirect).not.toHaveBeenCalled();
  Object.assign(auth, { isAuthenticated: true, user: { expired: false, id_token: "first", profile: {} } });
});

test("a renewed token is sent at once", async () => {
  let session: ReturnType<typeof useSession> | undefined;
  const Probe = () => {
    session = useSession();
    return null;
  };
  render(<SessionProvider config={CONFIG}><Probe /></SessionProvider>);
  auth.signinSilent.mockResolvedValue({ expired: false, id_token: "second" });
  expect(session?.token()).toBe("first");
  expect(await session?.renew()).toBe(true);
  expect(session?.token()).toBe("second");
});

function renewal(first: string | null, renew: () => Promise<boolean>) {
  const told = { renewed: vi.fn(), over: vi.fn() };
  const held = { token: first };
  return { told, held, one: new Renewal({ token: () => held.token, renew }, told) };
}

test("a laptop that wakes with an expired token goes on; its session is not over", async () => {
  const renew = vi.fn(async () => true);
  const { one, told, held } = renewal(null, renew);
  one.refused(null);
  one.refused(null);
  held.token = "new";
  await vi.waitFor(() => expect(told.renewed).toHaveBeenCalledTimes(1));
  one.refused(null); // an answer to a request from before
  expect(renew).toHaveBeenCalledTimes(1);
  expect(told.over).not.toHaveBeenCalled();
});

test("where no token is to be had, or the new one is refused too, the session is over", async () => {
  const vain = renewal(null, async () => false);
  vain.one.refused(null);
  await vi.waitFor(() => expect(vain.told.over).toHaveBeenCalledTimes(1));
  const renew = vi.fn(async () => true);
  const refused = renewal("same", renew);
  refused.one.refused("same");
  await vi.waitFor(() => expect(refused.told.renewed).toHaveBeenCalled());
  refused.one.refused("same");
  expect(refused.told.over).toHaveBeenCalledTimes(1);
  expect(renew).toHaveBeenCalledTimes(1);
});

function Form({ name }: { name: string }) {
  const [text, setText] = useDraft(name, () => "as stored");
  return <input value={text} onChange={(event) => setText(event.target.value)} />;
}

test("closing a page with something unsaved is asked about, and only then", () => {
  const Page = ({ unsaved }: { unsaved: boolean }) => {
    useUnsaved(unsaved);
    return null;
  };
  const leaves = () => window.dispatchEvent(new Event("beforeunload", { cancelable: true }));
  const view = render(<Page unsaved={false} />);
  expect(leaves()).toBe(true);
  view.rerender(<Page unsaved />);
  expect(leaves()).toBe(false);
  view.unmount();
  expect(leaves()).toBe(true);
});

test("what was typed is there again after signing in, once, and only in its own form", () => {
  const before = render(<Form name="plan p-1" />);
  fireEvent.change(before.getByRole("textbox"), { target: { value: "typed for twenty minutes" } });
  keepDrafts();
  before.unmount();
  const other = render(<Form name="plan p-2" />);
  expect((other.getByRole("textbox") as HTMLInputElement).value).toBe("as stored");
  other.unmount();
  const after = render(<Form name="plan p-1" />);
  expect((after.getByRole("textbox") as HTMLInputElement).value).toBe("typed for twenty minutes");
  after.unmount();
  const later = render(<Form name="plan p-1" />);
  expect((later.getByRole("textbox") as HTMLInputElement).value).toBe("as stored");
});
