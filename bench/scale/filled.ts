import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { DynamoDBClient, UpdateTableCommand, UpdateTimeToLiveCommand } from "@aws-sdk/client-dynamodb";
import { KMSClient } from "@aws-sdk/client-kms";
import { id, systemClock } from "../../lib/domain/brands.ts";
import { startAwsDouble, type AwsDouble } from "../../lib/local/aws-double.ts";
import { createTable } from "../../lib/local/create-table.ts";
import { startDynamoDbLocal, type DynamoDbLocal } from "../../lib/local/dynamodb-local.ts";
import type { Hashing, Sealing, Storage } from "../../lib/operations/context.ts";
import { kmsKeyring } from "../../lib/secrets/keyring.ts";
import { parsePeppers } from "../../lib/secrets/pepper.ts";
import { readAccount } from "../../lib/table/accounts.ts";
import { createTestAccount } from "../../test/support/account.ts";
import { REGION } from "../../test/support/aws.ts";
import type { Database } from "../../test/support/database.ts";
import { documentsIn, tableIn } from "../../test/support/table.ts";
import { BATCH, batchWriter } from "./batch-writer.ts";
import { rowsOf, sizeOf, type Ground, type Rows, type Size } from "./world.ts";

const TABLE = "latchkey-scale";
/** What is filled in is nobody's: keys that anybody may know do. */
const PEPPER = "1:pepper-of-the-benchmark-that-protects-nothing";
const SEALING_KEY = "alias/latchkey-scale";
const MASTER_KEY = Buffer.alloc(32, 7);
const CONNECTIONS = 16;
const CHECKPOINT_EVERY_MS = 1000;

/** A table with so many access tokens in it, in a DynamoDB Local that keeps its data in a folder. */
export type Filled = { readonly size: Size; readonly ground: Ground; readonly deps: Storage & Hashing & Sealing; stop(): Promise<void> };
/** Where it is kept. In memory only notes are: it is gone when it is stopped. */
export type Wanted = { readonly directory: string; readonly tokens: number; readonly inMemory?: boolean };
/** How far it is: rows that are there, of all, and how many of them this run has written. */
export type Progress = (done: number, all: number, written: number) => void;

/**
 * Opens the table of a folder, and fills it to the end when it is not full yet: where an earlier run was stopped, it
 * goes on. What is full already is used as it is.
 */
export async function filled({ directory, tokens, inMemory = false }: Wanted, progress: Progress): Promise<Filled> {
  mkdirSync(directory, { recursive: true });
  const data = inMemory ? {} : { dataDir: path.join(directory, String(tokens)) };
  const [aws, emulator] = await Promise.all([startAwsDouble({ masterKey: MASTER_KEY }), startDynamoDbLocal(data)]);
  const stop = async () => void (await Promise.all([aws.stop(), emulator.stop()]));
  try {
    const size = sizeOf(tokens);
    const deps = operator(aws, emulator);
    const ground = await groundOf(path.join(directory, `${tokens}.json`), deps, emulator);
    const rows = rowsOf(size, ground, deps.peppers, await deps.keyring.unwrap(id(ground.accountId), ground.wrappedKey));
    await fill(path.join(directory, `${tokens}.done`), rows, emulator.endpoint, progress);
    return { size, ground, deps, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The account, its admin and a member who reaches three services, made by the product's own operations, once. */
async function groundOf(file: string, deps: Filled["deps"], emulator: DynamoDbLocal): Promise<Ground> {
  if (existsSync(file)) return JSON.parse(readFileSync(file, "utf8")) as Ground;
  await makeTable(new DynamoDBClient(connectionTo(emulator)));
  const account = await createTestAccount({ operator: deps, documents: documentsIn(connectionTo(emulator)) });
  const { accountId, createdAt } = account.admin.member;
  const reached = [];
  for (const name of ["First", "Second", "Third"]) reached.push((await account.service(name)).id);
  const limited = await account.member({ sections: ["partners"], serviceAccess: reached });
  const stored = await readAccount(deps.table, accountId);
  if (stored === undefined) throw new Error("The account is gone");
  const ground = { at: createdAt, accountId, wrappedKey: stored.wrappedKey, admin: account.admin.value, limited: limited.value, reached };
  keep(file, ground);
  return ground;
}

/**
 * The product's table, without its stream and its sweeping of what has expired: nobody listens here, nothing expires, and the
 * emulator looks through all of a table to find that out, every few seconds.
 */
async function makeTable(client: DynamoDBClient): Promise<void> {
  await createTable(TABLE, client);
  await client.send(new UpdateTableCommand({ TableName: TABLE, StreamSpecification: { StreamEnabled: false } }));
  await client.send(new UpdateTimeToLiveCommand({ TableName: TABLE, TimeToLiveSpecification: { AttributeName: "ttl", Enabled: false } }));
}

function operator(aws: AwsDouble, emulator: DynamoDbLocal): Filled["deps"] {
  return {
    table: tableIn(connectionTo(emulator), TABLE),
    clock: systemClock, peppers: parsePeppers(PEPPER), keyring: kmsKeyring(SEALING_KEY, new KMSClient({ endpoint: aws.endpoint, region: REGION, credentials: CREDENTIALS })),
  };
}

const connectionTo = ({ endpoint }: DynamoDbLocal): Database => ({ endpoint, region: REGION, credentials: CREDENTIALS });
const CREDENTIALS = { accessKeyId: "bench", secretAccessKey: "local" };

/** Writes all rows, several batches at a time. Rows are the same whenever they are made: one that is written twice is there once. */
async function fill(file: string, rows: readonly Rows[], endpoint: string, progress: Progress): Promise<void> {
  const all = rows.reduce((sum, { count }) => sum + count, 0);
  const begin = existsSync(file) ? Number(readFileSync(file, "utf8")) : 0;
  const write = batchWriter(endpoint, TABLE, CONNECTIONS);
  const open = new Set<number>();
  let next = begin;
  progress(begin, all, 0);
  // Everything before the first batch that is under way is there.
  const done = () => Math.min(next, all, ...open);
  let kept = Date.now();
  async function worker(): Promise<void> {
    while (next < all) {
      const from = next;
      next += BATCH;
      open.add(from);
      await write(slice(rows, from, Math.min(from + BATCH, all)));
      open.delete(from);
      if (Date.now() - kept < CHECKPOINT_EVERY_MS) continue;
      kept = Date.now();
      keep(file, done());
      progress(done(), all, done() - begin);
    }
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
  keep(file, all);
  progress(all, all, all - begin);
}

/** The rows from one number on to before another, counted through all kinds. */
function slice(kinds: readonly Rows[], from: number, to: number) {
  let before = 0;
  return kinds.flatMap(({ count, at }) => {
    const [first, end] = [Math.max(from - before, 0), Math.min(to - before, count)];
    before += count;
    return Array.from({ length: Math.max(end - first, 0) }, (_, offset) => at(first + offset));
  });
}

/** Whole or not at all: a run may be stopped at any moment. */
function keep(file: string, value: unknown): void {
  writeFileSync(`${file}.new`, JSON.stringify(value));
  renameSync(`${file}.new`, file);
}
