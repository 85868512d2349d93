import { PageSection, Stack, StackItem } from "@patternfly/react-core";
import { listServiceTokens, listTokens } from "../api/portal.ts";
import { useFront } from "../api/use-front.ts";
import { ServiceTokens } from "../services/service-tokens.tsx";
import { Heading } from "../shell/heading.tsx";
import { AccessTokens } from "./access-tokens.tsx";

/** Personal › Tokens */
export function TokensPage() {
  const tokens = useFront(listTokens);
  const serviceTokens = useFront(listServiceTokens);
  return (
    <>
      <PageSection isWidthLimited><Heading title="Tokens" /></PageSection>
      <PageSection isWidthLimited>
        <Stack hasGutter>
          <StackItem><AccessTokens list={tokens} /></StackItem>
          {/* Where the second card stands is known when the first has its rows: nothing that is read ever moves. */}
          {tokens.loaded.kind === "loading" ? null : <StackItem><ServiceTokens list={serviceTokens} /></StackItem>}
        </Stack>
      </PageSection>
    </>
  );
}
