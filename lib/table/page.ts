import type { Table } from "./client.ts";
import { after, counted, merged, placeIn } from "./list.ts";
import type { Listing, Row } from "./model.ts";

/**
 * At most `perPage` of a list: a page as 3scale counts them, from 1, with the total when that is wanted; or what comes
 * after an id, from 0 on.
 */
export type PageWanted = { readonly perPage: number } & ({ readonly page: number; readonly withTotal: boolean } | { readonly after: number });
/** `next`, while there is more, is the id after which it goes on. `total` is how long the whole list is. */
export type Page<T> = {
  readonly items: readonly T[]; readonly perPage: number; readonly page?: number; readonly total?: number; readonly next?: number;
};

/** A list that is wanted whole. */
export const WHOLE: PageWanted = { perPage: Infinity, after: 0 };

/**
 * One page over several listings, merged by id. What comes after an id costs one query of just the page, and one row
 * more to know whether it is the last. A page by its number costs what lies before it too, and with the total all that
 * comes after it: only reading tells how many rows there are.
 */
export async function pageOf(table: Table, listings: readonly Listing[], wanted: PageWanted): Promise<Page<Row>> {
  const before = "after" in wanted ? { count: 0, last: wanted.after } : await passed(table, listings, (wanted.page - 1) * wanted.perPage);
  const { last } = before;
  const one = wanted.perPage + 1;
  const rows = last === undefined ? [] : await firstOf(merged(table, listings.map((listing) => after(listing, last)), one), one);
  const page = cut(rows, wanted, placeAmong(listings));
  if (!hasTotal(wanted)) return page;
  const { next } = page;
  const rest = next === undefined ? [] : await Promise.all(listings.map((listing) => counted(table, after(listing, next))));
  return { ...page, total: rest.reduce((sum, { count }) => sum + count, before.count + page.items.length) };
}

/** The page of those rows that fit: read along the list. Nothing but reading all of them tells how many that are. */
export async function pageOfFitting(
  table: Table, listings: readonly Listing[], wanted: PageWanted, fits: (row: Row) => boolean,
): Promise<Page<Row>> {
  const from = "after" in wanted ? wanted.after : 0;
  const fit = fitting(merged(table, listings.map((listing) => after(listing, from))), fits);
  if ("after" in wanted) return cut(await firstOf(fit, wanted.perPage + 1), wanted, placeAmong(listings));
  const first = (wanted.page - 1) * wanted.perPage;
  const rows: Row[] = [];
  let total = 0;
  for await (const row of fit) {
    if (total >= first && rows.length <= wanted.perPage) rows.push(row);
    total++;
  }
  const page = cut(rows, wanted, placeAmong(listings));
  return hasTotal(wanted) ? { ...page, total } : page;
}

/** The page of what is all here already, in the order of the ids. */
export function pageIn<T>(all: readonly T[], wanted: PageWanted, idOf: (item: T) => number): Page<T> {
  const first = "after" in wanted ? all.filter((item) => idOf(item) <= wanted.after).length : (wanted.page - 1) * wanted.perPage;
  const page = cut(all.slice(first, first + wanted.perPage + 1), wanted, idOf);
  return hasTotal(wanted) ? { ...page, total: all.length } : page;
}

const hasTotal = (wanted: PageWanted) => "page" in wanted && wanted.withTotal;

/** Of rows from the page's first on, one more than it holds if there are so many. */
function cut<T>(rows: readonly T[], wanted: PageWanted, idOf: (row: T) => number): Page<T> {
  const items = rows.slice(0, wanted.perPage);
  const last = items.at(-1);
  return {
    items, perPage: wanted.perPage, ...("page" in wanted ? { page: wanted.page } : {}),
    ...(rows.length > items.length && last !== undefined ? { next: idOf(last) } : {}),
  };
}

/** Listings that are merged are of one index. */
function placeAmong([listing]: readonly Listing[]): (row: Row) => number {
  return listing === undefined ? () => 0 : placeIn(listing);
}

/** How many of the first `many` rows there are, and the id of the last of them; none when the list ends before. */
async function passed(table: Table, listings: readonly Listing[], many: number): Promise<{ readonly count: number; readonly last?: number }> {
  if (many === 0) return { count: 0, last: 0 };
  const [only, second] = listings.map((listing) => after(listing, 0));
  if (only !== undefined && second === undefined) return counted(table, only, many);
  const rows = await firstOf(merged(table, listings.map((listing) => after(listing, 0)), many), many);
  const last = rows.at(-1);
  return { count: rows.length, ...(rows.length === many && last !== undefined ? { last: placeAmong(listings)(last) } : {}) };
}

async function firstOf<T>(rows: AsyncGenerator<T>, many: number): Promise<readonly T[]> {
  const first: T[] = [];
  for await (const row of rows) if (first.push(row) === many) break;
  return first;
}

async function* fitting(rows: AsyncGenerator<Row>, fits: (row: Row) => boolean): AsyncGenerator<Row> {
  for await (const row of rows) if (fits(row)) yield row;
}
