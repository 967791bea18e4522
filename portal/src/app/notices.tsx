/** What has just been done, or could not be: told at the top of whatever page is open. */

import Flashbar, { type FlashbarProps } from "@cloudscape-design/components/flashbar";
import { useSyncExternalStore } from "react";

export interface Notice {
  readonly type: "success" | "error" | "info" | "warning";
  readonly header: string;
  readonly text?: string;
  readonly action?: { readonly words: string; does(): void };
}

let shown: readonly (Notice & { id: string })[] = [];
let count = 0;
const listeners = new Set<() => void>();

export function tell(notice: Notice) {
  count += 1;
  shown = [{ ...notice, id: `notice-${count}` }, ...shown].slice(0, 5);
  for (const listener of listeners) listener();
}

function dismiss(id: string) {
  shown = shown.filter((one) => one.id !== id);
  for (const listener of listeners) listener();
}

export function useNotices() {
  const notices = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => shown,
  );
  const items: FlashbarProps.MessageDefinition[] = notices.map((one) => ({
    id: one.id,
    type: one.type,
    header: one.header,
    content: one.text,
    ...(one.action ? { buttonText: one.action.words, onButtonClick: one.action.does } : {}),
    dismissible: true,
    dismissLabel: "Dismiss",
    onDismiss: () => dismiss(one.id),
    ariaRole: one.type === "error" ? "alert" : "status",
  }));
  return <Flashbar items={items} stackItems />;
}
