import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import {
  CreateTableCommand, DeleteItemCommand, DynamoDBClient, PutItemCommand, UpdateItemCommand, UpdateTimeToLiveCommand, type AttributeValue,
} from "@aws-sdk/client-dynamodb";
import { describe, expect, inject, it } from "vitest";
import { REGION } from "../support/aws.ts";
import { newDatabase } from "../support/database.ts";
import { createPump } from "../support/pump.ts";
import type { StreamRecord } from "../support/stream.ts";

const connection = newDatabase(inject("dynamoEndpoint"));
const database = new DynamoDBClient(connection);

async function newTable(): Promise<string> {
  const TableName = `t-${randomUUID()}`;
  const attribute = (AttributeName: string) => ({ AttributeName, AttributeType: "S" as const });
  await database.send(new CreateTableCommand({
    TableName, BillingMode: "PAY_PER_REQUEST", AttributeDefinitions: ["pk", "sk", "gsi1pk"].map(attribute),
    KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }, { AttributeName: "sk", KeyType: "RANGE" }],
    GlobalSecondaryIndexes: [{ IndexName: "gsi1", KeySchema: [{ AttributeName: "gsi1pk", KeyType: "HASH" }], Projection: { ProjectionType: "ALL" } }],
    StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
  }));
  return TableName;
}
const put = (TableName: string, name: string, more: Record<string, AttributeValue> = {}) =>
  database.send(new PutItemCommand({ TableName, Item: { pk: { S: `EVENT#${name}` }, sk: { S: "E" }, ...more } }));

const SETTINGS = {
  EventSourceArn: "arn:stream", FunctionName: "arn:function",
  StartingPosition: "TRIM_HORIZON", BatchSize: 10, MaximumRetryAttempts: 2, BisectBatchOnFunctionError: true,
  FunctionResponseTypes: ["ReportBatchItemFailures"], DestinationConfig: { OnFailure: { Destination: "arn:dead" } },
};
const nameOf = (record: StreamRecord) => (record.dynamodb.Keys["pk"] as { S: string }).S.slice("EVENT#".length);

/** A pump on a new table; `handle` gets the names in a batch, the batch, and how often it was called before. */
async function rig(handle: (names: string[], records: readonly StreamRecord[], call: number) => unknown = () => undefined, settings: object = {}) {
  const tableName = await newTable();
  const batches: string[][] = [];
  const records: StreamRecord[] = [];
  const mapping = { logicalId: "Mapping", function: "Consumer", properties: { ...SETTINGS, ...settings } };
  const pump = createPump({
    database: connection, tableName, mapping,
    invoke: async (_function, event) => {
      const { Records } = event as { Records: StreamRecord[] };
      const names = Records.map(nameOf);
      batches.push(names);
      const answer = await handle(names, Records, batches.length - 1);
      records.push(...Records);
      return answer;
    },
  });
  return { pump, batches, records, tableName, putAll: async (...names: string[]) => { for (const name of names) await put(tableName, name); } };
}
const poisonedBy = (bad: string) => (names: string[]) => {
  if (names.includes(bad)) throw new Error("poisoned");
};
const report = (records: readonly StreamRecord[], ...names: string[]) => ({
  batchItemFailures: names.flatMap((name) => records.filter((record) => nameOf(record) === name))
    .map((record) => ({ itemIdentifier: record.dynamodb.SequenceNumber })),
});

describe("a drain", () => {
  it("delivers what was written before it, in order, in batches, and once", async () => {
    const { pump, batches, putAll } = await rig(undefined, { BatchSize: 2 });
    await putAll("1", "2", "3");
    expect(await pump.drain()).toBe(3);
    expect(await pump.drain()).toBe(0);
    await putAll("4");
    expect(await pump.drain()).toBe(1);
    expect(batches).toEqual([["1", "2"], ["3"], ["4"]]);
  });

  it("delivers records exactly as Lambda has them", async () => {
    const { pump, records, tableName } = await rig();
    await put(tableName, "1", { gsi1pk: { S: "G" }, bytes: { B: Buffer.from("ab") }, set: { SS: ["x"] } });
    await database.send(new UpdateItemCommand({
      TableName: tableName, Key: { pk: { S: "EVENT#1" }, sk: { S: "E" } }, UpdateExpression: "SET n = :n", ExpressionAttributeValues: { ":n": { N: "1" } },
    }));
    await database.send(new DeleteItemCommand({ TableName: tableName, Key: { pk: { S: "EVENT#1" }, sk: { S: "E" } } }));
    await pump.drain();
    const Keys = { pk: { S: "EVENT#1" }, sk: { S: "E" } };
    const first = { ...Keys, gsi1pk: { S: "G" }, bytes: { B: "YWI=" }, set: { SS: ["x"] } };
    const second = { ...first, n: { N: "1" } };
    const envelope = {
      eventID: expect.any(String), eventVersion: "1.1", eventSource: "aws:dynamodb", awsRegion: REGION,
      eventSourceARN: expect.stringMatching(`^arn:aws:dynamodb:eu-west-1:123456789012:table/${tableName}/stream/`),
    };
    const data = { ApproximateCreationDateTime: expect.any(Number), SequenceNumber: expect.any(String), SizeBytes: expect.any(Number), StreamViewType: "NEW_AND_OLD_IMAGES", Keys };
    expect(records).toEqual([
      { ...envelope, eventName: "INSERT", dynamodb: { ...data, NewImage: first } },
      { ...envelope, eventName: "MODIFY", dynamodb: { ...data, NewImage: second, OldImage: first } },
      { ...envelope, eventName: "REMOVE", dynamodb: { ...data, OldImage: second } },
    ]);
  });

  it("delivers a removal by TTL as DynamoDB's own deletion", async () => {
    const { pump, records, tableName } = await rig(undefined, { FilterCriteria: { Filters: [{ Pattern: '{"eventName":["REMOVE"]}' }] } });
    await database.send(new UpdateTimeToLiveCommand({ TableName: tableName, TimeToLiveSpecification: { AttributeName: "expiresAt", Enabled: true } }));
    await put(tableName, "old", { gsi1pk: { S: "G" }, expiresAt: { N: String(Math.floor(Date.now() / 1000) - 60) } });
    while (await pump.drain() === 0) await sleep(500);
    expect(records).toMatchObject([{ eventName: "REMOVE", userIdentity: { type: "Service", principalId: "dynamodb.amazonaws.com" } }]);
    expect(records[0]?.dynamodb.Keys).toEqual({ pk: { S: "EVENT#old" }, sk: { S: "E" } });
  }, 60_000);

  it("delivers only what one of the filters takes", async () => {
    const prefix = (text: string) => ({ Pattern: JSON.stringify({ dynamodb: { Keys: { pk: { S: [{ prefix: text }] } } } }) });
    const { pump, batches, putAll } = await rig(undefined, { FilterCriteria: { Filters: [prefix("EVENT#a"), prefix("EVENT#c")] } });
    await putAll("a", "b", "c");
    expect(await pump.drain()).toBe(2);
    expect(batches).toEqual([["a", "c"]]);
  });

  it("shares a table with another pump without seeing its traces", async () => {
    const one = await rig();
    const batches: string[][] = [];
    const other = createPump({
      database: connection, tableName: one.tableName, mapping: { logicalId: "Other", function: "Other", properties: SETTINGS },
      invoke: async (_function, event) => void batches.push((event as { Records: StreamRecord[] }).Records.map(nameOf)),
    });
    await one.putAll("1");
    await one.pump.drain();
    await other.drain();
    await one.pump.drain();
    expect([one.batches, batches]).toEqual([[["1"]], [["1"]]]);
  });
});

describe("redelivery", () => {
  it("delivers all the past a second time, filters and failures included", async () => {
    const { pump, batches, putAll } = await rig(poisonedBy("bad"), { MaximumRetryAttempts: 0 });
    await putAll("1", "bad");
    await pump.drain();
    expect(await pump.redeliver()).toBe(2);
    expect(batches).toEqual([["1", "bad"], ["1"], ["bad"], ["1", "bad"], ["1"], ["bad"]]);
    expect(pump.deadLetters).toHaveLength(2);
  });
});

describe("a function that throws", () => {
  it("loses one poisoned record to the dead letters, while all others are delivered", async () => {
    const { pump, records, batches, putAll } = await rig(poisonedBy("4"));
    await putAll("1", "2", "3", "4", "5", "6", "7", "8");
    await pump.drain();
    expect(records.map(nameOf)).toEqual(["1", "2", "3", "5", "6", "7", "8"]);
    expect(batches.filter((names) => names.join() === "4")).toHaveLength(3);
    expect(pump.deadLetters).toMatchObject([{
      version: "1.0",
      requestContext: { condition: "RetryAttemptsExhausted", approximateInvokeCount: 3, functionArn: "arn:aws:lambda:eu-west-1:123456789012:function:Consumer" },
      responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
      DDBStreamBatchInfo: { batchSize: 1, shardId: expect.any(String), streamArn: expect.stringContaining("/stream/") },
    }]);
    const { startSequenceNumber, endSequenceNumber } = pump.deadLetters[0]!.DDBStreamBatchInfo;
    expect(startSequenceNumber).toBe(endSequenceNumber);
  });

  it("is tried again and loses nothing when it recovers", async () => {
    const { pump, batches, putAll } = await rig((_names, _records, call) => {
      if (call === 0) throw new Error("not yet");
    }, { BisectBatchOnFunctionError: false });
    await putAll("1", "2");
    await pump.drain();
    expect([batches, pump.deadLetters]).toEqual([[["1", "2"], ["1", "2"]], []]);
  });

  it("loses the whole batch where it is not bisected, and what follows is delivered", async () => {
    const { pump, records, putAll } = await rig(poisonedBy("2"), { BisectBatchOnFunctionError: false, BatchSize: 2 });
    await putAll("1", "2", "3");
    await pump.drain();
    expect(records.map(nameOf)).toEqual(["3"]);
    expect(pump.deadLetters).toMatchObject([{ DDBStreamBatchInfo: { batchSize: 2 } }]);
  });

  it("loses records without a trace where no destination is given", async () => {
    const { pump, putAll } = await rig(poisonedBy("1"), { DestinationConfig: undefined });
    await putAll("1");
    await pump.drain();
    expect(pump.deadLetters).toEqual([]);
  });
});

describe("a function that reports failures", () => {
  it("gets everything from the lowest one again", async () => {
    const { pump, batches, putAll } = await rig((_names, records, call) => (call === 0 ? report(records, "4", "2") : undefined));
    await putAll("1", "2", "3", "4");
    await pump.drain();
    expect([batches, pump.deadLetters]).toEqual([[["1", "2", "3", "4"], ["2", "3", "4"]], []]);
  });

  it("keeps failing until the retries are used up, then loses the rest of the batch", async () => {
    const { pump, batches, putAll } = await rig((_names, records) => report(records, "2"));
    await putAll("1", "2", "3");
    await pump.drain();
    expect(batches).toEqual([["1", "2", "3"], ["2", "3"], ["2", "3"], ["2", "3"]]);
    expect(pump.deadLetters).toMatchObject([{ DDBStreamBatchInfo: { batchSize: 2 }, responseContext: expect.not.objectContaining({ functionError: "Unhandled" }) }]);
  });

  it.each([
    ["an empty list", { batchItemFailures: [] }],
    ["no list", { batchItemFailures: null }],
    ["an empty answer", {}],
    ["no answer", null],
  ])("has succeeded with %s", async (_what, answer) => {
    const { pump, batches, putAll } = await rig(() => answer);
    await putAll("1", "2");
    await pump.drain();
    expect(batches).toEqual([["1", "2"]]);
  });

  it.each([
    ["an empty identifier", { batchItemFailures: [{ itemIdentifier: "" }] }],
    ["no identifier", { batchItemFailures: [{ itemIdentifier: null }] }],
    ["a misnamed identifier", { batchItemFailures: [{ id: "1" }] }],
    ["an identifier that is not of the batch", { batchItemFailures: [{ itemIdentifier: "1" }] }],
    ["an answer of another shape", { batchItemFailures: "none" }],
  ])("has failed altogether with %s", async (_what, answer) => {
    const { pump, batches, putAll } = await rig((_names, _records, call) => (call === 0 ? answer : undefined));
    await putAll("1", "2");
    await pump.drain();
    expect(batches).toEqual([["1", "2"], ["1", "2"]]);
  });

  it("has succeeded whatever it reports, where the mapping does not ask for reports", async () => {
    const { pump, batches, putAll } = await rig((_names, records) => report(records, "1"), { FunctionResponseTypes: [] });
    await putAll("1");
    await pump.drain();
    expect(batches).toEqual([["1"]]);
  });
});

describe("a pump is refused on a mapping", () => {
  it.each([
    ["that retries for ever, as it does by default", { MaximumRetryAttempts: undefined }, "retries for ever"],
    ["that starts with what comes later", { StartingPosition: "LATEST" }, "StartingPosition"],
    ["that is disabled", { Enabled: false }, "Enabled"],
    ["with a setting it does not copy", { TumblingWindowInSeconds: 10 }, "TumblingWindowInSeconds"],
  ])("%s", async (_what, settings, message) => {
    await expect(rig(undefined, settings)).rejects.toThrow(message);
  });
});
