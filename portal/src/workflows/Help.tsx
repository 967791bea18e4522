/** The keys of the list. */

import Modal from "@cloudscape-design/components/modal";

export function Help({ visible, close }: { visible: boolean; close: () => void }) {
  const keys = [
    ["j, k", "next, previous workflow"],
    ["Enter", "open it"],
    ["x", "mark it, or take the mark away: what is marked is cancelled or retried together"],
    ["/", "filter"],
    ["?", "this help"],
  ];
  return (
    <Modal visible={visible} onDismiss={close} header="Keyboard">
      <table>
        <tbody>
          {keys.map(([key, meaning]) => (
            <tr key={key}>
              <td><kbd>{key}</kbd></td>
              <td style={{ paddingInlineStart: "1rem" }}>{meaning}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Modal>
  );
}
