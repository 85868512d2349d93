import { beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import type { Table } from "../../lib/table/client.ts";
import { rowsOf } from "../../lib/table/list.ts";
import { sortable } from "../../lib/table/model.ts";
import { newDatabase } from "../support/database.ts";
import { fresh, numbers, upTo, watchedTable, type Asked, type WatchedTable } from "../support/watched-table.ts";

let table: Table;
let asked: Asked[];
let store: WatchedTable["store"];

beforeAll(async () => {
  ({ table, asked, store } = await watchedTable(newDatabase(inject("dynamoEndpoint"))));
});
beforeEach(() => void asked.splice(0));

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
