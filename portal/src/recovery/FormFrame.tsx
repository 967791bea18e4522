/** What every form has: its buttons, what the API refused, and that somebody else was faster. */

import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import Form from "@cloudscape-design/components/form";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { ReactNode } from "react";
import type { Finding } from "../api/problem";
import { go } from "../navigation/location";
import { useBarred } from "../session/permissions";
import { inWords } from "../states/states";
import { moment } from "../time/moment";
import { elsewhere, sentence } from "./findings";
import type { Saving } from "./useSaving";

interface Kept {
  readonly version: number;
  readonly updatedBy: string;
  readonly updatedAt: string;
}

export interface FormFrameProps<T extends Kept> {
  title: string;
  description: string;
  cancelTo: string;
  saving: Saving<T>;
  /** All that is known to be wrong. */
  findings: readonly Finding[];
  /** Places that fields show themselves; the rest is told above the buttons. */
  fields: readonly string[];
  submit: () => void;
  /** The reader wants what is stored, or wants theirs over it. */
  takeTheirs: (stored: T) => void;
  keepMine: (stored: T) => void;
  children: ReactNode;
}

export function FormFrame<T extends Kept>(props: FormFrameProps<T>) {
  const { saving, findings } = props;
  const planning = useBarred("plan");
  const stored = saving.overtaken;
  const rest = elsewhere(findings, props.fields);
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!saving.pending && !planning.disabled) props.submit();
      }}
    >
      <Form
        header={<Header variant="h1" description={props.description}>{props.title}</Header>}
        errorText={rest.length > 0 ? rest.map(sentence).join(" ") : undefined}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" formAction="none" onClick={() => go(props.cancelTo, { unasked: true })}>Leave without saving</Button>
            <Button variant="primary" loading={saving.pending} {...planning}>Save</Button>
          </SpaceBetween>
        }
      >
        <SpaceBetween size="l">
          {stored ? (
            <Alert
              type="warning"
              header={`${stored.updatedBy} changed it at ${moment(stored.updatedAt, Date.now())}, after you opened it`}
              action={
                <SpaceBetween direction="horizontal" size="xs">
                  <Button formAction="none" onClick={() => props.takeTheirs(stored)}>Show theirs</Button>
                  <Button formAction="none" onClick={() => props.keepMine(stored)}>Save mine over it</Button>
                </SpaceBetween>
              }
            >
              Nothing of yours was saved. It is version {stored.version} now. Showing theirs drops what you typed.
            </Alert>
          ) : (
            saving.error !== null && <Alert type="error" header={inWords(saving.error).title}>{inWords(saving.error).text}</Alert>
          )}
          {props.children}
        </SpaceBetween>
      </Form>
    </form>
  );
}
