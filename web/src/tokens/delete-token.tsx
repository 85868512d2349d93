import { Alert, Button, Content, Modal, ModalBody, ModalFooter, ModalHeader } from "@patternfly/react-core";
import { useState } from "react";
import { sentence, type Answer, type Failure } from "../api/answer.ts";
import type { ScopeOffer } from "../api/shapes.ts";
import { statusOf } from "../rules/expiry.ts";
import { PERMISSION_NAMES, sentenceList } from "../rules/names.ts";
import { lastUse } from "../rules/time.ts";
import { nameOfScope } from "./scope-names.tsx";
import type { Row } from "./tokens-table.tsx";

type Props = {
  readonly token: Row;
  readonly offers: readonly ScopeOffer[];
  readonly remove: () => Promise<Answer<unknown>>;
  readonly onDeleted: () => void;
  readonly onClose: () => void;
};

/** Asks before a token is deleted, and says what will stop working. */
export function DeleteToken({ token, offers, remove, onDeleted, onClose }: Props) {
  const [now] = useState(Date.now);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const confirm = async () => {
    setBusy(true);
    setFailure(undefined);
    const answer = await remove();
    setBusy(false);
    // Somebody else was faster: it is gone, which is what was wanted.
    if (answer.kind === "ok" || answer.kind === "absent") onDeleted();
    else setFailure(answer);
  };
  const isExpired = statusOf(token.expires_at, now) === "expired";
  return (
    <Modal isOpen variant="small" onClose={onClose} aria-labelledby="delete-title" aria-describedby="delete-text">
      <ModalHeader title={`Delete the token “${token.name}”?`} titleIconVariant="warning" labelId="delete-title" className="latchkey-name" />
      <ModalBody id="delete-text" className="latchkey-name">
        <Content component="p">
          {isExpired
            ? "It has expired already, so nothing can be using it."
            : <>Programs that use “<bdi>{token.name}</bdi>”{token.username === undefined ? "" : <> of <bdi>{token.username}</bdi></>} get 403 Forbidden at once.</>}
        </Content>
        <Content component="p">
          It reaches the {sentenceList(token.scopes.map((scope) => nameOfScope(scope, offers)))} ({PERMISSION_NAMES[token.permission].toLowerCase()})
          {token.last_used_at === undefined ? ". No use of it has been seen yet." : ` and was last used ${lastUse(token.last_used_at, now)}.`}
        </Content>
        <Content component="p">This cannot be undone.</Content>
        {failure === undefined ? null : <Alert isInline isLiveRegion variant="danger" component="p" title={`The token was not deleted. ${sentence(failure)}`} />}
      </ModalBody>
      <ModalFooter>
        <Button variant="danger" onClick={() => void confirm()} isLoading={busy} isDisabled={busy} spinnerAriaLabel="Deleting">Delete token</Button>
        <Button variant="link" onClick={onClose}>Cancel</Button>
      </ModalFooter>
    </Modal>
  );
}
