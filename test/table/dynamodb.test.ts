import { randomUUID } from "node:crypto";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { GetCommand, PutCommand, QueryCommand, TransactWriteCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import fc from "fast-check";
import { afterEach, beforeAll, describe, expect, inject, it, vi } from "vitest";
import { createTable } from "../../lib/local/create-table.ts";
import { readRow, readTogether } from "../../lib/table/client.ts";
import { accessFromEnvironment, dynamoDb, endpointIn, type Call } from "../../lib/table/dynamodb/client.ts";
import { DynamoDbError } from "../../lib/table/dynamodb/error.ts";
import { answers, badDatabase, cuts, garbles, hangs, hangsUp, refuses, stalls, type BadDatabase, type Meeting } from "../support/bad-database.ts";
import { newDatabase } from "../support/database.ts";
import { documentsIn, tableIn } from "../support/table.ts";

const NAME = `t-${randomUUID()}`;
const own = newDatabase(inject("dynamoEndpoint"));
const table = tableIn(own, NAME);
const documents = documentsIn(own);
beforeAll(() => createTable(NAME, new DynamoDBClient(own)));

const opened: BadDatabase[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  for (const each of opened.splice(0)) await each.stop();
});

const credentials = () => ({ accessKeyId: "AKID", secretAccessKey: "secret" });
/** A database that meets requests in these ways, and our client at it, which does not wait between its tries. */
async function meeting(...meetings: readonly Meeting[]) {
  vi.spyOn(Math, "random").mockReturnValue(0);
  const database = await badDatabase(...meetings);
  opened.push(database);
  return { ...database, call: dynamoDb({ endpoint: new URL(database.endpoint), region: "eu-west-1", credentials }) };
}
const get = (call: Call) => call("GetItem", { TableName: "t", Key: { pk: "P", sk: "S" } });
const ITEM = answers({ Item: { pk: { S: "P" }, n: { N: "1" } } });
const FOUND = { Item: { pk: "P", n: 1 } };

let made = 0;
const fresh = () => ({ pk: `KEY#${++made}`, sk: "ROW" });

describe("against DynamoDB Local", () => {
  const leaf = fc.oneof(fc.string(), fc.maxSafeInteger(), fc.double({ noNaN: true, noDefaultInfinity: true, min: -(2 ** 53 - 1), max: 2 ** 53 - 1 }).filter((n) => n === 0 || Math.abs(n) > 1e-100), fc.boolean(), fc.constant(null));
  // AWS's conversion tells a class by this name. No map that is stored has names of anybody's choosing: such objects are kept as JSON.
  const attribute = fc.string({ minLength: 1 }).filter((name) => name !== "__proto__" && name !== "constructor");
  const value = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof({ depthSize: "small" }, leaf, fc.array(tie("value"), { maxLength: 4 }), fc.dictionary(attribute, tie("value"), { maxKeys: 4, noNullPrototype: true })),
  })).value;

  it("what is put is what is read, by us and by AWS's own client, and what that puts is what we read", async () => {
    await fc.assert(fc.asyncProperty(value, async (content) => {
      const [ours, theirs] = [{ ...fresh(), content: positive(content) }, { ...fresh(), content: positive(content) }];
      await table.call("PutItem", { TableName: NAME, Item: ours });
      await documents.send(new PutCommand({ TableName: NAME, Item: theirs }));
      const read = async ({ pk, sk }: typeof ours) => [
        await readRow(table, { pk, sk }), (await documents.send(new GetCommand({ TableName: NAME, Key: { pk, sk }, ConsistentRead: true }))).Item,
      ];
      expect(await read(ours)).toEqual([ours, ours]);
      expect(await read(theirs)).toEqual([theirs, theirs]);
    }), { numRuns: 60 });
  });

  it("what is undefined is left out, and what no attribute can hold is not sent", async () => {
    const row = fresh();
    await table.call("PutItem", { TableName: NAME, Item: { ...row, gone: undefined, inner: { gone: undefined, here: 1 } } });
    expect(await readRow(table, row)).toEqual({ ...row, inner: { here: 1 } });
    const { call, heard } = await meeting(answers({}));
    for (const impossible of [2 ** 53, NaN, Infinity, new Date(), Symbol("x")]) {
      await expect(call("PutItem", { TableName: "t", Item: { pk: "P", impossible } })).rejects.not.toBeInstanceOf(DynamoDbError);
    }
    expect(heard).toEqual([]);
  });

  it("answers and refusals are those that AWS's own client has", async () => {
    const key = fresh();
    const update = { TableName: NAME, Key: key, UpdateExpression: "SET #n = :n", ConditionExpression: "attribute_not_exists(#n)", ExpressionAttributeNames: { "#n": "n" }, ExpressionAttributeValues: { ":n": 1 } };
    await table.call("UpdateItem", update);
    const query = { TableName: NAME, KeyConditionExpression: "pk = :pk", ExpressionAttributeValues: { ":pk": key.pk }, ConsistentRead: true, Limit: 1 };
    const { $metadata: _, ...asked } = await documents.send(new QueryCommand(query));
    expect(await table.call("Query", query)).toEqual(asked);
    expect(asked).toMatchObject({ Items: [{ ...key, n: 1 }], LastEvaluatedKey: key });

    const absent = { Put: { TableName: NAME, Item: key, ConditionExpression: "attribute_not_exists(pk)" } };
    const transaction = { ClientRequestToken: randomUUID(), TransactItems: [{ Put: { TableName: NAME, Item: fresh() } }, absent] };
    const pairs = [
      [() => documents.send(new UpdateCommand(update)), () => table.call("UpdateItem", update)],
      [() => documents.send(new TransactWriteCommand(transaction)), () => table.call("TransactWriteItems", transaction)],
      [() => documents.send(new GetCommand({ TableName: "elsewhere", Key: key })), () => table.call("GetItem", { TableName: "elsewhere", Key: key })],
      [() => documents.send(new GetCommand({ TableName: NAME, Key: { pk: "P" } })), () => table.call("GetItem", { TableName: NAME, Key: { pk: "P" } })],
    ] as const;
    const names = [];
    for (const [theirs, ours] of pairs) {
      const [their, our] = [await failureOf(theirs), await failureOf(ours)];
      expect(our).toBeInstanceOf(DynamoDbError);
      expect([our?.name, our?.message, our?.passing]).toEqual([their?.name, their?.message, false]);
      expect(our?.reasons).toEqual(their?.CancellationReasons?.map(({ Code }) => Code) ?? []);
      names.push(our?.name);
    }
    expect(names).toEqual(["ConditionalCheckFailedException", "TransactionCanceledException", "ResourceNotFoundException", "ValidationException"]);
  });

  it("reads many rows together, in the order they were asked for", async () => {
    const rows = Array.from({ length: 60 }, (_, n) => ({ ...fresh(), n }));
    await Promise.all(rows.map((Item) => table.call("PutItem", { TableName: NAME, Item })));
    const missing = fresh();
    const wanted = [...rows.toReversed(), missing].map(({ pk, sk }) => ({ pk, sk }));
    expect(await readTogether(table, wanted)).toEqual([...rows.toReversed(), undefined]);
  });
});

describe("what may pass is tried again", () => {
  it.each<[string, Meeting]>([
    ["a connection that is closed at once", hangsUp],
    ["an answer that is cut", cuts({ Item: { pk: { S: "P" } } })],
    ["an answer with a wrong checksum", garbles({ Item: { pk: { S: "Q" } } })],
    ["an answer that is no JSON", answers("<html>secret</html>")],
    ["an answer that is no object", answers("true")],
    ["a 500", answers({}, 500)],
    ["a 503 of something between", answers("<html>", 503)],
    ["a failure inside of DynamoDB", refuses("InternalServerError", 500)],
    ["too much for a partition", refuses("ProvisionedThroughputExceededException")],
    ["too much for a table", refuses("RequestLimitExceeded")],
    ["throttling", refuses("ThrottlingException")],
  ])("%s: three times in all, the same each time", async (_what, trouble) => {
    const twice = await meeting(trouble, trouble, ITEM);
    expect(await get(twice.call)).toEqual(FOUND);
    expect(twice.heard.map(({ body }) => body)).toEqual(Array(3).fill('{"TableName":"t","Key":{"pk":{"S":"P"},"sk":{"S":"S"}}}'));

    const thrice = await meeting(trouble, trouble, trouble, ITEM);
    await expect(get(thrice.call)).rejects.toSatisfy((error) => error instanceof DynamoDbError && error.passing && !JSON.stringify([error.message, String(error.cause)]).includes("secret"));
    expect(thrice.heard).toHaveLength(3);
  });

  it.each([["a database that does not answer", hangs], ["an answer that does not end", stalls]])("%s is waited for two seconds, and asked again", async (_what, trouble) => {
    const { call, heard } = await meeting(trouble, ITEM);
    expect(await get(call)).toEqual(FOUND);
    expect(heard).toHaveLength(2);
  });

  it("a database that never answers is a timeout", async () => {
    const { call, heard } = await meeting(hangs);
    await expect(get(call)).rejects.toMatchObject({ name: "TimeoutError", passing: true });
    expect(heard).toHaveLength(3);
  });

  it("nobody there is what the network calls it", async () => {
    const { call, stop } = await meeting(ITEM);
    await stop();
    await expect(get(call)).rejects.toMatchObject({ name: "ECONNREFUSED", passing: true });
  });

  it("waits before each further try as long as it draws", async () => {
    const { call } = await meeting(answers({}, 500));
    const waits: number[] = [];
    vi.spyOn(Math, "random").mockImplementation(() => (waits.push(0), 0));
    await expect(get(call)).rejects.toThrow("500");
    expect(waits).toHaveLength(2);
  });
});

describe("what does not pass is told at once", () => {
  it.each(["ConditionalCheckFailedException", "TransactionCanceledException", "TransactionInProgressException", "ValidationException", "AccessDeniedException", "ResourceNotFoundException", "UnrecognizedClientException"])("%s", async (name) => {
    const { call, heard } = await meeting(refuses(name), ITEM);
    await expect(get(call)).rejects.toMatchObject({ name, message: "Because", passing: false });
    expect(heard).toHaveLength(1);
  });

  it("a refusal that says nothing is one all the same", async () => {
    const { call, heard } = await meeting(answers("", 400), ITEM);
    await expect(get(call)).rejects.toMatchObject({ name: "UnknownAnswer", passing: false });
    expect(heard).toHaveLength(1);
  });

  it("names what each action of a cancelled transaction met", async () => {
    const { call } = await meeting(refuses("TransactionCanceledException", 400, { CancellationReasons: [{ Code: "None" }, { Code: "ConditionalCheckFailed", Message: "x" }, {}] }));
    await expect(get(call)).rejects.toMatchObject({ reasons: ["None", "ConditionalCheckFailed", "None"] });
  });
});

describe("a request", () => {
  it("is signed as whoever the environment names at that moment, for the region and the operation", async () => {
    const { endpoint: address, heard } = await meeting(ITEM);
    vi.stubEnv("AWS_REGION", "eu-west-1");
    vi.stubEnv("AWS_ENDPOINT_URL_DYNAMODB", address);
    vi.stubEnv("AWS_ACCESS_KEY_ID", "FIRST");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "secret");
    vi.stubEnv("AWS_SESSION_TOKEN", undefined);
    const call = dynamoDb(accessFromEnvironment());
    await get(call);
    vi.stubEnv("AWS_ACCESS_KEY_ID", "SECOND");
    vi.stubEnv("AWS_SESSION_TOKEN", "session");
    await get(call);
    const [first, second] = heard.map(({ headers }) => headers);
    expect(first).toMatchObject({ host: new URL(address).host, "content-type": "application/x-amz-json-1.0", "x-amz-target": "DynamoDB_20120810.GetItem" });
    expect(first?.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=FIRST\/\d{8}\/eu-west-1\/dynamodb\/aws4_request, SignedHeaders=[a-z0-9;-]*host[a-z0-9;-]*, Signature=[0-9a-f]{64}$/);
    expect([first?.["x-amz-security-token"], second?.["x-amz-security-token"]]).toEqual([undefined, "session"]);
    expect(second?.authorization).toMatch(/Credential=SECOND.*x-amz-security-token/);
  });

  it("goes over a connection that stays open", async () => {
    const ports = new Set<number | undefined>();
    const { call } = await meeting((response, request) => {
      ports.add(request.socket.remotePort);
      ITEM(response, request);
    });
    for (let turn = 0; turn < 5; turn++) await get(call);
    expect(ports.size).toBe(1);
  });

  it.each(["AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])("is not made without %s", async (missing) => {
    const { endpoint: address, heard } = await meeting(ITEM);
    for (const name of ["AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]) vi.stubEnv(name, name === missing ? "" : "x");
    vi.stubEnv("AWS_ENDPOINT_URL_DYNAMODB", address);
    await expect((async () => get(dynamoDb(accessFromEnvironment())))()).rejects.toThrow(`${missing} is not set`);
    expect(heard).toEqual([]);
  });

  it.each([["eu-west-1", "https://dynamodb.eu-west-1.amazonaws.com/"], ["us-gov-west-1", "https://dynamodb.us-gov-west-1.amazonaws.com/"], ["cn-north-1", "https://dynamodb.cn-north-1.amazonaws.com.cn/"]])("goes to DynamoDB in %s", (region, address) => {
    vi.stubEnv("AWS_ENDPOINT_URL_DYNAMODB", undefined);
    expect(endpointIn(region).href).toBe(address);
  });
});

type Failure = DynamoDbError & { readonly CancellationReasons?: readonly { readonly Code: string }[] };
const failureOf = (ask: () => Promise<unknown>) => ask().then(() => undefined, (error: unknown) => error as Failure);

/** DynamoDB knows one zero. */
function positive(value: unknown): unknown {
  return typeof value === "object" && value !== null
    ? Array.isArray(value) ? value.map(positive) : Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, positive(inner)]))
    : Object.is(value, -0) ? 0 : value;
}
