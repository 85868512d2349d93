import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concerns, monthsBack, type AuditFilter } from "../../lib/domain/audit.ts";
import { epochSeconds, id, type AccessTokenId, type MemberId, type ServiceId } from "../../lib/domain/brands.ts";
import type { DomainEvent } from "../../lib/domain/events.ts";
import { account, NOW } from "../model/example.ts";

const [mia, max] = [id<MemberId>(1), id<MemberId>(2)];
const [hers, other] = [id<AccessTokenId>(11), id<AccessTokenId>(12)];
const [echo, foxtrot] = [id<ServiceId>(101), id<ServiceId>(102)];
const event = (over: Partial<DomainEvent> = {}): DomainEvent => ({
  id: "0000000000000001-00", accountId: account, type: "service.updated", at: NOW, actor: { memberId: mia, tokenId: hers }, subject: { serviceId: echo }, facts: {}, ...over,
});

describe("a record is found", () => {
  it.each<[string, AuditFilter, Partial<DomainEvent>, boolean]>([
    ["without a filter", {}, {}, true],
    ["without a filter, also when it is about a member and a token", {}, { subject: { memberId: max, tokenId: other } }, true],
    ["by the member who did it", { memberId: mia }, {}, true],
    ["by the member to whom it was done", { memberId: max }, { subject: { memberId: max } }, true],
    ["not by a member who had no part in it", { memberId: max }, {}, false],
    ["by the token with which it was done", { tokenId: hers }, {}, true],
    ["by the token to which it was done", { tokenId: other }, { subject: { tokenId: other } }, true],
    ["not by another token of the same member", { tokenId: other }, {}, false],
    ["by the service to which it was done", { serviceId: echo }, {}, true],
    ["not by another service", { serviceId: foxtrot }, {}, false],
    ["only when all holds that is asked", { memberId: mia, serviceId: foxtrot }, {}, false],
    ["not by a member, when Latchkey itself did it", { memberId: mia }, { actor: { system: "clean_up" } }, false],
    ["at the very second from which records are wanted", { since: NOW }, {}, true],
    ["not in the second before that", { since: epochSeconds(NOW + 1) }, {}, false],
    ["not at the very second until which they are wanted", { until: NOW }, {}, false],
    ["in the second before that", { until: epochSeconds(NOW + 1) }, {}, true],
  ])("%s", (_how, filter, over, found) => {
    expect(concerns(event(over), filter)).toBe(found);
  });
});

describe("the months of a time", () => {
  const at = (text: string) => epochSeconds(Date.parse(text) / 1000);

  it.each([
    ["2026-11-30T23:59:59Z", "2026-11-01T00:00:00Z", ["2026-11"]],
    ["2026-12-01T00:00:00Z", "2026-11-30T23:59:59Z", ["2026-12", "2026-11"]],
    ["2027-01-15T00:00:00Z", "2026-11-15T00:00:00Z", ["2027-01", "2026-12", "2026-11"]],
    ["2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z", []],
    ["1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z", ["1970-01"]],
  ])("from %s back to %s", (last, first, months) => {
    expect(monthsBack(at(last), at(first))).toEqual(months);
  });

  it("are each month once, without a gap", () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 4e9 }), fc.integer({ min: 0, max: 1e8 }), (first, length) => {
      const months = monthsBack(epochSeconds(first + length), epochSeconds(first));
      const numbers = months.map((month) => Number(month.slice(0, 4)) * 12 + Number(month.slice(5)));
      expect(numbers).toEqual(numbers.map((_, position) => numbers[0]! - position));
      expect(months.at(-1)).toBe(new Date(first * 1000).toISOString().slice(0, 7));
    }));
  });
});
