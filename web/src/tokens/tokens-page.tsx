import { PageSection, Stack, StackItem } from "@patternfly/react-core";
import { listServiceTokens, listTokens } from "../api/portal.ts";
import { useLoaded } from "../api/use-loaded.ts";
import { ServiceTokens } from "../services/service-tokens.tsx";
import { Heading } from "../shell/heading.tsx";
import { AccessTokens } from "./access-tokens.tsx";

/** Personal › Tokens */
export function TokensPage() {
  const [tokens, reloadTokens] = useLoaded(listTokens);
  const [serviceTokens, reloadServiceTokens] = useLoaded(listServiceTokens);
  return (
    <>
      <PageSection isWidthLimited><Heading title="Tokens" /></PageSection>
      <PageSection isWidthLimited>
        <Stack hasGutter>
          <StackItem><AccessTokens loaded={tokens} reload={reloadTokens} /></StackItem>
          {/* Where the second card stands is known when the first has its rows: nothing that is read ever moves. */}
          {tokens.kind === "loading" ? null : <StackItem><ServiceTokens loaded={serviceTokens} reload={reloadServiceTokens} /></StackItem>}
        </Stack>
      </PageSection>
    </>
  );
}
