/** Puts the parts together: configuration, session, API, changes; and picks the page. */

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import I18nProvider from "@cloudscape-design/components/i18n";
import messages from "@cloudscape-design/components/i18n/messages/all.en";
import { Suspense, useEffect, useMemo, useRef, useState } from "react";
import { ApiProvider, answerOf, apiOf } from "../api/client";
import { Refused, Unanswered } from "../api/problem";
import { ChangesProvider, useChanges } from "../changes/ChangesProvider";
import { LiveChanges } from "../changes/LiveChanges";
import { usePlace } from "../navigation/location";
import { routeOf } from "../navigation/routes";
import { type Config, readConfig } from "../session/config";
import { Renewal } from "../session/renewal";
import { SessionProvider, useSession } from "../session/Session";
import { part } from "../states/part";
import { Contained, Failure, Nothing, Waiting } from "../states/states";
import { WorkflowsPage } from "../workflows/WorkflowsPage";
import { SessionOver } from "./SessionOver";
import { Shell, TopBar } from "./Shell";

const WorkflowPage = part(() => import("../workflow/WorkflowPage"));
const RecoveryPage = part(() => import("../recovery/RecoveryPage"));
const PlanPage = part(() => import("../recovery/plans/PlanPage"));
const PlanFormPage = part(() => import("../recovery/plans/PlanFormPage"));
const GroupPage = part(() => import("../recovery/groups/GroupPage"));
const GroupFormPage = part(() => import("../recovery/groups/GroupFormPage"));
const HistoryPage = part(() => import("../history/HistoryPage"));
const AnalyticsPage = part(() => import("../analytics/AnalyticsPage"));

export function App() {
  const [config, setConfig] = useState<Config | null>(null);
  const [error, setError] = useState<unknown>(null);
  const read = () => {
    setError(null);
    readConfig().then(setConfig, setError);
  };
  useEffect(read, []);
  if (error) return <Failure title="Breakwater is not ready" error={error} again={read} />;
  if (!config) return <Waiting what="Starting" />;
  return (
    <I18nProvider locale="en" messages={[messages]}>
      <SessionProvider config={config}>
        <SignedIn config={config} />
      </SessionProvider>
    </I18nProvider>
  );
}

function SignedIn({ config }: { config: Config }) {
  const session = useSession();
  const latest = useRef(session);
  latest.current = session;
  const [over, setOver] = useState(false);
  const parts = useMemo(() => {
    const changes: LiveChanges = new LiveChanges({
      ticket: () => answerOf(api.POST("/live/ticket")),
      open: (address) => new WebSocket(address),
      random: Math.random,
    });
    const queries = queryClient();
    const renewal = new Renewal(
      { token: () => latest.current.token(), renew: () => latest.current.renew() },
      {
        renewed: () => {
          setOver(false);
          void queries.invalidateQueries();
        },
        over: () => setOver(true),
      },
    );
    const api = apiOf({
      base: new URL(config.api, window.location.origin).href.replace(/\/$/, ""),
      token: () => latest.current.token(),
      answered: (status, sent) => {
        changes.answered(status);
        if (status === 401) renewal.refused(sent);
      },
    });
    return { changes, api, queries };
  }, [config]);
  return (
    <QueryClientProvider client={parts.queries}>
      <ApiProvider value={parts.api}>
        <ChangesProvider value={parts.changes}>
          <TopBar config={config} />
          <Page />
          <SessionOver over={over} />
        </ChangesProvider>
      </ApiProvider>
    </QueryClientProvider>
  );
}

/** A refusal is final; what was busy or did not answer is asked again, ever more slowly. */
function queryClient() {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 2000,
        refetchOnWindowFocus: false,
        networkMode: "always",
        retry: (count, error) => {
          if (error instanceof Refused) return [429, 502, 503, 504].includes(error.status) && count < 4;
          return error instanceof Unanswered && count < 2;
        },
        retryDelay: (count, error) =>
          error instanceof Refused && error.retryAfterSeconds !== null
            ? Math.min(error.retryAfterSeconds, 30) * 1000
            : Math.min(1000 * 2 ** count, 15_000),
      },
      mutations: { networkMode: "always", retry: false },
    },
  });
}

export function Page() {
  const { path } = usePlace();
  const route = routeOf(path);
  const changes = useChanges();
  // Updates are held while one reads a page; the next one is not to stand still without saying why.
  useEffect(
    () => () => {
      if (changes.isHeld) changes.hold(false);
    },
    [changes, path],
  );
  return (
    <Contained what="This page" key={path}>
      <Suspense fallback={<Shell crumbs={[]}><Waiting what="Loading" /></Shell>}>
        {route.page === "workflows" && <WorkflowsPage />}
        {route.page === "workflow" && <WorkflowPage id={route.id} key={route.id} />}
        {route.page === "recovery" && <RecoveryPage />}
        {route.page === "plan" && <PlanPage id={route.id} />}
        {route.page === "planForm" && <PlanFormPage id={route.id} />}
        {route.page === "group" && <GroupPage id={route.id} />}
        {route.page === "groupForm" && <GroupFormPage id={route.id} />}
        {route.page === "history" && <HistoryPage />}
        {route.page === "analytics" && <AnalyticsPage />}
        {route.page === "nowhere" && (
          <Shell crumbs={[]}>
            <Nothing title="There is no such page">The address may have been cut off.</Nothing>
          </Shell>
        )}
      </Suspense>
    </Contained>
  );
}
