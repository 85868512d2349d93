import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { createTable } from "../../lib/local/create-table.ts";
import { REGION } from "../support/aws.ts";
import { badDatabase } from "../support/bad-database.ts";
import { newDatabase } from "../support/database.ts";
import { faultsOf, startFaultProxy, type Fault, type FaultProxy, type Watch } from "../support/fault-proxy.ts";

/** What the proxy does to a call, seen by a client that makes one try: the faults of the other suites are these. */
const TableName = `t-${randomUUID()}`;
const database = newDatabase(inject("dynamoEndpoint"));
const DYNAMODB = "com.amazonaws.dynamodb.v20120810#";
let faults: FaultProxy;

beforeAll(async () => {
  await createTable(TableName, new DynamoDBClient(database));
  faults = await startFaultProxy();
  faults.sendTo(database.endpoint);
});
afterAll(() => faults.stop());

type Told = { readonly status: number; readonly body: Readonly<Record<string, unknown>> } | "broken" | "nothing";
/** Long enough for what the database does, and no longer where nothing comes. */
const [PATIENCE_MS, SHORT_MS] = [20_000, 1000];
/** One try. */
async function call(action: string, input: object, patienceMs = PATIENCE_MS): Promise<Told> {
  const authorization = `AWS4-HMAC-SHA256 Credential=${database.credentials.accessKeyId}/20260101/${REGION}/dynamodb/aws4_request, SignedHeaders=host, Signature=0`;
  try {
    const response = await fetch(faults.url, {
      method: "POST", headers: { authorization, "content-type": "application/x-amz-json-1.0", "x-amz-target": `DynamoDB_20120810.${action}` },
      body: JSON.stringify(input), signal: AbortSignal.timeout(patienceMs),
    });
    return { status: response.status, body: await response.json() as Readonly<Record<string, unknown>> };
  } catch (error) {
    return (error as Error).name === "TimeoutError" ? "nothing" : "broken";
  }
}

let made = 0;
const freshKey = () => ({ pk: { S: `KEY#${++made}#` }, sk: { S: "ROW" } });
type Key = ReturnType<typeof freshKey>;
const read = async (Key: Key) => ((await call("GetItem", { TableName, Key, ConsistentRead: true })) as { body: { Item?: unknown } }).body.Item;
const put = (Item: Key, patienceMs?: number) => call("PutItem", { TableName, Item }, patienceMs);
const transact = (Items: readonly Key[], patienceMs?: number) => call("TransactWriteItems", { TransactItems: Items.map((Item) => ({ Put: { TableName, Item } })) }, patienceMs);
const transactOne = (Item: Key, patienceMs?: number) => transact([Item], patienceMs);

/** Strikes the calls about a row so, until the end of what is done. */
async function under<T>(fault: Fault, { pk }: Key, act: () => Promise<T>): Promise<{ readonly told: T; readonly watch: Watch }> {
  const watch = faults.watch(pk.S, () => ({ fault }));
  const told = await act();
  watch.end();
  return { told, watch };
}

describe("a write is", () => {
  it.each<[Fault, string, boolean]>([
    ["refused", "broken", false],
    ["lost", "broken", true],
    ["hung", "nothing", false],
    ["late", "nothing", true],
    ["throttled", "400 ProvisionedThroughputExceededException", false],
    ["conflict", "400 TransactionConflictException", false],
    ["failed", "500 InternalServerError", false],
    ["belied", "500 InternalServerError", true],
  ])("%s: the client hears \"%s\", and it has been done: %s", async (fault, heard, done) => {
    await Promise.all((fault === "conflict" ? [put] : [put, transactOne]).map(async (write) => {
      const key = freshKey();
      const { told, watch } = await under(fault, key, () => write(key, heard === "nothing" ? SHORT_MS : PATIENCE_MS));
      expect(typeof told === "string" ? told : `${told.status} ${String(told.body["__type"]).replace(DYNAMODB, "")}`).toBe(heard);
      expect(watch.calls).toMatchObject([{ principal: database.credentials.accessKeyId, place: 0, tries: 1, struck: 1 }]);
      expect(await read(key)).toEqual(done ? key : undefined);
    }));
  });

  it("in conflict, as a transaction is that is canceled for one of its writes", async () => {
    const keys = [freshKey(), freshKey()] as const;
    const { told } = await under("conflict", keys[0], () => transact(keys));
    expect(told).toMatchObject({ status: 400, body: { __type: `${DYNAMODB}TransactionCanceledException`, CancellationReasons: [{ Code: "TransactionConflict" }, { Code: "None" }] } });
    expect(await Promise.all(keys.map(read))).toEqual([undefined, undefined]);
  });

  it("cut in half in its answer, after it was done", async () => {
    const key = freshKey();
    const { told } = await under("cut", key, () => call("PutItem", { TableName, Item: key, ReturnConsumedCapacity: "TOTAL" }));
    expect([told, await read(key)]).toEqual(["broken", key]);
  });
});

describe("a batch of keys is", () => {
  const stored = async () => {
    const key = freshKey();
    await put(key);
    return key;
  };
  const batch = (...Keys: Key[]) => call("BatchGetItem", { RequestItems: { [TableName]: { Keys, ConsistentRead: true } } });

  it("left unprocessed, or all of it but the first", async () => {
    const keys = [await stored(), await stored(), await stored()] as const;
    const left = (from: number) => ({ [TableName]: { ConsistentRead: true, Keys: keys.slice(from) } });
    expect((await under("unprocessed", keys[0], () => batch(...keys))).told).toMatchObject({ status: 200, body: { Responses: { [TableName]: [] }, UnprocessedKeys: left(0) } });
    expect((await under("partly", keys[0], () => batch(...keys))).told).toMatchObject({ status: 200, body: { Responses: { [TableName]: [keys[0]] }, UnprocessedKeys: left(1) } });
    expect((await under("partly", keys[0], () => batch(keys[0]))).told).toMatchObject({ body: { Responses: { [TableName]: [] } } });
  });
});

describe("what is watched", () => {
  it("is only what it is about, and what is asked again after a bad answer is another try of the same call", async () => {
    const [key, other] = [freshKey(), freshKey()];
    const watch = faults.watch(key.pk.S, ({ place, tries }) => (place === 1 && tries === 1 ? { fault: "throttled" } : undefined));
    await put(other);
    for (const expected of [200, 400, 200, 200]) expect(await put(key)).toMatchObject({ status: expected });
    watch.end();
    await put(key);
    expect(watch.calls.map(({ place, tries, struck }) => [place, tries, struck])).toEqual([[0, 1, 0], [1, 2, 1], [2, 1, 0]]);
  });

  it("is asked again by whoever did not wait for an answer that was good", async () => {
    const key = freshKey();
    const answered = Promise.withResolvers<void>();
    const slow = await badDatabase((response) => {
      response.writeHead(200).write("{");
      void answered.promise.then(() => response.end("}"));
    }, (response) => response.writeHead(200).end("{}"));
    faults.sendTo(slow.endpoint);
    const watch = faults.watch(key.pk.S);
    expect(await put(key, 100)).toBe("nothing");
    // Until it is known that nobody listens any more, and then until the answer has come to nobody.
    await sleep(100);
    answered.resolve();
    await sleep(100);
    expect(await put(key)).toMatchObject({ status: 200 });
    watch.end();
    faults.sendTo(database.endpoint);
    await slow.stop();
    expect(watch.calls).toMatchObject([{ place: 0, tries: 2, struck: 0 }]);
  });

  it("is done, or known not to be, when the strike is told, and nobody has heard of it", async () => {
    for (const [fault, done] of [["refused", false], ["lost", true]] as const) {
      const key = freshKey();
      const order: unknown[] = [];
      const watch = faults.watch(key.pk.S, () => ({ fault, meanwhile: async () => {
        watch.end();
        order.push(await read(key));
      } }));
      order.push(await put(key));
      expect(order).toEqual([done ? key : undefined, "broken"]);
    }
  });

  it("meets no fault that its action cannot have", () => {
    expect([faultsOf("Query"), faultsOf("BatchGetItem"), faultsOf("TransactWriteItems")].map((faultsThere) => faultsThere.toSorted())).toEqual([
      ["cut", "failed", "hung", "lost", "refused", "throttled"],
      ["cut", "failed", "hung", "lost", "partly", "refused", "throttled", "unprocessed"],
      ["belied", "conflict", "cut", "failed", "hung", "late", "lost", "refused", "throttled"],
    ]);
  });
});
