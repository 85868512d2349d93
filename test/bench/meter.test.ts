import { BatchGetItemCommand, DeleteItemCommand, DynamoDBClient, GetItemCommand, PutItemCommand, QueryCommand, TransactWriteItemsCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { itemSize, readUnits, writeUnits, type Item } from "../../bench/cost/item-size.ts";
import { startMeter, unitsOf, type Meter } from "../../bench/cost/meter.ts";
import { createTable } from "../../lib/local/create-table.ts";
import { startDynamoDbLocal, type DynamoDbLocal } from "../../lib/local/dynamodb-local.ts";
import { REGION } from "../support/aws.ts";

const TableName = "metered";
let database: DynamoDbLocal;
let meter: Meter;
let direct: DynamoDBClient;
let through: DynamoDBClient;

beforeAll(async () => {
  database = await startDynamoDbLocal();
  meter = await startMeter(database.endpoint);
  const at = (endpoint: string) => new DynamoDBClient({ endpoint, region: REGION, credentials: { accessKeyId: "test", secretAccessKey: "local" }, maxAttempts: 1 });
  [direct, through] = [at(database.endpoint), at(meter.url)];
  await createTable(TableName, direct);
});
afterAll(async () => {
  await meter?.stop();
  await database?.stop();
});
beforeEach(() => void meter.taken());

let made = 0;
const key = (name: string): Item => ({ pk: { S: name }, sk: { S: "s" } });
const fresh = () => `item-${++made}`;
const of = (name: string, bytes: number): Item => {
  const bare = { ...key(name), d: { S: "" } };
  return { ...bare, d: { S: "x".repeat(bytes - itemSize(bare)) } };
};
const listed = (item: Item, by: string): Item => ({ ...item, gsi1pk: { S: by }, gsi1sk: { S: "1" }, gsi2pk: { S: by }, gsi2sk: { S: "1" } });
const store = async (item: Item) => direct.send(new PutItemCommand({ TableName, Item: item }));
const put = (item: Item) => ({ Put: { TableName, Item: item } });
const taken = () => meter.taken().map((call) => ({ action: call.action, reads: unitsOf([call], "reads"), writes: unitsOf([call], "writes") }));
const units = async (what: () => Promise<unknown>) => {
  await what();
  return taken().map(({ reads, writes }) => [reads, writes]);
};

describe("the size of an item", () => {
  it.each([
    ["text counts its UTF-8 bytes, and so does its name", { é: { S: "€a" } }, 2 + 4],
    ["a number counts a byte for two digits and one more", { n: { N: "1234" } }, 1 + 3],
    ["zeros at its ends do not count", { n: { N: "1230000" } }, 1 + 3],
    ["nor do sign and point count as digits; the sign is a byte", { n: { N: "-12.5" } }, 1 + 4],
    ["nought has no digits that count", { n: { N: "0" } }, 1 + 1],
    ["true, false and null are a byte", { a: { BOOL: false }, b: { NULL: true } }, 4],
    ["a list has three bytes, and one for each element", { l: { L: [{ S: "ab" }, { S: "c" }] } }, 1 + 3 + (1 + 2) + (1 + 1)],
    ["a map has three bytes, and one for each element, and its names", { m: { M: { ab: { S: "c" } } } }, 1 + 3 + (1 + 2 + 1)],
    ["what is empty has its three bytes", { l: { L: [] }, m: { M: {} } }, 8],
  ] as const)("%s", (_guarantee, item, expected) => {
    expect(itemSize(item as Item)).toBe(expected);
  });

  it("that is of a kind nobody stores is not guessed", () => {
    expect(() => itemSize({ s: { SS: ["a"] } })).toThrow("SS");
  });
});

describe("units", () => {
  it.each([
    [0, 1, 1], [1, 1, 1], [1024, 1, 1], [1025, 1, 2], [4096, 1, 4], [4097, 2, 5],
  ])("of %i bytes: a strong read counts %i, a write %i; in a transaction twice, and half when it need not be consistent", (bytes, reads, writes) => {
    expect([readUnits(bytes, "strong"), readUnits(bytes, "transaction"), readUnits(bytes, "eventual")]).toEqual([reads, 2 * reads, reads / 2]);
    expect([writeUnits(bytes, "alone"), writeUnits(bytes, "transaction")]).toEqual([writes, 2 * writes]);
  });
});

describe("the meter", () => {
  it.each([1024, 1025, 4096, 4097])("counts %i bytes as the emulator does, written and read, so that the sizes are its own too", async (bytes) => {
    const name = fresh();
    const asked = { TableName, Item: of(name, bytes), ReturnConsumedCapacity: "TOTAL" } as const;
    const { ConsumedCapacity: written } = await through.send(new PutItemCommand(asked));
    const { ConsumedCapacity: read } = await through.send(new GetItemCommand({ TableName, Key: key(name), ConsistentRead: true }));
    expect(taken()).toEqual([
      { action: "PutItem", reads: 0, writes: written?.CapacityUnits }, { action: "GetItem", reads: read?.CapacityUnits, writes: 0 },
    ]);
    expect([written?.CapacityUnits, read?.CapacityUnits]).toEqual([writeUnits(bytes, "alone"), readUnits(bytes, "strong")]);
  });

  it("counts keys that find nothing like those that find something", async () => {
    const name = fresh();
    await store(of(name, 100));
    const Keys = [key(name), key("nobody"), key("nobody else")];
    const get = (ConsistentRead: boolean) => async () => through.send(new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys, ConsistentRead } } }));
    expect([await units(get(true)), await units(get(false))]).toEqual([[[3, 0]], [[1.5, 0]]]);
  });

  it("counts what a query reads, not what it finds", async () => {
    const names = [fresh(), fresh()];
    await Promise.all(names.map(async (name) => store({ ...of(name, 3000), gsi1pk: { S: "query" }, gsi1sk: { S: name } })));
    const query = async () => through.send(new QueryCommand({
      TableName, IndexName: "gsi1", KeyConditionExpression: "gsi1pk = :p", FilterExpression: "attribute_exists(nothing)", ExpressionAttributeValues: { ":p": { S: "query" } },
    }));
    // Two of 3,000 bytes and their index keys are not yet 8 KB: two half units.
    expect(await units(query)).toEqual([[1, 0]]);
  });

  it.each([
    ["a new item", undefined, (name: string) => of(name, 1500), 2],
    ["a larger one in the place of a small one", 100, (name: string) => of(name, 1500), 2],
    ["a small one in the place of a larger one", 1500, (name: string) => of(name, 100), 2],
    ["an item that enters two indexes", undefined, (name: string) => listed(of(name, 900), name), 3],
  ] as const)("counts %s, alone and twice as much in a transaction, as the emulator does of a single item", async (_what, before, make, expected) => {
    for (const how of ["alone", "transaction"] as const) {
      const name = fresh();
      if (before !== undefined) await store(of(name, before));
      const told = { ReturnConsumedCapacity: "TOTAL" } as const;
      const answer = how === "alone"
        ? await through.send(new PutItemCommand({ TableName, Item: make(name), ...told }))
        : await through.send(new TransactWriteItemsCommand({ TransactItems: [put(make(name))], ...told }));
      const factor = how === "alone" ? 1 : 2;
      expect(taken().map(({ writes }) => writes)).toEqual([expected * factor]);
      expect([answer.ConsumedCapacity].flat()[0]?.CapacityUnits).toBe(expected * factor);
    }
  });

  it.each([
    ["whose attributes change", (item: Item): Item => ({ ...item, d: { S: "other" } }), 3],
    ["that stays as it is", (item: Item): Item => item, 1],
    ["that moves in both", (item: Item): Item => listed(item, "elsewhere"), 5],
    ["that leaves one of them and changes in the other", (item: Item): Item => Object.fromEntries(Object.entries(item).filter(([name]) => name !== "gsi2pk")), 3],
  ] as const)("counts the indexes of an item %s", async (_what, change, expected) => {
    const name = fresh();
    const item = listed(of(name, 500), name);
    await store(item);
    expect(await units(async () => through.send(new PutItemCommand({ TableName, Item: change(item) })))).toEqual([[0, expected]]);
  });

  it("counts updates and deletions by the larger of what was and what is", async () => {
    const name = fresh();
    await store(of(name, 1000));
    const update = async (text: string) => through.send(new UpdateItemCommand({
      TableName, Key: key(name), UpdateExpression: "SET e = :e", ExpressionAttributeValues: { ":e": { S: text } },
    }));
    const remove = async () => through.send(new DeleteItemCommand({ TableName, Key: key(name) }));
    expect([await units(() => update("x".repeat(100))), await units(() => update("")), await units(remove), await units(remove)]).toEqual([[[0, 2]], [[0, 2]], [[0, 1]], [[0, 1]]]);
  });

  it("counts every item of a transaction, checks included, each by its own size", async () => {
    const [checked, updated] = [fresh(), fresh()];
    await store(of(checked, 2000));
    const transaction = async () => through.send(new TransactWriteItemsCommand({
      TransactItems: [
        { ConditionCheck: { TableName, Key: key(checked), ConditionExpression: "attribute_exists(pk)" } },
        { Update: { TableName, Key: key(updated), UpdateExpression: "ADD n :one", ExpressionAttributeValues: { ":one": { N: "1" } } } },
        put(of(fresh(), 1025)), put(listed(of(fresh(), 100), "indexed")),
      ],
    }));
    expect(await units(transaction)).toEqual([[0, 4 + 2 + 4 + 6]]);
  });

  it("tells where: of what is read each key, of a query its partition, of what is written the row and its entries in the indexes", async () => {
    const [name, other] = [fresh(), fresh()];
    await store(of(other, 5000));
    await through.send(new TransactWriteItemsCommand({ TransactItems: [put(listed(of(name, 200), "places")), { Delete: { TableName, Key: key("nothing") } }] }));
    await through.send(new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys: [key(other), key("nothing")], ConsistentRead: true } } }));
    await through.send(new GetItemCommand({ TableName, Key: key(name) }));
    await through.send(new QueryCommand({
      TableName, IndexName: "gsi2", KeyConditionExpression: "#sk BETWEEN :a AND :b AND #pk = :p",
      ExpressionAttributeNames: { "#sk": "gsi2sk", "#pk": "gsi2pk" }, ExpressionAttributeValues: { ":a": { S: "0" }, ":b": { S: "2" }, ":p": { S: "places" } },
    }));
    const places = meter.taken().map(({ loads }) => loads.map((load) => `${load.in} ${load.pk} ${load.sk} ${load.reads} ${load.writes}`));
    expect(places).toEqual([
      [`table ${name} s 0 2`, "gsi1 places 1 0 2", "gsi2 places 1 0 2", "table nothing s 0 2"],
      [`table ${other} s 2 0`, "table nothing s 1 0"], [`table ${name} s 0.5 0`], ["gsi2 places  0.5 0"],
    ]);
  });

  it("does not count what fails", async () => {
    const twice = new PutItemCommand({ TableName, Item: key("twice"), ConditionExpression: "attribute_not_exists(pk)" });
    await through.send(twice);
    await expect(through.send(twice)).rejects.toThrow(/hang up|ECONNRESET/);
    expect(meter.taken()).toHaveLength(1);
  });
});
