import { LAST_ID, sortable, type Listing, type Row } from "./model.ts";
import type { Table } from "./client.ts";
import type { Input, Output } from "./dynamodb/operations.ts";

type Start = Input<"Query">["ExclusiveStartKey"];

/** More than this in one answer would only be cut at DynamoDB's megabyte. */
const MAX_LIMIT = 1000;
/** So many rows, however small, are more than a megabyte. */
const MAX_COUNT = 100_000;

/** The rows of a listing, in the order of their ids, fetched as they are asked for: all of them, or the first `atMost`. */
export async function* rowsOf(table: Table, listing: Listing, atMost: number = Infinity): AsyncGenerator<Row> {
  let left = atMost;
  let start: Start;
  do {
    const answer = await query(table, listing, { Limit: Math.min(left, MAX_LIMIT), ExclusiveStartKey: start });
    const rows = (answer.Items ?? []) as Row[];
    yield* rows;
    left -= rows.length;
    start = answer.LastEvaluatedKey;
  } while (start !== undefined && left > 0);
}

/** The same from the end, in batches of `atOnce`. */
export async function* rowsBack(table: Table, listing: Listing, atOnce: number): AsyncGenerator<Row> {
  let start: Start;
  do {
    const answer = await query(table, listing, { Limit: Math.min(atOnce, MAX_LIMIT), ExclusiveStartKey: start, ScanIndexForward: false });
    yield* (answer.Items ?? []) as Row[];
    start = answer.LastEvaluatedKey;
  } while (start !== undefined);
}

/** What of a listing comes after an id. */
export function after(listing: Listing, id: number): Listing {
  return { ...listing, between: [sortable(id + 1), LAST_ID] };
}

/** Under which id a row of a listing stands there. */
export function placeIn({ index }: Listing): (row: Readonly<Record<string, unknown>>) => number {
  return (row) => Number(row[`${index ?? ""}sk`]);
}

/**
 * Rows of several listings, in the order of the ids under which they stand: how a member who reaches three services
 * lists the applications of just those, without reading the others.
 */
export async function* merged(table: Table, listings: readonly Listing[], atMost: number = Infinity): AsyncGenerator<Row> {
  const heads = await Promise.all(listings.map(async (listing) => {
    const rows = rowsOf(table, listing, atMost);
    return { placeOf: placeIn(listing), rows, head: (await rows.next()).value as Row | undefined };
  }));
  for (;;) {
    let least: (typeof heads)[number] | undefined;
    for (const source of heads) {
      if (source.head !== undefined && (least?.head === undefined || source.placeOf(source.head) < least.placeOf(least.head))) least = source;
    }
    if (least?.head === undefined) return;
    yield least.head;
    least.head = (await least.rows.next()).value as Row | undefined;
  }
}

/**
 * How many rows a listing has, or how many of the first `atMost`, and the id under which the last of those stands when
 * there are that many and may be more. DynamoDB reads each of them to count it, and sends none.
 */
export async function counted(table: Table, listing: Listing, atMost: number = Infinity): Promise<{ readonly count: number; readonly last?: number }> {
  let count = 0;
  let start: Start;
  do {
    const left = atMost - count;
    const answer = await query(table, listing, { Select: "COUNT", ExclusiveStartKey: start, ...(left < MAX_COUNT ? { Limit: left } : {}) });
    count += answer.Count ?? 0;
    start = answer.LastEvaluatedKey;
    if (count === atMost && start !== undefined) return { count, last: placeIn(listing)(start) };
  } while (start !== undefined);
  return { count };
}

/** The only two conditions that are ever asked: neither is built from input. */
async function query(table: Table, { index, pk, between }: Listing, how: Partial<Input<"Query">>): Promise<Output<"Query">> {
  const name = index ?? "";
  return table.call("Query", {
    TableName: table.name,
    ...(index === undefined ? { ConsistentRead: true } : { IndexName: index }),
    KeyConditionExpression: between === undefined ? "#pk = :pk" : "#pk = :pk AND #sk BETWEEN :first AND :last",
    ExpressionAttributeNames: { "#pk": `${name}pk`, ...(between === undefined ? {} : { "#sk": `${name}sk` }) },
    ExpressionAttributeValues: { ":pk": pk, ...(between === undefined ? {} : { ":first": between[0], ":last": between[1] }) },
    ...how,
  });
}
