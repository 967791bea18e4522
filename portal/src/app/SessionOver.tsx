/** Tells that the session has ended, over the page as it was, and leads back to the same place. */

import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useEffect, useState } from "react";
import { useSession } from "../session/Session";
import { tell } from "./notices";

export function SessionOver({ over }: { over: boolean }) {
  const session = useSession();
  const [looking, setLooking] = useState(false);
  useEffect(() => {
    if (!over) setLooking(false);
  }, [over]);
  const look = () => {
    setLooking(true);
    tell({ type: "warning", header: "Your session has ended", text: "What you see is as it was then.", action: { words: "Sign in again", does: () => session.signInAgain() } });
  };
  return (
    <Modal
      visible={over && !looking}
      header="Your session has ended"
      onDismiss={look}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={look}>Look at the page first</Button>
            <Button variant="primary" onClick={() => session.signInAgain()}>
              Sign in again
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      You come back to this very page, and to what you have typed into its form. What you see behind is as it was when the session ended.
    </Modal>
  );
}
