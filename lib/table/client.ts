import { DomainError } from "../domain/errors.ts";
import { accessFromEnvironment, dynamoDb, type Access, type Call } from "./dynamodb/client.ts";
import type { Key, Row } from "./model.ts";

/** The table, and how DynamoDB is asked about it. Made once per container. */
export type Table = { readonly call: Call; readonly name: string };

const BATCH_TRIES = 4;

/** Opens a table by name. */
export function openTable(name: string, access: Access = accessFromEnvironment()): Table {
  return { call: dynamoDb(access), name };
}

/** One row, read consistently. */
export async function readRow(table: Table, key: Key): Promise<Row | undefined> {
  const { Item } = await table.call("GetItem", { TableName: table.name, Key: key, ConsistentRead: true });
  return Item as Row | undefined;
}

/** Several rows (at most 100) in one consistent round trip (D6), in the order of their keys; undefined where there is none. */
export async function readTogether(table: Table, wanted: readonly Key[]): Promise<(Row | undefined)[]> {
  const found = new Map<string, Row>();
  let pending: Key[] = [...wanted];
  for (let attempt = 0; pending.length > 0; attempt++) {
    // Keys left unprocessed are not absent: to answer "not there" would turn a busy table into a refusal (D12).
    if (attempt === BATCH_TRIES) throw new DomainError("busy", "The store is busy, try again");
    if (attempt > 0) await new Promise((resolve) => setTimeout(resolve, 25 * 2 ** attempt * Math.random()));
    const answer = await table.call("BatchGetItem", { RequestItems: { [table.name]: { Keys: pending, ConsistentRead: true } } });
    for (const row of (answer.Responses?.[table.name] ?? []) as Row[]) found.set(nameOf(row), row);
    pending = (answer.UnprocessedKeys?.[table.name]?.Keys ?? []) as Key[];
  }
  return wanted.map((key) => found.get(nameOf(key)));
}

const nameOf = (key: Key) => `${key.pk}\n${key.sk}`;
