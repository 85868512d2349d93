import { Button, FormGroup, FormHelperText, HelperText, HelperTextItem, InputGroup, InputGroupItem, TextInput } from "@patternfly/react-core";
import EyeIcon from "@patternfly/react-icons/dist/esm/icons/eye-icon";
import EyeSlashIcon from "@patternfly/react-icons/dist/esm/icons/eye-slash-icon";
import { useState } from "react";
import { Link } from "wouter";
import { PAGES } from "../../../lib/http/portal/pages.ts";
import type { Needed } from "../rules/api-docs.ts";
import { PERMISSION_NAMES, sentenceList } from "../rules/names.ts";
import { notAToken } from "../rules/try-out.ts";
import { useRights } from "../shell/session.ts";
import { nameOfScope } from "../tokens/scope-names.tsx";

const ID = "docs-token";

type Props = { readonly needed: Needed; readonly value: string; readonly onChange: (value: string) => void };

/**
 * Where a token is pasted, and what it needs. The field is no password to the browser, which would offer to keep it; it is
 * covered all the same.
 */
export function TokenField({ needed, value, onChange }: Props) {
  const [isShown, setShown] = useState(false);
  const problem = notAToken(value);
  const label = needed.kind === "service" ? "Service token" : "Access token";
  return (
    <FormGroup label={label} fieldId={ID} className="latchkey-docs-token">
      <InputGroup>
        <InputGroupItem isFill>
          <TextInput
            id={ID} value={value} onChange={(_event, text) => onChange(text.trim())} className={isShown ? "latchkey-value" : "latchkey-covered"}
            validated={problem === undefined ? "default" : "error"} aria-describedby={`${ID}-help`} autoComplete="off" autoCapitalize="none" spellCheck={false} translate="no"
          />
        </InputGroupItem>
        <InputGroupItem>
          <Button variant="control" icon={isShown ? <EyeSlashIcon /> : <EyeIcon />} aria-label={`${isShown ? "Hide" : "Show"} the token`} onClick={() => setShown(!isShown)} />
        </InputGroupItem>
      </InputGroup>
      <FormHelperText>
        <HelperText id={`${ID}-help`} isLiveRegion>
          {problem === undefined ? null : <HelperTextItem variant="error">{problem}</HelperTextItem>}
          <HelperTextItem>{needed.kind === "service" ? <ServiceTokenNeeds /> : <AccessTokenNeeds {...needed} />} It stays on this page, and goes out with the calls that you try.</HelperTextItem>
        </HelperText>
      </FormHelperText>
    </FormGroup>
  );
}

function AccessTokenNeeds({ scopes, writes }: Extract<Needed, { readonly kind: "access" }>) {
  const { scopes: offers } = useRights();
  const named = sentenceList(scopes.map((scope) => nameOfScope(scope, offers)), "or");
  return <>Paste a token with the scope {named}{writes ? `; for calls that change something also with the permission ${PERMISSION_NAMES.rw}` : ""}. <Link href={PAGES.newToken}>Make a token</Link>.</>;
}

function ServiceTokenNeeds() {
  return <>Paste the token of the service that <code>service_id</code> names. You find both on <Link href={PAGES.tokens}>your tokens</Link>.</>;
}
