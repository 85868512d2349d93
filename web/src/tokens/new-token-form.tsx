import { ActionGroup, Alert, Button, Form, FormAlert, FormGroup, TextInput } from "@patternfly/react-core";
import { useEffect, useRef, useState } from "react";
import { useLocation } from "wouter";
import { PAGES } from "../../../lib/http/portal/pages.ts";
import { sentence, type Failure } from "../api/answer.ts";
import { createToken } from "../api/portal.ts";
import type { IssuedToken, Rights } from "../api/shapes.ts";
import type { Draft } from "../rules/draft.ts";
import { expiryOf, instant } from "../rules/expiry.ts";
import { fieldSentence } from "../rules/names.ts";
import { ExpiryField } from "./expiry-field.tsx";
import { described, FIELDS, Problem, type Field, type Problems } from "./field.tsx";
import { useDraft } from "./kept-draft.ts";
import { PermissionField } from "./permission-field.tsx";
import { ScopesField } from "./scopes-field.tsx";

type Props = { readonly rights: Rights; readonly onIssued: (token: IssuedToken) => void };

/** What is asked about a new token. The API judges it; what it finds wrong is said at the fields until it is mended, and nothing typed is lost. */
export function NewTokenForm({ rights, onIssued }: Props) {
  const [draft, change] = useDraft(rights.user.id);
  const [found, setFound] = useState<Problems>({});
  const [mended, setMended] = useState<readonly Field[]>([]);
  const [failure, setFailure] = useState("");
  const [busy, setBusy] = useState(false);
  const [, navigate] = useLocation();
  const name = useRef<HTMLInputElement>(null);
  useEffect(() => name.current?.focus(), []);
  useEffect(() => firstInvalid(found)?.focus(), [found]);

  const problems: Problems = Object.fromEntries(Object.entries(found).filter(([field]) => !mended.some((each) => each === field)));
  const judge = (wrong: Problems) => {
    setFound(wrong);
    setMended([]);
  };
  const edit = (field: Field, changes: Partial<Draft>) => {
    change(changes);
    setMended((before) => [...before, field]);
  };

  // A scope in a draft may have been lost since.
  const scopes = draft.scopes.filter((scope) => rights.scopes.some((offer) => offer.scope === scope && offer.allowed));

  const create = async () => {
    const at = expiryOf(draft.expiry, draft.date, Date.now());
    setFailure("");
    if (at === "no_date" || at === "past") return judge({ expires_at: at === "past" ? "Pick a day after today." : "Pick a day." });
    judge({});
    setBusy(true);
    const answer = await createToken({ name: draft.name, scopes, permission: draft.permission, ...(at === "never" ? {} : { expires_at: instant(at) }) });
    setBusy(false);
    if (answer.kind === "ok") return onIssued(answer.value);
    const wrong = answer.kind === "invalid" ? problemsOf(answer.fields) : {};
    judge(wrong);
    if (Object.keys(wrong).length === 0) setFailure(explained(answer, draft.name));
  };

  return (
    <Form isWidthLimited maxWidth="40rem" aria-label="New access token" onSubmit={(event) => { event.preventDefault(); if (!busy) void create(); }}>
      {failure === "" ? null : <FormAlert><Alert isInline isLiveRegion variant="danger" component="p" title={failure} /></FormAlert>}
      <FormGroup label={FIELDS.name.label} isRequired fieldId={FIELDS.name.id}>
        <TextInput ref={name} id={FIELDS.name.id} value={draft.name} isRequired autoComplete="off" validated={problems.name === undefined ? "default" : "error"} {...described("name", problems)} onChange={(_event, text) => edit("name", { name: text })} />
        <Problem field="name" problems={problems} />
      </FormGroup>
      <ScopesField rights={rights} scopes={scopes} problems={problems} onChange={(picked) => edit("scopes", { scopes: picked })} />
      <PermissionField permission={draft.permission} problems={problems} onChange={(permission) => edit("permission", { permission })} />
      <ExpiryField expiry={draft.expiry} date={draft.date} problems={problems} onChange={(choice) => edit("expires_at", choice)} />
      <ActionGroup>
        <Button type="submit" isLoading={busy} isAriaDisabled={busy} spinnerAriaLabel="Creating">Create access token</Button>
        <Button variant="link" onClick={() => navigate(PAGES.tokens)}>Cancel</Button>
      </ActionGroup>
    </Form>
  );
}

function problemsOf(fields: Readonly<Record<string, readonly string[]>>): Problems {
  const known = (Object.keys(FIELDS) as Field[]).filter((field) => fields[field] !== undefined);
  return Object.fromEntries(known.map((field) => [field, (fields[field] ?? []).map((message) => fieldSentence(FIELDS[field].label, message)).join(" ")]));
}

/** Where the keyboard goes when something is wrong: the first field that is. */
function firstInvalid(problems: Problems): HTMLElement | null {
  const field = (Object.keys(FIELDS) as Field[]).find((each) => problems[each] !== undefined);
  if (field === undefined) return null;
  const { id } = FIELDS[field];
  return document.querySelector(`#${id}-date, input#${id}, select#${id}, [id^="${id}-"]:is(input)`);
}

/** When the answer is lost, so may a token be that nobody saw the value of. */
function explained(failure: Failure, name: string): string {
  if (failure.kind !== "unavailable") return sentence(failure);
  return `Latchkey did not answer. Please try again; should “${name}” be in your list already, delete it: nobody has seen its value.`;
}
