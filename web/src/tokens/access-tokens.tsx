import { Button, EmptyState, EmptyStateBody } from "@patternfly/react-core";
import KeyIcon from "@patternfly/react-icons/dist/esm/icons/key-icon";
import { Link } from "wouter";
import { PAGES } from "../../../lib/http/portal/pages.ts";
import { deleteToken } from "../api/portal.ts";
import type { Token } from "../api/shapes.ts";
import type { Fronted } from "../api/use-front.ts";
import { useRights } from "../shell/session.ts";
import { mayCreate, NoneAllowed } from "./none-allowed.tsx";
import { TokenCard } from "./token-card.tsx";

/** The card of one's own tokens. */
export function AccessTokens({ list }: { readonly list: Fronted<Token> }) {
  const rights = useRights();
  const may = mayCreate(rights);
  return (
    <TokenCard
      title="Access tokens" isOwn offers={rights.scopes} list={list} remove={({ id }) => deleteToken(id)}
      explanation={<>Personal tokens: a program that holds one acts as you, within its scopes and never beyond your own rights. See <Link href={PAGES.apiDocs}>the API docs</Link> for what it can call.</>}
      {...(may ? { action: <Button component={Link} href={PAGES.newToken}>Add access token</Button> } : {})}
      empty={may ? (
        <EmptyState variant="sm" headingLevel="h3" titleText="No access tokens" icon={KeyIcon}>
          <EmptyStateBody>Add one to call the APIs from a program. Its value is shown once, when it is made.</EmptyStateBody>
        </EmptyState>
      ) : <NoneAllowed rights={rights} />}
    />
  );
}
