import fc from "fast-check";
import { beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import type { Table } from "../../lib/table/client.ts";
import type { Listing } from "../../lib/table/model.ts";
import { pageIn, pageOf, pageOfFitting, type Page, type PageWanted } from "../../lib/table/page.ts";
import { rounds } from "../support/rounds.ts";
import { newDatabase } from "../support/database.ts";
import { fresh, numbers, upTo, watchedTable, type WatchedTable } from "../support/watched-table.ts";

let watched: WatchedTable;
let table: Table;
let store: WatchedTable["store"];
let readFor: WatchedTable["readFor"];
let countedFor: WatchedTable["countedFor"];

beforeAll(async () => {
  watched = await watchedTable(newDatabase(inject("dynamoEndpoint")));
  ({ table, store, readFor, countedFor } = watched);
});
beforeEach(forget);

function forget(): void {
  watched.asked.splice(0);
}

const numbered = (page: number, perPage: number, withTotal = true): PageWanted => ({ page, perPage, withTotal });
const following = (after: number, perPage: number): PageWanted => ({ after, perPage });
const told = ({ items, ...rest }: Page<{ readonly pk: string; readonly sk: string }>) => ({ ...rest, numbers: numbers(items) });

/** The specification: put together, sort, cut. */
function model(lists: readonly (readonly number[])[], wanted: PageWanted) {
  const all = lists.flat().toSorted((a, b) => a - b);
  const first = "after" in wanted ? all.filter((number) => number <= wanted.after).length : (wanted.page - 1) * wanted.perPage;
  const shown = all.slice(first, first + wanted.perPage);
  return {
    perPage: wanted.perPage, numbers: shown, ...("page" in wanted ? { page: wanted.page, ...(wanted.withTotal ? { total: all.length } : {}) } : {}),
    ...(shown.length > 0 && shown.at(-1) !== all.at(-1) ? { next: shown.at(-1) } : {}),
  };
}

const anId = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.maxSafeNat().filter((number) => number > 0));
const ids = fc.uniqueArray(anId, { maxLength: 24 });
const dealt = fc.array(fc.nat({ max: 3 }), { minLength: 24, maxLength: 24 });
const anyIndex = fc.constantFrom(undefined, "gsi1" as const, "gsi2" as const);
const aPage = fc.oneof(
  fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 26 }), fc.boolean()).map(([page, perPage, withTotal]) => numbered(page, perPage, withTotal)),
  fc.tuple(fc.oneof(fc.constant(0), anId), fc.integer({ min: 1, max: 26 })).map(([after, perPage]) => following(after, perPage)),
);

/** Puts ids into so many listings, whichever way they are dealt. */
async function deal(all: readonly number[], hands: readonly number[], count: number, index: "gsi1" | "gsi2" | undefined) {
  const lists = Array.from({ length: count }, (_, at) => all.filter((_number, position) => hands[position]! % Math.max(count, 1) === at));
  const listings = lists.map(() => fresh(index));
  for (const [at, listing] of listings.entries()) await store(listing, lists[at]!);
  return { lists, listings };
}

describe("a page", () => {
  it("over any listings is the model's, and reads of each no more than the page's end and one", async () => {
    await fc.assert(
      fc.asyncProperty(ids, dealt, fc.integer({ min: 0, max: 4 }), anyIndex, fc.array(aPage, { minLength: 4, maxLength: 4 }), async (all, hands, count, index, pages) => {
        const { lists, listings } = await deal(all, hands, count, index);
        for (const wanted of pages) {
          forget();
          expect(told(await pageOf(table, listings, wanted))).toEqual(model(lists, wanted));
          const before = "after" in wanted ? 0 : (wanted.page - 1) * wanted.perPage;
          const atMost = wanted.perPage + 1 + (listings.length === 1 ? 0 : before);
          for (const listing of listings) expect(readFor(listing)).toBeLessThanOrEqual(atMost);
          expect(watched.asked.filter(({ pk }) => !listings.some((listing) => listing.pk === pk))).toEqual([]);
        }
      }),
      { numRuns: 25 },
    );
  });

  it("of those that fit is the model's of just those", async () => {
    await fc.assert(
      fc.asyncProperty(ids, dealt, fc.integer({ min: 1, max: 3 }), anyIndex, fc.array(aPage, { minLength: 4, maxLength: 4 }), async (all, hands, count, index, pages) => {
        const { lists, listings } = await deal(all, hands, count, index);
        const fits = (number: number) => number % 3 !== 0;
        for (const wanted of pages) {
          const page = await pageOfFitting(table, listings, wanted, (row) => fits(row["number"] as number));
          expect(told(page)).toEqual(model(lists.map((list) => list.filter(fits)), wanted));
        }
      }),
      { numRuns: 15 },
    );
  });

  it("of what is here already is the model's", () => {
    fc.assert(fc.property(ids, aPage, (all, wanted) => {
      const { items, ...rest } = pageIn(all.toSorted((a, b) => a - b), wanted, (id) => id);
      expect({ ...rest, numbers: items }).toEqual(model([all], wanted));
    }));
  });

  it("keeps the rows apart that two listings have under one id", async () => {
    const listings = [fresh("gsi1"), fresh("gsi1")];
    for (const listing of listings) await store(listing, [5]);
    const { items, total } = await pageOf(table, listings, numbered(1, 10));
    expect([items.map((row) => row["listing"]).toSorted((a, b) => String(a).localeCompare(String(b))), total]).toEqual([
      listings.map(({ pk }) => pk).toSorted((a, b) => a.localeCompare(b)), 2,
    ]);
  });

  it.each([numbered(1, 500), following(0, 500)])("of no listings is empty, without a read", async (wanted) => {
    expect(told(await pageOf(table, [], wanted))).toEqual(model([], wanted));
    expect(watched.asked).toEqual([]);
  });
});

describe("what a page costs", () => {
  const LENGTH = 1700;
  const long: { table: Listing; index: Listing } = { table: fresh(), index: fresh("gsi2") };
  beforeAll(async () => {
    for (const listing of Object.values(long)) await store(listing, upTo(LENGTH));
  }, 60_000);

  it.each([0, 5, 800, 1690])("after %i: one query of the page and one row more, however long the list is and whatever lies before", async (from) => {
    for (const listing of Object.values(long)) {
      forget();
      expect(numbers((await pageOf(table, [listing], following(from, 5))).items)).toEqual(upTo(from + 5, from + 1));
      expect(watched.asked.map(({ scanned, counting }) => [scanned, counting])).toEqual([[6, false]]);
    }
  });

  it("the last page: no row more", async () => {
    const page = await pageOf(table, [long.table], following(1695, 5));
    expect([numbers(page.items), page.next, watched.asked.map(({ scanned }) => scanned)]).toEqual([upTo(1700, 1696), undefined, [5]]);
  });

  it("by its number without the total: one query, and one that counts what lies before, without sending it", async () => {
    expect(numbers((await pageOf(table, [long.index], numbered(1, 5, false))).items)).toEqual(upTo(5));
    expect(watched.asked.map(({ scanned, counting }) => [scanned, counting])).toEqual([[6, false]]);
    forget();
    expect(numbers((await pageOf(table, [long.index], numbered(200, 5, false))).items)).toEqual(upTo(1000, 996));
    expect(watched.asked.map(({ scanned, counting }) => [scanned, counting])).toEqual([[995, true], [6, false]]);
  });

  it("with the total: each row of the list once, and one of them twice; none of it when the page is the end", async () => {
    expect((await pageOf(table, [long.index], numbered(3, 500))).total).toBe(LENGTH);
    expect([readFor(long.index), countedFor(long.index)]).toEqual([501, 1000 + 200]);
    forget();
    expect((await pageOf(table, [long.index], numbered(4, 500))).total).toBe(LENGTH);
    expect([readFor(long.index), countedFor(long.index)]).toEqual([200, 1500]);
    forget();
    expect((await pageOf(table, [long.index], numbered(9, 500))).total).toBe(LENGTH);
    expect([readFor(long.index), countedFor(long.index)]).toEqual([0, LENGTH]);
  });

  it("is told right where DynamoDB stops at a megabyte", async () => {
    const listings = [fresh("gsi1"), fresh("gsi1")];
    await store(listings[0]!, [1, 3, 5, 7, 9, 11, 13, 15], "x".repeat(300_000));
    await store(listings[1]!, [2, 4, 6, 8]);
    expect(told(await pageOf(table, listings, numbered(2, 5)))).toEqual({ numbers: [6, 7, 8, 9, 11], page: 2, perPage: 5, total: 12, next: 11 });
    forget();
    expect(told(await pageOf(table, [listings[0]!], numbered(2, 5)))).toEqual({ numbers: [11, 13, 15], page: 2, perPage: 5, total: 8 });
    expect([readFor(listings[0]!), countedFor(listings[0]!)]).toEqual([3, 5]);
    forget();
    expect(told(await pageOf(table, [listings[0]!], following(0, 5)))).toEqual({ numbers: [1, 3, 5, 7, 9], perPage: 5, next: 9 });
    expect(readFor(listings[0]!)).toBe(6);
  });

  it("of what fits: from the cursor on, never again what lies before", async () => {
    const odd = await pageOfFitting(table, [long.table], following(1000, 5), (row) => (row["number"] as number) % 2 === 1);
    expect([numbers(odd.items), odd.next]).toEqual([[1001, 1003, 1005, 1007, 1009], 1009]);
    expect(readFor(long.table)).toBe(700);
  });
});

describe("going on by `next`", () => {
  it("shows what was there all along exactly once, in order, whatever comes and goes meanwhile", async () => {
    const change = fc.record({ come: fc.array(anId, { maxLength: 3 }), go: fc.array(fc.nat(), { maxLength: 3 }) });
    await fc.assert(
      fc.asyncProperty(ids, dealt, fc.integer({ min: 1, max: 3 }), anyIndex, fc.integer({ min: 1, max: 6 }), fc.array(change, { maxLength: 12 }), async (all, hands, count, index, perPage, changes) => {
        const { listings } = await deal(all, hands, count, index);
        const homes = new Map(all.map((number, at) => [number, listings[hands[at]! % count]!]));
        const [constant, ever] = [new Set(all), new Set(all)];
        const shown: number[] = [];
        for (let [turn, from] = [0, 0 as number | undefined]; from !== undefined; turn++) {
          const page: Page<{ pk: string; sk: string }> = await pageOf(table, listings, following(from, perPage));
          shown.push(...numbers(page.items));
          from = page.next;
          const { come = [], go = [] } = changes[turn] ?? {};
          for (const number of come.filter((each) => !homes.has(each))) {
            homes.set(number, listings[number % count]!);
            ever.add(number);
            await store(homes.get(number)!, [number]);
          }
          for (const at of go) {
            const [number, home] = [...homes][at % Math.max(homes.size, 1)] ?? [];
            if (number === undefined || home === undefined) continue;
            homes.delete(number);
            constant.delete(number);
            await watched.remove(home, [number]);
          }
        }
        expect(shown).toEqual([...new Set(shown)].toSorted((a, b) => a - b));
        expect([...constant].filter((number) => !shown.includes(number))).toEqual([]);
        expect(shown.filter((number) => !ever.has(number))).toEqual([]);
      }),
      { numRuns: rounds(20) },
    );
  }, 60_000);
});
