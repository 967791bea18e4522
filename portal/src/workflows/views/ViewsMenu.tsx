/** Saved views: open one, save what is asked now, remove the one that is open. */

import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import ButtonDropdown, { type ButtonDropdownProps } from "@cloudscape-design/components/button-dropdown";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { tell } from "../../app/notices";
import { keep, kept } from "../../files/kept";
import { go } from "../../navigation/location";
import { addresses } from "../../navigation/routes";
import { type View, unnamed, viewsOf, withView, withoutView } from "./views";

const KEPT_UNDER = "breakwater.views";

export function ViewsMenu({ search }: { search: string }) {
  const [views, setViews] = useState<readonly View[]>(() => viewsOf(kept(KEPT_UNDER)));
  const [name, setName] = useState<string | null>(null);
  const put = (change: (views: readonly View[]) => readonly View[]): boolean => {
    // Another tab may have saved one meanwhile: what is kept now is changed, not what was read once.
    const next = change(viewsOf(kept(KEPT_UNDER)));
    if (keep(KEPT_UNDER, JSON.stringify(next))) {
      setViews(next);
      return true;
    }
    tell({ type: "error", header: "The view was not saved", text: "This browser keeps nothing for this page: its storage is full or switched off. The address says the same; keep that." });
    return false;
  };
  const open = views.find((view) => view.search === search);
  const problem = name === null ? null : unnamed(views, name);
  const save = () => {
    if (name === null || problem !== null) return;
    if (put((now) => withView(now, { name: name.trim(), search }))) setName(null);
  };
  const items: ButtonDropdownProps.ItemOrGroup[] = [
    ...(views.length > 0 ? [{ text: "Views", items: views.map((view, at) => ({ id: `view-${at}`, text: view.name })) }] : []),
    { id: "save", text: "Save what is shown now…" },
    ...(open ? [{ id: "remove", text: `Remove ${open.name}` }] : []),
  ];
  const chosen = (id: string) => {
    if (id === "save") {
      setName(open?.name ?? "");
      return;
    }
    if (id === "remove") {
      if (open) put((now) => withoutView(now, open.name));
      return;
    }
    const view = views[Number(id.replace("view-", ""))];
    if (view) go(addresses.workflows(view.search ? `?${view.search}` : ""));
  };
  return (
    <>
      <ButtonDropdown expandToViewport items={items} onItemClick={({ detail }) => chosen(detail.id)}>{open?.name ?? "Views"}</ButtonDropdown>
      {name !== null && (
        <Modal
          visible
          onDismiss={() => setName(null)}
          header="Save what is shown now"
          footer={<Box float="right"><SpaceBetween direction="horizontal" size="xs"><Button variant="link" onClick={() => setName(null)}>Do not save</Button><Button variant="primary" disabled={problem !== null} onClick={save}>Save</Button></SpaceBetween></Box>}
        >
          <form onSubmit={(event) => { event.preventDefault(); save(); }}>
            <FormField label="Name" description="It is kept in this browser. To share it, send the address." errorText={name === "" ? null : problem}>
              <Input value={name} autoFocus onChange={({ detail }) => setName(detail.value)} />
            </FormField>
          </form>
        </Modal>
      )}
    </>
  );
}
