import { EmptyState, EmptyStateBody, PageSection } from "@patternfly/react-core";
import { deleteTokenOf, listAllTokens } from "../api/portal.ts";
import { useFront } from "../api/use-front.ts";
import { Heading } from "../shell/heading.tsx";
import { Notice } from "../shell/notice.tsx";
import { useRights } from "../shell/session.ts";
import { TokenCard } from "./token-card.tsx";

/** Everybody's tokens, for admins. */
export function AllTokensPage() {
  const { user } = useRights();
  return user.role === "admin" ? <AllTokens /> : <Notice title="All tokens">Only admins see the tokens of other members. Your own are under Personal › Tokens.</Notice>;
}

function AllTokens() {
  const { scopes, account } = useRights();
  const list = useFront(listAllTokens);
  return (
    <>
      <PageSection isWidthLimited><Heading title="All tokens" /></PageSection>
      <PageSection isWidthLimited>
        <TokenCard
          title="Access tokens of all members" isOwn={false} offers={scopes} list={list} remove={({ user_id: user, id }) => deleteTokenOf(user, id)}
          explanation={<>Who at {account.name} holds which tokens. Their values are shown to nobody; a token that should not be there can be deleted.</>}
          empty={<EmptyState variant="sm" headingLevel="h3" titleText="No access tokens"><EmptyStateBody>No member has made a token yet.</EmptyStateBody></EmptyState>}
        />
      </PageSection>
    </>
  );
}
