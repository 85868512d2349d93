import { Button, Modal, ModalBody, ModalFooter, ModalHeader } from "@patternfly/react-core";
import { useLocation } from "wouter";
import { signInAddress } from "../rules/addresses.ts";

/** In the middle of work: what is on the page stays there, until the person goes to sign in. */
export function SessionOver({ onClose }: { readonly onClose: () => void }) {
  const [path] = useLocation();
  return (
    <Modal isOpen variant="small" onClose={onClose} aria-labelledby="session-over-title" aria-describedby="session-over-text">
      <ModalHeader title="Your session has ended" labelId="session-over-title" />
      <ModalBody id="session-over-text">Sign in again to go on. You come back to this page; a token that you were filling in is still there then.</ModalBody>
      <ModalFooter>
        <Button component="a" href={signInAddress(path)}>Sign in</Button>
        <Button variant="link" onClick={onClose}>Stay here</Button>
      </ModalFooter>
    </Modal>
  );
}
