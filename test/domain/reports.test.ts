import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { epochSeconds, id, type AccountId, type ApplicationId, type MetricId, type ServiceId } from "../../lib/domain/brands.ts";
import { sharesOf, timeOf, type Report } from "../../lib/domain/reports.ts";
import { dayOf } from "../../lib/domain/time.ts";
import { TrafficError } from "../../lib/domain/traffic-errors.ts";

const NOW = epochSeconds(Date.parse("2026-11-24T10:00:00Z") / 1000);
const iso = (text: unknown) => new Date(timeOf(text, NOW) * 1000).toISOString();

describe("the time of a transaction", () => {
  it.each<[unknown, string]>([
    [String(NOW - 60), "2026-11-24T09:59:00.000Z"],
    ["2026-11-24 09:30:25", "2026-11-24T09:30:25.000Z"],
    ["2026-11-24 09:30:25 +02:00", "2026-11-24T07:30:25.000Z"],
    ["2026-11-24 09:30:25 +0200", "2026-11-24T07:30:25.000Z"],
    ["2026-11-24T09:30:25Z", "2026-11-24T09:30:25.000Z"],
    ["2026-11-24 9:30:25 UTC", "2026-11-24T09:30:25.000Z"],
    ["  2026-11-24 09:30:25  ", "2026-11-24T09:30:25.000Z"],
    ["2026-11-24 09:30:25.75", "2026-11-24T09:30:25.000Z"],
    ["2026-11-24 09:30:25.123456 -0030", "2026-11-24T10:00:25.000Z"], ["2026-11-24 09:00:00 +19:59", "2026-11-23T13:01:00.000Z"], ["2026-11-23 12:00:00 -23:00", "2026-11-24T11:00:00.000Z"],
    ...["x2026-11-24 09:30:25", "2026-11-24 09:30:25x", "2026-11-24 09:30:25.", "2026-11-24 09:30:25.x", "2026-11-24 09:30:25 +1:00", "2026-11-24 09:30", "1764000000000x", "1969-12-31 23:59:59", "9999999999999", "2026-11-24 09:30:25 +24:00", "2026-11-24 09:30:25 +00:60", "2026-11-24 24:00:01", "2026-11-24 10:60:00"]
      .map((text): [unknown, string] => [text, "2026-11-24T10:00:00.000Z"]),
    ...["", " ", "yesterday", "2026-13-45 99:99:99", undefined, null, ["2026-11-24 09:30:25"], {}].map((text): [unknown, string] => [text, "2026-11-24T10:00:00.000Z"]),
  ])("%j is %s", (text, time) => {
    expect(iso(text)).toBe(time);
  });

  it("before which there is none was long ago", () => {
    expect(() => timeOf("1970-01-01 00:00:00", NOW)).toThrow("older than");
  });

  it.each([
    [NOW - 86_400, NOW + 3600].map(String), ["2026-11-23 10:00:00", "2026-11-24 11:00:00"],
  ])("a day ago (%s) and an hour from now (%s) are the last that count", (oldest, newest) => {
    expect(timeOf(oldest, NOW)).toBe(NOW - 86_400);
    expect(timeOf(newest, NOW)).toBe(NOW + 3600);
    expect(() => timeOf("2026-11-23 09:59:59", NOW)).toThrow(new TrafficError("transaction_timestamp_too_old", "reporting transactions older than 86400 seconds is not allowed"));
    expect(() => timeOf("2026-11-24 11:00:01", NOW)).toThrow(new TrafficError("transaction_timestamp_too_new", "reporting transactions more than 3600 seconds in the future is not allowed"));
  });
});

const uses = fc.array(fc.record({
  applicationId: fc.integer({ min: 1, max: 3 }).map((number) => id<ApplicationId>(number)), metricId: fc.integer({ min: 1, max: 70 }).map((number) => id<MetricId>(number)),
  at: fc.integer({ min: -86_400, max: 3600 }).map((offset) => epochSeconds(NOW + offset)), amount: fc.record({ op: fc.constantFrom("add", "set"), value: fc.nat(5) }),
}), { maxLength: 150, size: "max" });
const reportOf = (given: Report["uses"]): Report => ({ id: "r", accountId: id<AccountId>(1), serviceId: id<ServiceId>(2), at: NOW, uses: given });

describe("the parts of a report", () => {
  it("are none of a report that says nothing, one for twenty pairs, and two for one more", () => {
    const ofPairs = (pairs: number) => sharesOf(reportOf(Array.from({ length: pairs }, (_, number) => ({ applicationId: id<ApplicationId>(1), metricId: id<MetricId>(number + 1), at: NOW, amount: { op: "add", value: 1 } }))));
    expect([0, 20, 21, 40].map((pairs) => ofPairs(pairs).map(({ part, uses: own }) => [part, own.length]))).toEqual([[], [[0, 20]], [[0, 20], [1, 1]], [[0, 20], [1, 20]]]);
  });

  it("hold each use once, by application, in at most twenty pairs of metric and day", () => {
    fc.assert(fc.property(uses, (given) => {
      const shares = sharesOf(reportOf(given));
      const put = shares.flatMap(({ applicationId, uses: own }) => own.map((use) => ({ ...use, applicationId })));
      const key = ({ applicationId, metricId, at, amount }: Report["uses"][number]) => [applicationId, metricId, at, amount.op, amount.value].join();
      expect(put.map(key).sort()).toEqual(given.map(key).sort());
      for (const { uses: own } of shares) expect(new Set(own.map(({ metricId, at }) => `${metricId} ${dayOf(at)}`)).size).toBeLessThanOrEqual(20);
      const names = shares.map(({ applicationId, part }) => `${applicationId} ${part}`);
      expect(new Set(names).size).toBe(names.length);
    }));
  });

  it("are the same whenever they are made, and keep the order of what was set", () => {
    fc.assert(fc.property(uses, (given) => {
      expect(sharesOf(reportOf(given))).toEqual(sharesOf(reportOf([...given])));
      const order = (list: readonly { metricId: number; at: number }[], metric: number) => list.filter(({ metricId }) => metricId === metric);
      for (const { applicationId, uses: own } of sharesOf(reportOf(given))) {
        for (const { metricId, at } of own) {
          const day = dayOf(at);
          const same = (list: Report["uses"]) => order(list.filter((use) => use.applicationId === applicationId && dayOf(use.at) === day), metricId);
          expect(own.filter((use) => use.metricId === metricId && dayOf(use.at) === day).map((use) => ({ ...use, applicationId }))).toEqual(same(given).map((use) => ({ ...use })));
        }
      }
    }), { numRuns: 20 });
  });
});
