/** What a page shows when it has nothing else to show: waiting, nothing there, refused, failed. */

import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import { Component, type ReactNode } from "react";
import { Refused, Unanswered } from "../api/problem";
import { NotLoaded } from "./part";

export function Waiting({ what }: { what: string }) {
  return (
    <Box padding="xxl" textAlign="center" color="text-body-secondary">
      <SpaceBetween size="s" direction="vertical" alignItems="center">
        <Spinner size="large" />
        <span role="status">{what} …</span>
      </SpaceBetween>
    </Box>
  );
}

export function Nothing({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <Box textAlign="center" padding={{ vertical: "xl" }} color="inherit">
      <SpaceBetween size="xs" alignItems="center">
        <Box variant="strong" color="inherit">{title}</Box>
        {children && <Box color="text-body-secondary">{children}</Box>}
        {action}
      </SpaceBetween>
    </Box>
  );
}

export function Failure(props: { error: unknown; again?: () => void; words?: string; title?: string }) {
  const { error, again } = props;
  const told = inWords(error);
  return (
    <Box padding="m">
      <Alert
        type={told.type}
        header={props.title ?? told.title}
        {...(again ? { action: <Button onClick={again}>{props.words ?? "Try again"}</Button> } : {})}
      >
        {told.text}
      </Alert>
    </Box>
  );
}

interface Told {
  readonly type: "error" | "warning" | "info";
  readonly title: string;
  readonly text: string;
}

/** Which kind of failure it is, and what it says. Pure. */
export function inWords(error: unknown): Told {
  if (error instanceof Unanswered) return { type: "warning", title: "No connection", text: error.message };
  if (error instanceof Refused) {
    const title = TITLES[error.status] ?? "That did not work";
    return { type: error.status === 403 || error.status === 404 || error.status === 410 ? "info" : error.status < 500 ? "error" : "warning", title, text: error.message };
  }
  if (error instanceof NotLoaded) return { type: "warning", title: "Not loaded", text: error.message };
  return { type: "error", title: "Something is wrong with this page", text: error instanceof Error ? error.message : String(error) };
}

const TITLES: Record<number, string> = {
  401: "Your session has ended",
  403: "Your role does not allow this",
  404: "Not found",
  410: "Its history is gone",
  429: "Too many requests at once",
  503: "Busy right now",
};

/** One part that fails never takes the page with it. */
export class Contained extends Component<{ what: string; children: ReactNode }, { error: unknown }> {
  override state: { error: unknown } = { error: null };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render() {
    if (this.state.error === null) return this.props.children;
    const title = `${this.props.what} cannot be shown`;
    if (this.state.error instanceof NotLoaded) return <Failure title={title} error={this.state.error} again={() => window.location.reload()} words="Load the page anew" />;
    return <Failure title={title} error={this.state.error} again={() => this.setState({ error: null })} />;
  }
}
