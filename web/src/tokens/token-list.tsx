import { FormSelect, FormSelectOption, SearchInput, Toolbar, ToolbarContent, ToolbarItem } from "@patternfly/react-core";
import { useState } from "react";
import type { ScopeOffer } from "../api/shapes.ts";
import { statusOf, STATUSES, type Status } from "../rules/expiry.ts";
import { matches, ordered, pageOf, type Order } from "../rules/listing.ts";
import { NothingFound } from "../shell/nothing-found.tsx";
import { Pages, PER_PAGE } from "../shell/pages.tsx";
import { useNow } from "../shell/use-now.ts";
import { rank, TokensTable, type Row, type SortKey } from "./tokens-table.tsx";

/** Up to so many are seen at a glance. */
const GLANCE = 5;
const STATUS_NAMES: Record<Status | "any", string> = { any: "Any status", active: "Active", soon: "Expires soon", expired: "Expired" };

/** For narrow screens, where a table has no head to sort by. */
const OF_ALL = { name: "By member", order: { by: "username", descending: false } } as const;
const ORDERS = [
  { name: "Newest first", order: { by: "created_at", descending: true } },
  { name: "By name", order: { by: "name", descending: false } },
  { name: "First to expire", order: { by: "expires_at", descending: false } },
  { name: "Last used first", order: { by: "last_used_at", descending: true } },
] as const;

type Props = { readonly label: string; readonly tokens: readonly Row[]; readonly offers: readonly ScopeOffer[]; readonly isOwn: boolean; readonly onDelete: (token: Row) => void };

/** The tokens that are here: what is looked for, in the order that is wanted, a page at a time. */
export function TokenList({ label, tokens, offers, isOwn, onDelete }: Props) {
  const now = useNow();
  const [wanted, setWanted] = useState("");
  const [status, setStatus] = useState<Status | "any">("any");
  const [order, setOrder] = useState<Order<SortKey>>((isOwn ? ORDERS[0] : OF_ALL).order);
  const [asked, setAsked] = useState(1);

  const found = tokens.filter((token) => matches([token.name, token.username ?? ""], wanted) && (status === "any" || statusOf(token.expires_at, now) === status));
  const { page, rows } = pageOf(ordered(found, order, rank), asked, PER_PAGE);
  const orders = isOwn ? ORDERS : [OF_ALL, ...ORDERS];
  const search = isOwn ? "Find by name" : "Find by member or name";
  return (
    <>
      {tokens.length > GLANCE ? (
        <Toolbar inset={{ default: "insetNone" }}>
          <ToolbarContent>
            <ToolbarItem><SearchInput aria-label={search} placeholder={search} value={wanted} onChange={(_event, text) => { setWanted(text); setAsked(1); }} onClear={() => setWanted("")} /></ToolbarItem>
            <ToolbarItem>
              <FormSelect aria-label="Status" value={status} onChange={(_event, value) => { setStatus(STATUSES.find((each) => each === value) ?? "any"); setAsked(1); }}>
                {(["any", ...STATUSES] as const).map((each) => <FormSelectOption key={each} value={each} label={STATUS_NAMES[each]} />)}
              </FormSelect>
            </ToolbarItem>
            <ToolbarItem className="latchkey-narrow">
              <FormSelect aria-label="Order" value={orders.findIndex((each) => each.order.by === order.by)} onChange={(_event, value) => setOrder(orders[Number(value)]?.order ?? order)}>
                {orders.map(({ name }, index) => <FormSelectOption key={name} value={index} label={name} />)}
              </FormSelect>
            </ToolbarItem>
          </ToolbarContent>
        </Toolbar>
      ) : null}
      <output className="pf-v6-screen-reader">{wanted === "" && status === "any" ? "" : `${found.length} of ${tokens.length} tokens`}</output>
      {found.length === 0 ? (
        <NothingFound>No token matches what you are looking for.</NothingFound>
      ) : (
        <TokensTable label={label} tokens={rows} offers={offers} now={now} order={order} onOrder={(next) => { setOrder(next); setAsked(1); }} onDelete={onDelete} isOwn={isOwn} />
      )}
      <Pages of={label} count={found.length} page={page} onPage={setAsked} />
    </>
  );
}
