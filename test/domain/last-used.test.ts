import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { epochSeconds, id, type AccessTokenId, type AccountId, type MemberId } from "../../lib/domain/brands.ts";
import { hourOf, latestUses, nameOfUsed, type TokenUse } from "../../lib/domain/last-used.ts";

const at = (text: string) => epochSeconds(Date.parse(text) / 1000);
const use = (account: number, owner: number, token: number, seconds: number): TokenUse => ({
  accountId: id<AccountId>(account), ownerId: id<MemberId>(owner), id: id<AccessTokenId>(token), at: epochSeconds(seconds),
});
const few = fc.integer({ min: 1, max: 3 });
const someUses = fc.array(fc.tuple(few, few, few, fc.nat(10_000)).map((numbers) => use(...numbers)));

describe("the hour of a use", () => {
  it.each([
    ["begins with its first second", "2026-11-24T12:00:00Z", "2026-11-24T12:00:00Z"],
    ["lasts until its last", "2026-11-24T12:59:59Z", "2026-11-24T12:00:00Z"],
    ["is over with the next one's first", "2026-11-24T13:00:00Z", "2026-11-24T13:00:00Z"],
  ])("%s", (_guarantee, used, hour) => {
    expect(hourOf(at(used))).toBe(at(hour));
  });

  it("began less than an hour before it, whenever it was", () => {
    fc.assert(fc.property(fc.nat(2 ** 40), (seconds) => {
      const hour = hourOf(epochSeconds(seconds));
      expect([hour % 3600, hour <= seconds, seconds - hour < 3600]).toEqual([0, true, true]);
    }));
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

  it("tell tokens of one id apart by whose they are", () => {
    const uses = [use(1, 1, 1, 1), use(1, 2, 1, 2), use(2, 1, 1, 3), use(1, 11, 1, 4), use(11, 1, 1, 5), use(1, 1, 11, 6)];
    expect(latestUses(uses)).toEqual(uses);
  });
});
