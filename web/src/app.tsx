import { Bullseye, EmptyState, EmptyStateBody, Page, PageSection } from "@patternfly/react-core";
import { Route, Switch } from "wouter";
import { PAGES } from "../../lib/http/portal/pages.ts";

/** Which page is shown. */
export function App() {
  return (
    <Page>
      <PageSection>
        <Switch>
          <Route path={PAGES.tokens}><h1>Tokens</h1></Route>
          <Route>
            <Bullseye><EmptyState headingLevel="h1" titleText="There is no such page"><EmptyStateBody><a href={PAGES.tokens}>To your tokens</a></EmptyStateBody></EmptyState></Bullseye>
          </Route>
        </Switch>
      </PageSection>
    </Page>
  );
}
