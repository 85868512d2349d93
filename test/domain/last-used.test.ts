import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { epochSeconds, id, type AccessTokenId, type AccountId, type MemberId } from "../../lib/domain/brands.ts";
import { IDS_PER_MS, idNumber } from "../../lib/domain/ids.ts";
import { hourOf, isOverAt, latestUses, nameOfUsed, type TokenUse } from "../../lib/domain/last-used.ts";

const at = (text: string) => epochSeconds(Date.parse(text) / 1000);
const use = (account: number, owner: number, token: number, seconds: number): TokenUse => ({
  accountId: id<AccountId>(account), ownerId: id<MemberId>(owner), id: id<AccessTokenId>(token), at: epochSeconds(seconds),
});
const few = fc.integer({ min: 1, max: 3 });
const someUses = fc.array(fc.tuple(few, few, few, fc.nat(10_000)).map((numbers) => use(...numbers)));

describe("the hour of a use", () => {
  it.each([
    ["begins with its first second", 3600, "2026-11-24T12:00:00Z", "2026-11-24T12:00:00Z"],
    ["lasts until its last", 3600, "2026-11-24T12:59:59Z", "2026-11-24T12:00:00Z"],
    ["is over with the next one's first", 3600, "2026-11-24T13:00:00Z", "2026-11-24T13:00:00Z"],
    ["begins where its token's hours begin", 3600 - 600, "2026-11-24T12:59:59Z", "2026-11-24T12:10:00Z"],
    ["is another one before that", 3600 - 600, "2026-11-24T12:09:59Z", "2026-11-24T11:10:00Z"],
  ])("%s", (_guarantee, token, used, hour) => {
    expect(hourOf({ id: id(token), at: at(used) })).toBe(at(hour));
  });

  it("began less than an hour before it, whenever it was, at the same second of all its token's hours", () => {
    fc.assert(fc.property(fc.integer({ min: 3600, max: 2 ** 40 }), fc.integer({ min: 1, max: 10 ** 14 }), (seconds, token) => {
      const hour = hourOf({ id: id(token), at: epochSeconds(seconds) });
      expect([(hour + token) % 3600, hour <= seconds, seconds - hour < 3600]).toEqual([0, true, true]);
      expect([isOverAt(hour, hour + 3599), isOverAt(hour, hour + 3600)]).toEqual([false, true]);
    }));
  });

  it("begins for many tokens at as many seconds, even if they were made one after the other: no minute sees more than its share", () => {
    const made = Array.from({ length: 6000 }, (_, number) => id<AccessTokenId>(idNumber(1_760_000_000_000 + number * 7, number % IDS_PER_MS)));
    const began = Map.groupBy(made, (token) => Math.floor((hourOf({ id: token, at: at("2026-11-24T12:30:00Z") }) % 3600) / 60));
    expect(began.size).toBe(60);
    expect(Math.max(...[...began.values()].map((tokens) => tokens.length))).toBeLessThan(200);
  });
});

describe("the latest uses", () => {
  it("are one of each token that was used, and none of them was used later", () => {
    fc.assert(fc.property(someUses, (uses) => {
      const latest = latestUses(uses);
      expect(latest.map(nameOfUsed).toSorted()).toEqual([...new Set(uses.map(nameOfUsed))].toSorted());
      for (const { at: last, ...token } of latest) {
        expect(last).toBe(Math.max(...uses.filter((each) => nameOfUsed(each) === nameOfUsed({ ...token, at: last })).map((each) => each.at)));
      }
    }));
  });

  it("are the first of those in the same second", () => {
    const [first, second] = [use(1, 1, 1, 5), use(1, 1, 1, 5)];
    expect(latestUses([first, second])[0]).toBe(first);
  });

  it("tell tokens of one id apart by whose they are", () => {
    const uses = [use(1, 1, 1, 1), use(1, 2, 1, 2), use(2, 1, 1, 3), use(1, 11, 1, 4), use(11, 1, 1, 5), use(1, 1, 11, 6)];
    expect(latestUses(uses)).toEqual(uses);
  });
});
