import type { EpochSeconds, MetricId } from "./brands.ts";
import { PERIODS, periodStart, type Period } from "./periods.ts";
import { applied, type Amount } from "./traffic.ts";

/** Some use of a metric at a time. */
export type Use = { readonly metricId: MetricId; readonly at: EpochSeconds; readonly amount: Amount };

/** What an application has used, by the metric's id: for each period, its beginning and the count, for those that run or will. */
export type Counts = Readonly<Record<string, Readonly<Partial<Record<Period, readonly Bucket[]>>>>>;
type Bucket = readonly [start: number, count: number];

/** The count of a metric in the period that is running. */
export function countIn(counts: Counts, metricId: MetricId, period: Period, now: EpochSeconds): number {
  const start = periodStart(period, now);
  return counts[metricId]?.[period]?.find(([begun]) => begun === start)?.[1] ?? 0;
}

/**
 * The counts after some use, in the order given. Use counts into the periods of its own time; periods that are over
 * by `now` are forgotten, because no limit looks at them (3scale: apisonator, Stats::Aggregator).
 */
export function counted(counts: Counts, uses: readonly Use[], now: EpochSeconds): Counts {
  const after: Record<string, Partial<Record<Period, readonly Bucket[]>>> = { ...counts };
  for (const { metricId, at, amount } of uses) {
    const metric = { ...after[metricId] };
    for (const period of PERIODS) {
      const start = periodStart(period, at);
      const running = periodStart(period, now);
      const others = (metric[period] ?? []).filter(([begun]) => begun !== start);
      const before = metric[period]?.find(([begun]) => begun === start)?.[1] ?? 0;
      metric[period] = [...others, [start, applied(amount, before)] as const].filter(([begun]) => begun >= running);
    }
    after[metricId] = metric;
  }
  return after;
}
