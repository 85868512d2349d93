import { randomUUID } from "node:crypto";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { BatchWriteCommand } from "@aws-sdk/lib-dynamodb";
import { createTable } from "../../lib/local/create-table.ts";
import type { Table } from "../../lib/table/client.ts";
import { inIndex, sortable, type Listing, type Row } from "../../lib/table/model.ts";
import type { Input, Output } from "../../lib/table/dynamodb/operations.ts";
import type { Database } from "./database.ts";
import { documentsIn, tableIn, through } from "./table.ts";

/** A query that was made, and how many rows DynamoDB looked at for it. */
export type Asked = { readonly pk: string; readonly counting: boolean; readonly consistent: boolean; readonly scanned: number };

/** A table of its own, with a record of the queries that it is asked. */
export type WatchedTable = {
  readonly table: Table;
  readonly asked: Asked[];
  /** Stores rows in a listing, under these ids, which may carry some weight. */
  readonly store: (listing: Listing, ids: readonly number[], weight?: string) => Promise<void>;
  /** Removes those rows. */
  readonly remove: (listing: Listing, ids: readonly number[]) => Promise<void>;
  /** How many rows of a listing were read, and how many counted. */
  readonly readFor: (listing: Listing) => number;
  readonly countedFor: (listing: Listing) => number;
};

export async function watchedTable(database: Database): Promise<WatchedTable> {
  const name = `t-${randomUUID()}`;
  const asked: Asked[] = [];
  await createTable(name, new DynamoDBClient(database));
  const documents = documentsIn(database);
  const table = through(tableIn(database, name), async (_operation, input, ask) => {
    const answer: Output<"Query"> = await ask();
    const { ExpressionAttributeValues: values, Select, ConsistentRead } = input as Input<"Query">;
    asked.push({ pk: String(values?.[":pk"]), counting: Select === "COUNT", consistent: ConsistentRead === true, scanned: answer.ScannedCount ?? NaN });
    return answer;
  });
  const scanned = (listing: Listing, count: boolean) =>
    asked.filter(({ pk, counting }) => pk === listing.pk && counting === count).reduce((sum, { scanned: rows }) => sum + rows, 0);
  async function write(requests: readonly object[]): Promise<void> {
    for (let at = 0; at < requests.length; at += 25) {
      await documents.send(new BatchWriteCommand({ RequestItems: { [name]: requests.slice(at, at + 25) } }));
    }
  }
  return {
    table, asked,
    store: (listing, ids, weight = "") => write(ids.map((number) => ({ PutRequest: { Item: { ...keysOf(listing, number), listing: listing.pk, number, weight } } }))),
    remove: (listing, ids) => write(ids.map((number) => {
      const { pk, sk } = keysOf(listing, number);
      return { DeleteRequest: { Key: { pk, sk } } };
    })),
    readFor: (listing) => scanned(listing, false),
    countedFor: (listing) => scanned(listing, true),
  };
}

function keysOf(listing: Listing, number: number): Row {
  const { index } = listing;
  return index === undefined ? { pk: listing.pk, sk: sortable(number) } : { pk: `ROW#${listing.pk}#${number}`, sk: "ROW", ...inIndex({ ...listing, index }, number) };
}

let made = 0;
/** A listing that nothing else is in. */
export const fresh = (index?: "gsi1" | "gsi2"): Listing => (index === undefined ? { pk: `LIST#${++made}#` } : { index, pk: `LIST#${++made}#` });
export const numbers = (rows: readonly Row[]) => rows.map((row) => row["number"] as number);
export const upTo = (last: number, first = 1) => Array.from({ length: last - first + 1 }, (_, at) => first + at);
