/** Tells that the session has ended, over the page as it was, and leads back to the same place. */

import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Modal from "@cloudscape-design/components/modal";
import { useSession } from "../session/Session";

export function SessionOver({ over }: { over: boolean }) {
  const session = useSession();
  return (
    <Modal
      visible={over}
      header="Your session has ended"
      onDismiss={() => session.signInAgain()}
      footer={
        <Box float="right">
          <Button variant="primary" onClick={() => session.signInAgain()}>
            Sign in again
          </Button>
        </Box>
      }
    >
      You come back to this very page. What you see behind is as it was when the session ended.
    </Modal>
  );
}
