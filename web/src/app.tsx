import { lazy, Suspense } from "react";
import { Route, Switch } from "wouter";
import { PAGES } from "../../lib/http/portal/pages.ts";
import { AllTokensPage } from "./tokens/all-tokens-page.tsx";
import { NewTokenPage } from "./tokens/new-token-page.tsx";
import { NoSuchPage } from "./shell/no-such-page.tsx";
import { TokensPage } from "./tokens/tokens-page.tsx";
import { ChoosePage } from "./sign-in/choose.tsx";
import { handedToken } from "./shell/handed-token.ts";
import { Leaving } from "./shell/leave.tsx";
import { PageSkeleton } from "./shell/page-skeleton.tsx";
import { RefusedPage } from "./sign-in/refused.tsx";
import { SessionGate } from "./shell/session-gate.tsx";
import { SignedOutPage } from "./sign-in/signed-out.tsx";
import { Toasts } from "./shell/toasts.tsx";

/** Larger than all the rest together: it comes when it is asked for. */
const DocsPage = lazy(() => import("./docs/docs-page.tsx"));

/** Which page is shown. */
export function App() {
  return (
    <Toasts>
      <Leaving>
        <Switch>
          <Route path={PAGES.signedOut}><SignedOutPage /></Route>
          <Route path={PAGES.refused}><RefusedPage /></Route>
          <Route path={PAGES.choose}><ChoosePage /></Route>
          <Route>
            <SessionGate>
              <Switch>
                <Route path={PAGES.tokens}><TokensPage /></Route>
                <Route path={PAGES.newToken}><NewTokenPage /></Route>
                <Route path={PAGES.allTokens}><AllTokensPage /></Route>
                <Route path={PAGES.apiDocs}><Suspense fallback={<PageSkeleton />}><Docs /></Suspense></Route>
                <Route><NoSuchPage /></Route>
              </Switch>
            </SessionGate>
          </Route>
        </Switch>
      </Leaving>
    </Toasts>
  );
}

function Docs() {
  const token = handedToken();
  return token === undefined ? <DocsPage /> : <DocsPage token={token} />;
}
