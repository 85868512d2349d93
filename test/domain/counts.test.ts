import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { epochSeconds, id, type EpochSeconds, type MetricId } from "../../lib/domain/brands.ts";
import { counted, countIn, type Counts, type Use } from "../../lib/domain/counts.ts";
import { PERIODS, periodStart } from "../../lib/domain/periods.ts";

const NOW = epochSeconds(Date.parse("2026-11-29T23:59:30Z") / 1000);
const M = id<MetricId>(1);
const later = (seconds: number) => epochSeconds(NOW + seconds);
const use = (value: number, at: EpochSeconds = NOW, op: "add" | "set" = "add"): Use => ({ metricId: M, at, amount: { op, value } });
const all = (counts: Counts, now: EpochSeconds = NOW) => PERIODS.map((period) => countIn(counts, M, period, now));

describe("what was used", () => {
  it("counts into every period of its own time", () => {
    expect(all(counted({}, [use(2), use(3)], NOW))).toEqual([5, 5, 5, 5, 5, 5, 5]);
  });

  it("is nothing of a period of which nothing was kept, and of a metric that nobody used", () => {
    expect([all({}), all({ [M]: {} })]).toEqual([[0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0]]);
  });

  it("an hour ago is not of this hour nor of this minute", () => {
    expect(all(counted({}, [use(2, later(-3600))], NOW))).toEqual([2, 2, 2, 2, 2, 0, 0]);
  });

  it("in the next minute, which is a new day and week here: it waits there, and takes nothing from what runs", () => {
    const counts = counted(counted({}, [use(2)], NOW), [use(3, later(30))], NOW);
    expect(all(counts)).toEqual([5, 5, 5, 2, 2, 2, 2]);
    expect(all(counts, later(30))).toEqual([5, 5, 5, 3, 3, 3, 3]);
  });

  it("is forgotten with its period, and nothing grows for ever", () => {
    const counts = counted(counted({}, [use(2)], NOW), [use(1, later(86_400))], later(86_400));
    expect(Object.values(counts[M] ?? {}).map((buckets) => buckets.length)).toEqual([1, 1, 1, 1, 1, 1, 1]);
  });

  it("that sets a count is what it was set to, in each period of its time", () => {
    expect(all(counted({}, [use(9), use(4, NOW, "set"), use(1)], NOW))).toEqual([5, 5, 5, 5, 5, 5, 5]);
  });

  it("counts the same however it is cut into pieces, and is what a plain sum says", () => {
    const uses = fc.array(fc.record({ value: fc.nat(9), ago: fc.integer({ min: -3600, max: 86_400 }) }).map(({ value, ago }) => use(value, later(-ago))), { maxLength: 20 });
    fc.assert(fc.property(uses, fc.nat(20), (given, cut) => {
      const counts = counted(counted({}, given.slice(0, cut), NOW), given.slice(cut), NOW);
      const sums = PERIODS.map((period) => given.filter(({ at }) => periodStart(period, at) === periodStart(period, NOW)).reduce((sum, { amount }) => sum + amount.value, 0));
      expect(all(counts)).toEqual(sums);
    }));
  });
});
