import { randomUUID } from "node:crypto";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { BatchWriteCommand, DynamoDBDocumentClient, QueryCommand, type QueryCommandOutput } from "@aws-sdk/lib-dynamodb";
import fc from "fast-check";
import { beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { createTable } from "../../lib/local/create-table.ts";
import type { Table } from "../../lib/table/client.ts";
import { pageOf, rowsOf, type PageWanted } from "../../lib/table/list.ts";
import { inIndex, sortable, type Listing, type Row } from "../../lib/table/model.ts";
import { REGION } from "../support/aws.ts";

/** A query that was made, and how many rows DynamoDB looked at for it. */
type Asked = { readonly pk: string; readonly counting: boolean; readonly consistent: boolean; readonly scanned: number };

const name = `t-${randomUUID()}`;
const asked: Asked[] = [];
let client: DynamoDBDocumentClient;
let table: Table;

beforeAll(async () => {
  const database = new DynamoDBClient({ endpoint: inject("dynamoEndpoint"), region: REGION, credentials: { accessKeyId: "test", secretAccessKey: "local" } });
  await createTable(name, database);
  client = DynamoDBDocumentClient.from(database);
  table = { name, client: watched(client) };
});
beforeEach(() => void asked.splice(0));

/** The client, with a record of its queries. */
function watched(real: DynamoDBDocumentClient): DynamoDBDocumentClient {
  return Object.assign(Object.create(real) as DynamoDBDocumentClient, {
    async send(command: QueryCommand): Promise<QueryCommandOutput> {
      const answer = await real.send(command);
      const { ExpressionAttributeValues: values, Select, ConsistentRead } = command.input;
      asked.push({ pk: values?.[":pk"], counting: Select === "COUNT", consistent: ConsistentRead === true, scanned: answer.ScannedCount ?? NaN });
      return answer;
    },
  });
}

/** Rows of a listing, under these ids, which may carry some weight. */
async function store(listing: Listing, ids: readonly number[], weight = ""): Promise<void> {
  const { index } = listing;
  const rows = ids.map((number) => ({
    ...(index === undefined ? { pk: listing.pk, sk: sortable(number) } : { pk: `ROW#${listing.pk}#${number}`, sk: "ROW", ...inIndex({ ...listing, index }, number) }),
    listing: listing.pk, number, weight,
  }));
  for (let at = 0; at < rows.length; at += 25) {
    await client.send(new BatchWriteCommand({ RequestItems: { [name]: rows.slice(at, at + 25).map((Item) => ({ PutRequest: { Item } })) } }));
  }
}

let made = 0;
/** A listing that nothing else is in. */
const fresh = (index?: "gsi1" | "gsi2"): Listing => (index === undefined ? { pk: `LIST#${++made}#` } : { index, pk: `LIST#${++made}#` });
const numbers = (rows: readonly Row[]) => rows.map((row) => row["number"] as number);
const upTo = (last: number, first = 1) => Array.from({ length: last - first + 1 }, (_, at) => first + at);
const readFor = (listing: Listing) => asked.filter(({ pk, counting }) => pk === listing.pk && !counting).reduce((sum, { scanned }) => sum + scanned, 0);

describe("rowsOf", () => {
  it.each([undefined, "gsi1", "gsi2"] as const)("yields every row in the order of the ids as numbers (index: %s)", async (index) => {
    const listing = fresh(index);
    await store(listing, [10, 9, 1, Number.MAX_SAFE_INTEGER, 100, 2]);
    expect(numbers(await Array.fromAsync(rowsOf(table, listing)))).toEqual([1, 2, 9, 10, 100, Number.MAX_SAFE_INTEGER]);
  });

  it("yields none of another partition, however alike its name", async () => {
    const listing = fresh();
    await store(listing, [1, 2]);
    for (const pk of [`${listing.pk}0`, listing.pk.slice(0, -1), listing.pk.toLowerCase(), `${listing.pk}\u0000`]) await store({ pk }, [3]);
    await store({ index: "gsi1", pk: listing.pk }, [4]);
    expect(numbers(await Array.fromAsync(rowsOf(table, listing)))).toEqual([1, 2]);
  });

  it("reads the table consistently; an index cannot be", async () => {
    for (const listing of [fresh(), fresh("gsi1")]) await Array.fromAsync(rowsOf(table, listing));
    expect(asked.map(({ consistent }) => consistent)).toEqual([true, false]);
  });

  it("reads nothing before it is asked, and no more than it is asked for", async () => {
    const listing = fresh();
    await store(listing, upTo(30));
    const rows = rowsOf(table, listing, 7);
    expect(asked).toEqual([]);
    expect(numbers(await Array.fromAsync(rows))).toEqual(upTo(7));
    expect(asked.map(({ scanned }) => scanned)).toEqual([7]);
  });

  it("goes on where DynamoDB stops at a megabyte", async () => {
    const listing = fresh();
    await store(listing, upTo(8), "x".repeat(300_000));
    expect(numbers(await Array.fromAsync(rowsOf(table, listing)))).toEqual(upTo(8));
    expect(asked.length).toBeGreaterThan(1);
    expect(numbers(await Array.fromAsync(rowsOf(table, listing, 6)))).toEqual(upTo(6));
  });

  it.each([undefined, "gsi1"] as const)("yields only what lies between two sort keys, both included, and reads no more (index: %s)", async (index) => {
    const listing = fresh(index);
    await store(listing, [1, 2, 9, 10, 11, 20]);
    const between = (first: number, last: number) => Array.fromAsync(rowsOf(table, { ...listing, between: [sortable(first), sortable(last)] }));
    expect([numbers(await between(2, 10)), numbers(await between(3, 8)), numbers(await between(20, 99))]).toEqual([[2, 9, 10], [], [20]]);
    expect(asked.map(({ scanned }) => scanned)).toEqual([3, 0, 1]);
  });

  it("of an empty listing yields nothing", async () => {
    expect(await Array.fromAsync(rowsOf(table, fresh()))).toEqual([]);
  });
});

describe("pageOf", () => {
  /** The specification: put together, sort, cut. */
  function model(lists: readonly (readonly number[])[], { page, perPage }: PageWanted) {
    const all = lists.flat().toSorted((a, b) => a - b);
    return { page, perPage, numbers: all.slice((page - 1) * perPage, page * perPage), total: all.length };
  }

  it("over any listings is the model's page, with its total, and reads no more than the page's end and one", async () => {
    const ids = fc.uniqueArray(fc.oneof(fc.integer({ min: 1, max: 40 }), fc.maxSafeNat().filter((number) => number > 0)), { maxLength: 24 });
    const dealt = fc.array(fc.nat({ max: 3 }), { minLength: 24, maxLength: 24 });
    const pages = fc.array(fc.record({ page: fc.integer({ min: 1, max: 9 }), perPage: fc.integer({ min: 1, max: 26 }) }), { minLength: 3, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(ids, dealt, fc.integer({ min: 0, max: 4 }), fc.constantFrom(undefined, "gsi1" as const, "gsi2" as const), pages, async (all, hands, count, index, wanted) => {
        const lists = Array.from({ length: count }, (_, at) => all.filter((_number, position) => hands[position]! % Math.max(count, 1) === at));
        const listings = lists.map(() => fresh(index));
        for (const [at, listing] of listings.entries()) await store(listing, lists[at]!);
        for (const page of wanted) {
          asked.splice(0);
          const { items, ...told } = await pageOf(table, listings, page);
          expect({ ...told, numbers: numbers(items) }).toEqual(model(lists, page));
          for (const listing of listings) expect(readFor(listing)).toBeLessThanOrEqual(page.page * page.perPage + 1);
          expect(asked.filter(({ pk }) => !listings.some((listing) => listing.pk === pk))).toEqual([]);
        }
      }),
      { numRuns: 25 },
    );
  });

  it("keeps the rows apart that two listings have under one id", async () => {
    const listings = [fresh("gsi1"), fresh("gsi1")];
    for (const listing of listings) await store(listing, [5]);
    const { items, total } = await pageOf(table, listings, { page: 1, perPage: 10 });
    expect([items.map((row) => row["listing"]).toSorted((a, b) => String(a).localeCompare(String(b))), total]).toEqual([
      listings.map(({ pk }) => pk).toSorted((a, b) => a.localeCompare(b)), 2,
    ]);
  });

  it("of no listings is empty, without a read", async () => {
    expect(await pageOf(table, [], { page: 1, perPage: 500 })).toEqual({ items: [], page: 1, perPage: 500, total: 0 });
    expect(asked).toEqual([]);
  });

  it("counts only when there is more than the page shows", async () => {
    const listing = fresh();
    await store(listing, upTo(5));
    for (const [page, perPage, counted] of [[1, 5, false], [1, 6, false], [2, 3, false], [9, 3, false], [1, 4, true], [2, 2, true]] as const) {
      asked.splice(0);
      expect((await pageOf(table, [listing], { page, perPage })).total).toBe(5);
      expect(asked.some(({ counting }) => counting)).toBe(counted);
    }
  });

  it("reads a deep page's rows and one more, over as many queries as that takes", async () => {
    const listing = fresh();
    await store(listing, upTo(1700));
    expect(numbers((await pageOf(table, [listing], { page: 3, perPage: 500 })).items)).toEqual(upTo(1500, 1001));
    expect(readFor(listing)).toBe(1501);
    asked.splice(0);
    expect(numbers((await pageOf(table, [listing], { page: 4, perPage: 500 })).items)).toEqual(upTo(1700, 1501));
    expect([readFor(listing), asked.some(({ counting }) => counting)]).toEqual([1700, false]);
  });

  it("is no shorter, its total no smaller and its reads no more where DynamoDB stops at a megabyte", async () => {
    const listings = [fresh("gsi1"), fresh("gsi1")];
    await store(listings[0]!, [1, 3, 5, 7, 9, 11, 13, 15], "x".repeat(300_000));
    await store(listings[1]!, [2, 4, 6, 8]);
    const { items, total } = await pageOf(table, listings, { page: 2, perPage: 5 });
    expect([numbers(items), total]).toEqual([[6, 7, 8, 9, 11], 12]);
    for (const listing of listings) expect(readFor(listing)).toBeLessThanOrEqual(11);
    asked.splice(0);
    expect(numbers((await pageOf(table, [listings[0]!], { page: 1, perPage: 5 })).items)).toEqual([1, 3, 5, 7, 9]);
    expect(readFor(listings[0]!)).toBe(6);
  });
});
