import { Button } from "@patternfly/react-core";
import TrashIcon from "@patternfly/react-icons/dist/esm/icons/trash-icon";
import { Fragment } from "react";
import { Table, Tbody, Td, Th, Thead, Tr, type ThProps } from "@patternfly/react-table";
import type { OwnedToken, ScopeOffer, Token } from "../api/shapes.ts";
import { statusOf } from "../rules/expiry.ts";
import type { Order, Rank } from "../rules/listing.ts";
import { PERMISSION_NAMES } from "../rules/names.ts";
import { day, inWords } from "../rules/time.ts";
import { Instant } from "../shell/instant.tsx";
import { LastUse } from "./last-use.tsx";
import { ScopeNames } from "./scope-names.tsx";
import { StatusLabel } from "./status-label.tsx";

export type Row = Token & Partial<Pick<OwnedToken, "user_id" | "username">>;
type Column = "username" | "name" | "scopes" | "permission" | "expires_at" | "created_at" | "last_used_at";
const SORTABLE = ["username", "name", "expires_at", "created_at", "last_used_at"] as const satisfies readonly Column[];
export type SortKey = (typeof SORTABLE)[number];

const TITLES: Record<Column, string> = {
  username: "Member", name: "Name", scopes: "Scopes", permission: "Permission", expires_at: "Expires", created_at: "Created", last_used_at: "Last used",
};
const OWN: readonly Column[] = ["name", "scopes", "permission", "expires_at", "created_at", "last_used_at"];
const OF_ALL: readonly Column[] = ["username", "name", "scopes", "permission", "expires_at", "last_used_at"];

/** In percent: what is long takes the room. */
const WIDTHS: Partial<Record<Column, 20 | 25>> = { username: 20, name: 20, scopes: 25 };
const widthOf = (column: Column) => (WIDTHS[column] === undefined ? {} : { width: WIDTHS[column] });

/** What a column is ordered by. What never expires does so last; what no use was seen of, first. */
export function rank(token: Row, column: SortKey): Rank {
  switch (column) {
    case "expires_at": return token.expires_at ?? Infinity;
    case "created_at": return token.created_at ?? -Infinity;
    case "last_used_at": return token.last_used_at ?? -Infinity;
    case "username": return token.username ?? "";
    case "name": return token.name;
  }
}

type Props = {
  readonly label: string;
  readonly tokens: readonly Row[];
  readonly offers: readonly ScopeOffer[];
  readonly now: number;
  readonly order: Order<SortKey>;
  readonly onOrder: (order: Order<SortKey>) => void;
  readonly onDelete: (token: Row) => void;
  readonly isOwn: boolean;
};

/** Tokens, one a row; one a block of lines on a phone. */
export function TokensTable({ label, tokens, offers, now, order, onOrder, onDelete, isOwn }: Props) {
  const columns = isOwn ? OWN : OF_ALL;
  const sorting = (column: Column, index: number): ThProps => {
    const by = SORTABLE.find((each) => each === column);
    if (by === undefined) return {};
    return { sort: {
      columnIndex: index,
      sortBy: { index: columns.indexOf(order.by), direction: order.descending ? "desc" : "asc" },
      onSort: (_event, _index, direction) => onOrder({ by, descending: direction === "desc" }),
    } };
  };
  return (
    <Table aria-label={label} variant="compact" gridBreakPoint="grid-lg">
      <Thead>
        <Tr>
          {columns.map((column, index) => <Th key={column} modifier="nowrap" {...widthOf(column)} {...sorting(column, index)}>{TITLES[column]}</Th>)}
          <Th screenReaderText="Actions" />
        </Tr>
      </Thead>
      <Tbody>
        {tokens.map((token) => (
          <Tr key={token.id}>
            {columns.map((column) => <Td key={column} dataLabel={TITLES[column]} modifier={column === "permission" ? "nowrap" : "breakWord"}><Cell {...{ token, column, offers, now, isOwn }} /></Td>)}
            <Td isActionCell><Button variant="plain" icon={<TrashIcon />} aria-label={`Delete token ${token.name}`} onClick={() => onDelete(token)} /></Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}

type CellProps = { readonly token: Row; readonly column: Column; readonly offers: readonly ScopeOffer[]; readonly now: number; readonly isOwn: boolean };

function Cell({ token, column, offers, now, isOwn }: CellProps) {
  switch (column) {
    case "username": return <bdi><Wrapped name={token.username ?? ""} /></bdi>;
    case "name": return <strong className="latchkey-clamped" title={token.name}><bdi>{token.name}</bdi></strong>;
    case "scopes": return <ScopeNames scopes={token.scopes} offers={offers} isOwn={isOwn} />;
    case "permission": return PERMISSION_NAMES[token.permission];
    case "expires_at":
      return token.expires_at === undefined ? "Never" : <><StatusLabel status={statusOf(token.expires_at, now)} /><Instant at={token.expires_at} now={now} /></>;
    case "created_at":
      return token.created_at === undefined ? "Not known" : <time dateTime={new Date(token.created_at).toISOString()} title={inWords(token.created_at)}>{day(token.created_at)}</time>;
    case "last_used_at": return <LastUse at={token.last_used_at} now={now} />;
  }
}

/** An e-mail address rather breaks at its `@` than anywhere. */
function Wrapped({ name }: { readonly name: string }) {
  const [local, ...domain] = name.split(/(?=@)/);
  return <>{local}{domain.map((part, index) => <Fragment key={index}>@<wbr />{part.slice(1)}</Fragment>)}</>;
}
