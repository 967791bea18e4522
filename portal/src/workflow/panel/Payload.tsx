/** JSON as text: indented, searchable by the browser, with its size and a way to copy it. */

import Box from "@cloudscape-design/components/box";
import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import { useMemo } from "react";
import { indented } from "./json";
import "./panel.css";

export function size(text: string): string {
  const bytes = new TextEncoder().encode(text).length;
  return bytes < 1024 ? `${bytes} B` : `${(bytes / 1024).toFixed(1)} KB`;
}

export function Payload({ name, text }: { name: string; text: string | null }) {
  const shown = useMemo(() => indented(text ?? ""), [text]);
  if (text === null || text === "") return <Box color="text-body-secondary">{`No ${name.toLowerCase()}.`}</Box>;
  return (
    <div>
      <div className="payload-head">
        <span className="faint">{`${name} · ${size(text)}`}</span>
        <CopyToClipboard variant="icon" textToCopy={shown} copyButtonAriaLabel={`Copy ${name.toLowerCase()}`} copySuccessText="Copied" copyErrorText="The browser did not allow it" />
      </div>
      {/* biome-ignore lint: it scrolls, so it must be reachable by keyboard */}
      <pre className="payload" tabIndex={0} aria-label={name}>{shown}</pre>
    </div>
  );
}
