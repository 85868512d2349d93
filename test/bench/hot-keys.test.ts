import { describe, expect, it } from "vitest";
import type { Load } from "../../bench/cost/written.ts";
import { named } from "../../bench/hot-keys/loads.ts";
import { refusedByMinute, type Demand } from "../../bench/hot-keys/partitions.ts";
import { ratesOf, TABLE_QUOTA, type Spread } from "../../bench/hot-keys/rate.ts";

const load = (pk: string, sk: string, units: Partial<Load> = {}): Load => ({ in: "table", pk, sk, reads: 0, writes: 0, ...units });
const reading = (pk: string, sk = "row", reads = 1) => load(pk, sk, { reads });
const writing = (pk: string, sk = "row", writes = 1) => load(pk, sk, { writes });
/** As rates are looked for, in steps of half a percent. */
const about = (rate: number) => ({ from: rate * 0.99, to: rate });
const within = ({ from, to }: ReturnType<typeof about>) => expect.toSatisfy((rate: number) => rate >= from && rate <= to, `${from} to ${to}`) as number;
const settled = (loads: readonly Load[], spread: Spread = {}) => ratesOf(loads, spread).settled;

describe("a key", () => {
  it.each([
    ["is read 3,000 times a second, and no more", [reading("a")], 3000],
    ["is written 1,000 times a second, and no more", [writing("a")], 1000],
    ["is read and written apart: neither takes from the other", [reading("a"), writing("a")], 1000],
    ["that is larger takes fewer reads", [reading("a", "row", 3)], 1000],
    ["in a transaction takes half the writes", [writing("a", "row", 2)], 500],
  ] as const)("%s, however long that lasts", (_guarantee, loads, expected) => {
    expect(settled(loads)).toEqual(within(about(expected)));
  });

  it("that lies beside another under the same partition key is cut from it, and both are read 3,000 times", () => {
    const loads = [reading("a", "1"), reading("a", "2")];
    expect(ratesOf(loads, {})).toMatchObject({ atOnce: within(about(1500)), settled: within(about(3000)) });
  });

  it("that is another each time, after all that were there, is never helped by cutting", () => {
    expect(ratesOf([writing("list", "{new}")], {})).toMatchObject({ atOnce: within(about(1000)), settled: within(about(1000)), first: "table list" });
  });

  it("that is another each time under a partition key of its own goes as far as the table", () => {
    expect(settled([writing("row {new}")])).toEqual(within(about(TABLE_QUOTA)));
  });

  it("of many is as good as there are many: until the quota of the table", () => {
    expect(settled([reading("member{member}")], { member: 4 })).toEqual(within(about(4 * 3000)));
    expect(ratesOf([reading("member{member}")], { member: 100 })).toMatchObject({ settled: within(about(TABLE_QUOTA)), first: "the table's quota" });
  });

  it("that all share binds all of them, and is named", () => {
    expect(ratesOf([reading("member{member}"), reading("account")], { member: 100 })).toMatchObject({ settled: within(about(3000)), first: "table account" });
  });

  it("of an index that is full keeps the table from being written", () => {
    expect(ratesOf([writing("{new}"), { ...writing("all"), in: "gsi1" }], {})).toMatchObject({ settled: within(about(1000)), first: "gsi1 all" });
  });
});

describe("a partition", () => {
  const steady = (demands: readonly Demand[]) => refusedByMinute(() => demands);
  const parts = (refused: ReturnType<typeof steady>, minutes: number) => Array.from({ length: minutes }, () => refused.next().value.part);

  it("refuses what is above its limit, and nothing of what is not", () => {
    expect(parts(steady([reading("a", "row", 3000)]), 2)).toEqual([0, 0]);
    expect(parts(steady([reading("a", "row", 4000)]), 10)).toEqual(Array.from({ length: 10 }, () => 0.25));
  });

  it("is cut when it has been hot for five minutes, and not when it was hot now and then", () => {
    const two = [reading("a", "1", 2000), reading("a", "2", 2000)];
    expect(parts(steady(two), 6)).toEqual([0.25, 0.25, 0.25, 0.25, 0.25, 0]);
    expect(parts(refusedByMinute((minute) => (minute % 2 === 0 ? two : [])), 12)).toEqual(Array.from({ length: 12 }, (_, minute) => (minute % 2 === 0 ? 0.25 : 0)));
  });

  it("holds neighbours too, at first: a table begins with four of them", () => {
    const many = Array.from({ length: 400 }, (_, number) => reading(`key ${number}`, "row", 20));
    // 8,000 units over four partitions, as evenly as hashes are.
    expect(parts(steady(many), 1)).toEqual([0]);
    expect(parts(steady(many.map((demand) => ({ ...demand, reads: 31 }))), 1)[0]).toBeGreaterThan(0);
  });
});

describe("the names of keys", () => {
  it.each([
    ["an id that is known", "ACCOUNT#244887536281354#MEMBERS", "ACCOUNT#{account}#MEMBERS"],
    ["one that is padded", "00244887536281354", "00{account}"],
    ["one that nobody knows", "ACCOUNT#244887536281354#MEMBER#244885908909686#TOKEN#244885910654802", "ACCOUNT#{account}#MEMBER#{new}#TOKEN#{new}"],
    ["a name drawn at random", "REPORT#F77ZH_pPNhrsqr6clxuZMd71TdvtCs0E", "REPORT#{new}"],
    ["an event's id", "0244887536281355-b2a1c3", "{new}"],
    ["the month", "EVENT#244887536281354#2026-11", "EVENT#{account}#{now}"],
    ["the day", "2026-11-29", "{now}"],
  ])("%s", (_what, key, expected) => {
    expect(named(key, [["244887536281354", "account"]])).toBe(expected);
  });

  it("tell a service's places of counting by the application", () => {
    expect(named("ACCOUNT#1#SERVICE#2#USED#METRIC#3#7", [["2", "service"], ["3", "metric"]])).toBe("ACCOUNT#1#SERVICE#{service}#USED#METRIC#{metric}#{shard}");
  });
});
