import { type AccountId, type Id } from "../domain/brands.ts";
import type { Versioned } from "../domain/model.ts";
import { readRow, type Table } from "./client.ts";
import { rowsOf } from "./list.ts";
import { inIndex, keys, listings, type Row } from "./model.ts";
import { pageOf, type Page, type PageWanted } from "./page.ts";
import { expectType, idIn, versioned } from "./row.ts";

/** A thing of an account that has an id of its own: a metric, a plan, an invoice. */
export type Entity = Versioned & { readonly accountId: AccountId; readonly id: Id };

/**
 * What an entity belongs to: the service of a metric, the developer account of an application, a state that it is in.
 * An entity may be listed under two of them, one in each index.
 */
export type Parent = { readonly kind: string; readonly id: Id | string; readonly index: "gsi1" | "gsi2" };

/** Where things of one kind are kept, and how they are found again (patterns 14 and 15 of model.ts). */
export type Collection<E extends Entity> = {
  readonly kind: string;
  readonly row: (entity: E) => Row;
  readonly from: (row: Row) => E;
  /** One by id, read consistently. */
  readonly read: (table: Table, account: AccountId, id: E["id"]) => Promise<E | undefined>;
  /** All of the account or of a parent, by id, for what is naturally few. */
  readonly all: (table: Table, account: AccountId, of: "account" | Parent) => Promise<E[]>;
  /** One page of those, for what may be many. */
  readonly page: (table: Table, account: AccountId, of: "account" | Parent, wanted: PageWanted) => Promise<Page<E>>;
};

type Declared<E extends Entity> = {
  /** Names the partition, as in `METRIC`. */
  readonly kind: string;
  /** What its rows say they are, when that is not the kind in small letters. */
  readonly type?: string;
  /** Reads what the row holds beyond id, account and stamps; throws on a row that is not right (D12). */
  readonly attributes: (row: Row) => Omit<E, keyof Entity>;
  /** What it is listed under. */
  readonly parents?: (entity: E) => readonly Parent[];
};

/** Declares a kind of thing: its row, its readers and its lists. */
export function collection<E extends Entity>({ kind, type = kind.toLowerCase(), attributes, parents }: Declared<E>): Collection<E> {
  const from = (row: Row): E => {
    expectType(row, type);
    return { accountId: idIn(row, "accountId"), id: idIn(row, "id"), ...versioned(row), ...attributes(row) } as E;
  };
  const listing = (account: AccountId, of: "account" | Parent) =>
    of === "account" ? listings.entities(kind, account) : listings.entitiesOf(of, kind, account);

  return {
    kind,
    from,
    row: (entity) => ({
      ...keys.entity(kind, entity.accountId, entity.id),
      ...Object.assign({}, ...(parents?.(entity) ?? []).map((parent) => inIndex(listings.entitiesOf(parent, kind, entity.accountId), entity.id))),
      type,
      ...entity,
    }),
    async read(table, account, id) {
      const row = await readRow(table, keys.entity(kind, account, id));
      return row === undefined ? undefined : from(row);
    },
    async all(table, account, of) {
      return (await Array.fromAsync(rowsOf(table, listing(account, of)))).map(from);
    },
    async page(table, account, of, wanted) {
      const page = await pageOf(table, [listing(account, of)], wanted);
      return { ...page, items: page.items.map(from) };
    },
  };
}
