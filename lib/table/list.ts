import { QueryCommand, type QueryCommandInput } from "@aws-sdk/lib-dynamodb";
import type { Table } from "./client.ts";
import type { Listing, Row } from "./model.ts";

/** A page as 3scale counts them: from 1, `perPage` long. */
export type PageWanted = { readonly page: number; readonly perPage: number };
export type Page<T> = PageWanted & { readonly items: readonly T[]; readonly total: number };

/** More than this in one answer would only be cut at DynamoDB's megabyte. */
const MAX_LIMIT = 1000;

/** The rows of a listing, in the order of their ids, fetched as they are asked for: all of them, or the first `atMost`. */
export async function* rowsOf(table: Table, listing: Listing, atMost: number = Infinity): AsyncGenerator<Row> {
  let left = atMost;
  let start: QueryCommandInput["ExclusiveStartKey"];
  do {
    const answer = await table.client.send(
      new QueryCommand({ ...queryOf(table, listing), Limit: Math.min(left, MAX_LIMIT), ExclusiveStartKey: start }),
    );
    const rows = (answer.Items ?? []) as Row[];
    yield* rows;
    left -= rows.length;
    start = answer.LastEvaluatedKey;
  } while (start !== undefined && left > 0);
}

/** The page of those rows that fit. Nothing but reading all of them tells how many that are. */
export async function pageOfFitting(
  table: Table, listings: readonly Listing[], wanted: PageWanted, fits: (row: Row) => boolean,
): Promise<Page<Row>> {
  const first = (wanted.page - 1) * wanted.perPage;
  const items: Row[] = [];
  let total = 0;
  for await (const row of merged(listings.map((listing) => ({ listing, rows: rowsOf(table, listing) })))) {
    if (!fits(row)) continue;
    if (total >= first && items.length < wanted.perPage) items.push(row);
    total++;
  }
  return { ...wanted, items, total };
}

/**
 * One page over several listings, merged by id: how a member who reaches three services lists the applications of
 * just those, without reading the others. The total is counted only when there is more than this page shows.
 */
export async function pageOf(table: Table, listings: readonly Listing[], wanted: PageWanted): Promise<Page<Row>> {
  const first = (wanted.page - 1) * wanted.perPage;
  const items: Row[] = [];
  let seen = 0;
  for await (const row of merged(listings.map((listing) => ({ listing, rows: rowsOf(table, listing, first + wanted.perPage + 1) })))) {
    seen++;
    if (seen > first + wanted.perPage) return { ...wanted, items, total: await count(table, listings) };
    if (seen > first) items.push(row);
  }
  return { ...wanted, items, total: seen };
}

async function* merged(sources: readonly { listing: Listing; rows: AsyncGenerator<Row> }[]): AsyncGenerator<Row> {
  const heads = await Promise.all(
    sources.map(async ({ listing, rows }) => ({ place: `${listing.index ?? ""}sk`, rows, head: (await rows.next()).value as Row | undefined })),
  );
  for (;;) {
    let least: (typeof heads)[number] | undefined;
    for (const source of heads) {
      if (source.head !== undefined && (least?.head === undefined || String(source.head[source.place]) < String(least.head[least.place]))) {
        least = source;
      }
    }
    if (least?.head === undefined) return;
    yield least.head;
    least.head = (await least.rows.next()).value as Row | undefined;
  }
}

async function count(table: Table, listings: readonly Listing[]): Promise<number> {
  const counts = await Promise.all(
    listings.map(async (listing) => {
      let total = 0;
      let start: QueryCommandInput["ExclusiveStartKey"];
      do {
        const answer = await table.client.send(
          new QueryCommand({ ...queryOf(table, listing), Select: "COUNT", ExclusiveStartKey: start }),
        );
        total += answer.Count ?? 0;
        start = answer.LastEvaluatedKey;
      } while (start !== undefined);
      return total;
    }),
  );
  return counts.reduce((sum, some) => sum + some, 0);
}

/** The only two conditions that are ever asked: neither is built from input. */
function queryOf(table: Table, { index, pk, between }: Listing): QueryCommandInput {
  const name = index ?? "";
  return {
    TableName: table.name,
    ...(index === undefined ? { ConsistentRead: true } : { IndexName: index }),
    KeyConditionExpression: between === undefined ? "#pk = :pk" : "#pk = :pk AND #sk BETWEEN :first AND :last",
    ExpressionAttributeNames: { "#pk": `${name}pk`, ...(between === undefined ? {} : { "#sk": `${name}sk` }) },
    ExpressionAttributeValues: { ":pk": pk, ...(between === undefined ? {} : { ":first": between[0], ":last": between[1] }) },
  };
}
