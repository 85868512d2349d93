import { Alert, Button, Card, CardBody, Content, DescriptionList, DescriptionListDescription, DescriptionListGroup, DescriptionListTerm, Flex, PageSection, Stack, StackItem } from "@patternfly/react-core";
import { useLocation } from "wouter";
import { PAGES } from "../../../lib/http/portal/pages.ts";
import type { IssuedToken, ScopeOffer } from "../api/shapes.ts";
import { curlExample } from "../rules/example.ts";
import { PERMISSION_NAMES, sentenceList } from "../rules/names.ts";
import { inWords } from "../rules/time.ts";
import { Copyable } from "../shell/copyable.tsx";
import { handOver } from "../shell/handed-token.ts";
import { Heading } from "../shell/heading.tsx";
import { useHold } from "../shell/leave.tsx";
import { nameOfScope } from "./scope-names.tsx";

const NOT_COPIED = {
  title: "Have you copied the token?",
  text: "It cannot be shown again. If you have not copied it, you will have to make another one.",
  leave: "Leave", stay: "Stay here",
};

/** The one time that a token's value is seen. */
export function ShownOnce({ token, offers }: { readonly token: IssuedToken; readonly offers: readonly ScopeOffer[] }) {
  const [, navigate] = useLocation();
  const release = useHold(NOT_COPIED);
  const details = [
    ["Name", token.name],
    ["Scopes", sentenceList(token.scopes.map((scope) => nameOfScope(scope, offers)))],
    ["Permission", PERMISSION_NAMES[token.permission]],
    ["Expires", token.expires_at === undefined ? "Never" : inWords(token.expires_at)],
  ] as const;
  return (
    <>
      <PageSection isWidthLimited><Heading title="Copy your new token" /></PageSection>
      <PageSection isWidthLimited>
        <Card>
          <CardBody>
            <Stack hasGutter>
              <StackItem>
                <Alert isInline variant="warning" component="p" title="You cannot see this token again">Latchkey does not keep it. Copy it now, and store it somewhere safe.</Alert>
              </StackItem>
              <StackItem><Copyable label="New token" text={token.value} copyName="Copy token" variant="primary" /></StackItem>
              <StackItem>
                <DescriptionList isHorizontal isCompact>
                  {details.map(([term, description]) => (
                    <DescriptionListGroup key={term}>
                      <DescriptionListTerm>{term}</DescriptionListTerm>
                      <DescriptionListDescription className="latchkey-name">{description}</DescriptionListDescription>
                    </DescriptionListGroup>
                  ))}
                </DescriptionList>
              </StackItem>
              <StackItem>
                <Content component="p">A first call with it, to paste into a terminal:</Content>
                <Copyable label="Example" text={curlExample(location.origin, token.value, token.scopes)} copyName="Copy example" />
              </StackItem>
              <StackItem>
                <Flex>
                  <Button variant="secondary" onClick={() => { release(); navigate(PAGES.tokens, { replace: true }); }}>I have copied the token</Button>
                  <Button variant="link" onClick={() => { handOver(token.value); navigate(PAGES.apiDocs, { replace: true }); }}>Try it in the API docs</Button>
                </Flex>
              </StackItem>
            </Stack>
          </CardBody>
        </Card>
      </PageSection>
    </>
  );
}
