import {
  BatchGetItemCommand, BatchWriteItemCommand, CreateTableCommand, DeleteItemCommand, DynamoDBClient, ExecuteStatementCommand, GetItemCommand, PutItemCommand,
  QueryCommand, ScanCommand, TransactGetItemsCommand, TransactWriteItemsCommand, UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { DynamoDBStreamsClient, ListStreamsCommand } from "@aws-sdk/client-dynamodb-streams";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { REGION, tableArn } from "../support/aws.ts";
import { newDatabase } from "../support/database.ts";
import { readStatements } from "../support/iam-policy.ts";
import { startIamProxy, type IamProxy } from "../support/iam-proxy.ts";

let proxy: IamProxy;

const TableName = "things";
const allow = (actions: readonly string[], resource = tableArn(TableName), keys?: string) => ({
  Effect: "Allow", Action: actions.map((action) => `dynamodb:${action}`), Resource: resource,
  ...(keys ? { Condition: { "ForAllValues:StringLike": { "dynamodb:LeadingKeys": [keys] } } } : {}),
});
const READS = ["GetItem", "BatchGetItem", "Query"];
const role = (...statements: object[]) => readStatements(statements, {});
const allowed = new Map([
  ["Reader", role(allow(READS), allow(["Query"], `${tableArn(TableName)}/index/gsi1`))],
  ["Putter", role(allow(["PutItem"]))],
  ["Writer", role(allow(["PutItem", "UpdateItem", "DeleteItem", "ConditionCheckItem", "BatchWriteItem"]))],
  ["Clock", role({ ...allow(["UpdateItem"]), Condition: { "ForAllValues:StringEquals": { "dynamodb:Attributes": ["pk", "sk", "a"] } } })],
  ["Tenant", role(allow([...READS, "PutItem", "BatchWriteItem"], `${tableArn(TableName)}*`, "A#*"))],
]);

beforeAll(async () => {
  proxy = await startIamProxy({ upstream: newDatabase(inject("dynamoEndpoint")), allowed });
  const [pk, sk, gsi1pk] = ["pk", "sk", "gsi1pk"].map((AttributeName) => ({ AttributeName, AttributeType: "S" as const }));
  const key = (hash: string, range: string) => [{ AttributeName: hash, KeyType: "HASH" as const }, { AttributeName: range, KeyType: "RANGE" as const }];
  await as("admin").send(new CreateTableCommand({
    TableName, BillingMode: "PAY_PER_REQUEST", AttributeDefinitions: [pk!, sk!, gsi1pk!], KeySchema: key("pk", "sk"),
    GlobalSecondaryIndexes: [{ IndexName: "gsi1", KeySchema: key("gsi1pk", "sk"), Projection: { ProjectionType: "ALL" } }],
  }));
  await as("admin").send(new PutItemCommand({ TableName, Item: { ...id("A#1"), gsi1pk: { S: "G#1" } } }));
}, 60_000);
afterAll(() => proxy?.stop());
beforeEach(() => proxy.reset());

const as = (accessKeyId: string, region = REGION) =>
  new DynamoDBClient({ endpoint: proxy.url, region, credentials: { accessKeyId, secretAccessKey: "local" }, maxAttempts: 1 });
const id = (pk: string, sk = "S") => ({ pk: { S: pk }, sk: { S: sk } });
const put = (pk: string) => ({ TableName, Item: id(pk) });
const keyed = (pk: string) => ({ TableName, Key: id(pk) });
const update = (pk: string) => ({ ...keyed(pk), UpdateExpression: "SET a = :a", ExpressionAttributeValues: { ":a": { S: "1" } } });
const check = (pk: string) => ({ ...keyed(pk), ConditionExpression: "attribute_exists(pk)" });
const query = (expression: string, values: Readonly<Record<string, string>>, names?: Record<string, string>, IndexName?: string) => new QueryCommand({
  TableName, KeyConditionExpression: expression, ...(names ? { ExpressionAttributeNames: names } : {}), ...(IndexName ? { IndexName } : {}),
  ExpressionAttributeValues: Object.fromEntries(Object.entries(values).map(([name, S]) => [name, { S }])),
});
type Command = Parameters<DynamoDBClient["send"]>[0];

describe("a function may", () => {
  it.each([
    ["read what its role lets it read", "Reader", new GetItemCommand(keyed("A#1"))],
    ["read several items at once", "Reader", new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys: [id("A#1"), id("B#1")] } } })],
    ["read in a transaction with the right to read", "Reader", new TransactGetItemsCommand({ TransactItems: [{ Get: keyed("A#1") }] })],
    ["query an index with a right to that index", "Reader", query("gsi1pk = :p", { ":p": "G#1" }, undefined, "gsi1")],
    ["write in a transaction with a right for each of its actions", "Writer", new TransactWriteItemsCommand({
      TransactItems: [{ Put: put("T#1") }, { Update: update("T#2") }, { Delete: keyed("T#3") }, { ConditionCheck: check("A#1") }],
    })],
    ["change the attribute that it may", "Clock", new UpdateItemCommand(update("A#1"))],
    ["query its own partition", "Tenant", query("#k = :p AND begins_with(sk, :s)", { ":p": "A#1", ":s": "S" }, { "#k": "pk" })],
    ["query its own partition, whatever else the condition begins with", "Tenant", query("sk = :s AND pk = :p", { ":p": "A#1", ":s": "S" })],
    ["write its own partitions", "Tenant", new BatchWriteItemCommand({ RequestItems: { [TableName]: [{ PutRequest: { Item: id("A#2") } }, { DeleteRequest: { Key: id("A#3") } }] } })],
  ] as const)("%s", async (_what, principal, command) => {
    await as(principal).send(command as Command);
    expect(proxy.calls).toMatchObject([{ principal, status: 200 }]);
  });
});

describe("a function is refused", () => {
  it.each([
    ["a write with rights to read", "Reader", new PutItemCommand(put("A#1")), "PutItem"],
    ["a scan with the right to query", "Reader", new ScanCommand({ TableName }), "Scan"],
    ["an index it was not given", "Reader", query("gsi1pk = :p", { ":p": "G#1" }, undefined, "gsi2"), "Query"],
    ["a put inside a transaction without the right to put", "Reader", new TransactWriteItemsCommand({ TransactItems: [{ Put: put("A#1") }] }), "PutItem"],
    ["a check inside a transaction without the right to check", "Putter", new TransactWriteItemsCommand({ TransactItems: [{ Put: put("A#1") }, { ConditionCheck: check("A#1") }] }), "ConditionCheckItem"],
    ["an update inside a transaction with the right to put", "Putter", new TransactWriteItemsCommand({ TransactItems: [{ Update: update("A#1") }] }), "UpdateItem"],
    ["a delete with the right to put", "Putter", new DeleteItemCommand(keyed("A#1")), "DeleteItem"],
    ["an update with the right to put", "Putter", new UpdateItemCommand(update("A#1")), "UpdateItem"],
    ["a read inside a transaction without the right to read", "Writer", new TransactGetItemsCommand({ TransactItems: [{ Get: keyed("A#1") }] }), "GetItem"],
    ["an update of another attribute", "Clock", new UpdateItemCommand({ ...update("A#1"), UpdateExpression: "SET a = :a REMOVE b" }), "UpdateItem"],
    ["an update of another attribute, by another name", "Clock", new UpdateItemCommand({ ...update("A#1"), UpdateExpression: "SET #n = :a", ExpressionAttributeNames: { "#n": "b" } }), "UpdateItem"],
    ["an update that looks at another attribute", "Clock", new UpdateItemCommand({ ...update("A#1"), ConditionExpression: "attribute_exists(pk) AND NOT b = :a" }), "UpdateItem"],
    ["a batch in which one item is another tenant's", "Tenant", new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys: [id("A#1"), id("B#1")] } } }), "BatchGetItem"],
    ["another tenant's partition, however it is named", "Tenant", query("sk = :s AND #k = :p", { ":p": "B#1", ":s": "A#1" }, { "#k": "pk" }), "Query"],
    ["another tenant's partition of an index", "Tenant", query("gsi1pk = :p", { ":p": "G#1" }, undefined, "gsi1"), "Query"],
    ["a query whose partition cannot be told", "Tenant", query("x = :p", { ":p": "A#1" }), "Query"],
    ["another table", "Reader", new GetItemCommand({ ...keyed("A#1"), TableName: "other" }), "GetItem"],
    ["PartiQL", "Reader", new ExecuteStatementCommand({ Statement: "SELECT * FROM things" }), "ExecuteStatement"],
  ] as const)("%s", async (_what, principal, command, action) => {
    const error = await as(principal).send(command as Command).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: "AccessDeniedException", message: expect.stringContaining(`perform: dynamodb:${action} on resource`) });
    expect(proxy.calls).toMatchObject([{ principal, status: 400 }]);
  });

  it("the same table in another region", async () => {
    await expect(as("Reader", "us-east-1").send(new GetItemCommand(keyed("A#1")))).rejects.toThrow("us-east-1");
  });

  it("the stream, which event source mappings read", async () => {
    const streams = new DynamoDBStreamsClient({ endpoint: proxy.url, region: REGION, credentials: { accessKeyId: "Reader", secretAccessKey: "local" } });
    await expect(streams.send(new ListStreamsCommand({}))).rejects.toMatchObject({ name: "AccessDeniedException" });
  });

  it("and nothing of a refused transaction is written", async () => {
    const both = new TransactWriteItemsCommand({ TransactItems: [{ Put: put("half") }, { Delete: keyed("A#9") }] });
    await expect(as("Putter").send(both)).rejects.toThrow("DeleteItem");
    expect(await as("Reader").send(new GetItemCommand({ ...keyed("half"), ConsistentRead: true }))).not.toHaveProperty("Item");
  });
});

describe("the record of calls", () => {
  it("has one entry a round trip, with every key in it", async () => {
    await as("Writer").send(new TransactWriteItemsCommand({ TransactItems: [{ Put: put("T#1") }, { ConditionCheck: check("A#1") }] }));
    await as("Reader").send(new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys: [id("A#1"), id("B#1")], ConsistentRead: true } } }));
    await as("Reader").send(query("gsi1pk = :p", { ":p": "G#1" }, undefined, "gsi1"));
    expect(proxy.calls.map(({ bytesIn: _in, bytesOut: _out, ...call }) => call)).toEqual([
      { principal: "Writer", action: "TransactWriteItems", table: TableName, index: undefined, consistent: true, status: 200, keys: [{ pk: "T#1", sk: "S" }, { pk: "A#1", sk: "S" }], expressions: ["attribute_exists(pk)"] },
      { principal: "Reader", action: "BatchGetItem", table: TableName, index: undefined, consistent: true, status: 200, keys: [{ pk: "A#1", sk: "S" }, { pk: "B#1", sk: "S" }], expressions: [] },
      { principal: "Reader", action: "Query", table: TableName, index: "gsi1", consistent: false, status: 200, keys: [{ gsi1pk: "G#1" }], expressions: ["gsi1pk = :p"] },
    ]);
    expect(proxy.calls.every(({ bytesIn, bytesOut }) => bytesIn > 50 && bytesOut >= 2)).toBe(true);
  });

  it("tells an eventually consistent read from a consistent one", async () => {
    await as("Reader").send(new GetItemCommand(keyed("A#1")));
    await as("Reader").send(new GetItemCommand({ ...keyed("A#1"), ConsistentRead: true }));
    expect(proxy.calls.map(({ consistent }) => consistent)).toEqual([false, true]);
  });

  it("has the test's own calls too, and can be emptied", async () => {
    await as("admin").send(new ScanCommand({ TableName }));
    expect(proxy.calls).toMatchObject([{ principal: "admin", action: "Scan" }]);
    proxy.reset();
    expect(proxy.calls).toEqual([]);
  });
});

describe("a request that is not AWS JSON 1.0", () => {
  it.each([
    ["CBOR", { "content-type": "application/cbor", "x-amz-target": "DynamoDB_20120810.GetItem" }],
    ["without a target", { "content-type": "application/x-amz-json-1.0" }],
  ])("breaks the connection instead of being misread: %s", async (_what, headers) => {
    const authorization = "AWS4-HMAC-SHA256 Credential=Reader/20260101/eu-west-1/dynamodb/aws4_request";
    await expect(fetch(proxy.url, { method: "POST", headers: { ...headers, authorization }, body: "{}" })).rejects.toThrow("fetch failed");
  });

  it("and one without a signature is not let through as the test's own", async () => {
    await expect(fetch(proxy.url, { method: "POST", body: "{}" })).rejects.toThrow("fetch failed");
  });
});
