import { PageSection, Stack, StackItem } from "@patternfly/react-core";
import { ServiceTokens } from "../services/service-tokens.tsx";
import { Heading } from "../shell/heading.tsx";
import { AccessTokens } from "./access-tokens.tsx";

/** Personal › Tokens */
export function TokensPage() {
  return (
    <>
      <PageSection isWidthLimited><Heading title="Tokens" /></PageSection>
      <PageSection isWidthLimited>
        <Stack hasGutter>
          <StackItem><AccessTokens /></StackItem>
          <StackItem><ServiceTokens /></StackItem>
        </Stack>
      </PageSection>
    </>
  );
}
