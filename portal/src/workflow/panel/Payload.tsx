/** JSON as text: indented, searchable by the browser, with its size and a way to copy it. */

import Box from "@cloudscape-design/components/box";
import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import "./panel.css";

/** Indented where it is JSON, as it is where it is not. Pure. */
export function indented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

export function size(text: string): string {
  const bytes = new TextEncoder().encode(text).length;
  return bytes < 1024 ? `${bytes} B` : `${(bytes / 1024).toFixed(1)} KB`;
}

export function Payload({ name, text }: { name: string; text: string | null }) {
  if (text === null || text === "") return <Box color="text-body-secondary">{`No ${name.toLowerCase()}.`}</Box>;
  const shown = indented(text);
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
