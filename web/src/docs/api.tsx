import { Content, SearchInput, Stack, StackItem, Title } from "@patternfly/react-core";
import { useMemo, useState } from "react";
import { isFoundIn, neededBy, viewOf, type ApiDocument } from "../rules/api-docs.ts";
import type { Place } from "../rules/docs-place.ts";
import { adviceOn, notAToken, outcomeOf, type Tokens } from "../rules/try-out.ts";
import { NothingFound } from "../shell/nothing-found.tsx";
import { useRights } from "../shell/session.ts";
import { nameOfScope } from "../tokens/scope-names.tsx";
import { Explorer } from "./explorer.tsx";
import { TokenField } from "./token-field.tsx";

type Props = {
  readonly document: ApiDocument;
  readonly name: string;
  readonly description: string;
  readonly opened: Place["operation"];
  readonly tokens: Tokens;
  readonly onTokens: (tokens: Tokens) => void;
  readonly onOpen: (operationId: string | undefined) => void;
};

/** One API: what its token needs, and its operations. */
export function Api({ document, name, description, opened, tokens, onTokens, onOpen }: Props) {
  const { scopes } = useRights();
  const [sought, setSought] = useState("");
  const view = useMemo(() => viewOf(document, name, location.origin), [document, name]);
  const needed = neededBy(document, name);
  const { kind } = needed;
  const sent = { access: valid(tokens.access), service: valid(tokens.service) };
  return (
    <Stack hasGutter>
      <StackItem>
        <Title headingLevel="h2" size="lg">{name} API</Title>
        <Content component="p">{description}</Content>
      </StackItem>
      <StackItem><TokenField needed={needed} value={tokens[kind]} onChange={(value) => onTokens({ ...tokens, [kind]: value })} /></StackItem>
      <StackItem>
        <SearchInput value={sought} onChange={(_event, value) => setSought(value)} onClear={() => setSought("")} placeholder="Find a call" aria-label={`Find a call of the ${name} API`} />
      </StackItem>
      {sought.trim() === "" || isFoundIn(view, sought) ? null : <StackItem><NothingFound>No call of this API has all these words in its method, path or name.</NothingFound></StackItem>}
      <StackItem>
        <Explorer
          view={view} sought={sought} opened={opened} tokens={sent} onOpen={onOpen}
          advise={(status, body) => adviceOn(outcomeOf(status, body), sent[kind], (scope) => nameOfScope(scope, scopes))}
        />
      </StackItem>
    </Stack>
  );
}

const valid = (token: string): string => (notAToken(token) === undefined ? token : "");
