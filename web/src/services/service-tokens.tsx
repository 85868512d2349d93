import { Alert, Card, CardBody, CardHeader, CardTitle, Content, SearchInput, Skeleton, Toolbar, ToolbarContent, ToolbarItem } from "@patternfly/react-core";
import { useId, useState } from "react";
import { sentence } from "../api/answer.ts";
import type { ServiceToken } from "../api/shapes.ts";
import type { Fronted } from "../api/use-front.ts";
import { matches, pageOf } from "../rules/listing.ts";
import { NothingFound } from "../shell/nothing-found.tsx";
import { Failed } from "../shell/failed.tsx";
import { More } from "../shell/more.tsx";
import { Pages, PER_PAGE } from "../shell/pages.tsx";
import { useRights } from "../shell/session.ts";
import { ServiceTokensTable } from "./service-tokens-table.tsx";

const GLANCE = 5;

/** The card of the service tokens that the person may look at. */
export function ServiceTokens({ list: { loaded, reload, loadMore, loadingMore } }: { readonly list: Fronted<ServiceToken> }) {
  const id = useId();
  const { account } = useRights();
  const none = (loaded.kind === "loaded" && loaded.value.items.length === 0) || (loaded.kind === "failed" && loaded.failure.kind === "refused");
  return (
    <Card component="section" aria-labelledby={id}>
      <CardHeader><CardTitle><h2 id={id}>Service tokens</h2></CardTitle></CardHeader>
      <CardBody>
        <Content component="p">
          One for each service, made with it and shared by everybody who may reach the service. Gateways use them to call the Service Management API. Each look at a value is recorded.
        </Content>
        {loaded.kind === "loading" ? <Skeleton height="12rem" screenreaderText="Loading" />
          : none ? (
            <Alert isInline variant="info" component="p" title="You have no access to any service">
              Ask an admin of {account.name} to give you access to the services that you work with.
            </Alert>
          ) : loaded.kind === "failed" ? <Failed title="The service tokens could not be loaded" text={sentence(loaded.failure)} onRetry={reload} />
          : <ServiceTokenList tokens={loaded.value.items} />}
        {loaded.kind === "loaded" && loaded.value.more ? <More shown={loaded.value.items.length} of="service tokens" onMore={loadMore} isLoading={loadingMore} /> : null}
      </CardBody>
    </Card>
  );
}

function ServiceTokenList({ tokens }: { readonly tokens: readonly ServiceToken[] }) {
  const [wanted, setWanted] = useState("");
  const [asked, setAsked] = useState(1);
  const found = tokens.filter((token) => matches([token.service_name], wanted));
  const { page, rows } = pageOf(found, asked, PER_PAGE);
  return (
    <>
      {tokens.length > GLANCE ? (
        <Toolbar inset={{ default: "insetNone" }}>
          <ToolbarContent>
            <ToolbarItem><SearchInput aria-label="Find by service" placeholder="Find by service" value={wanted} onChange={(_event, text) => { setWanted(text); setAsked(1); }} onClear={() => setWanted("")} /></ToolbarItem>
          </ToolbarContent>
        </Toolbar>
      ) : null}
      <output className="pf-v6-screen-reader">{wanted === "" ? "" : `${found.length} of ${tokens.length} services`}</output>
      {found.length === 0 ? <NothingFound>No service has a name like that.</NothingFound> : <ServiceTokensTable tokens={rows} />}
      <Pages of="Service tokens" count={found.length} page={page} onPage={setAsked} />
    </>
  );
}
