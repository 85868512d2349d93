/** What was used in one hour of UTC, by the time at which that begins (seconds since 1970). */
export type HourCount = { readonly hour: number; readonly count: number };

/**
 * What was used in each cycle, zero where nothing was. Counts are of UTC's hours (as 3scale's are): where a zone is not
 * whole hours away from UTC, an hour belongs to the cycle in which it begins.
 */
export function seriesOf(borders: readonly number[], counts: readonly HourCount[]): readonly number[] {
  const values = borders.slice(1).map(() => 0);
  for (const { hour, count } of counts) {
    const cycle = cycleAt(borders, hour);
    if (cycle in values) values[cycle] = (values[cycle] ?? 0) + count;
  }
  return values;
}

/** What was used from `since` up to `until`, which is no part of it. */
export function totalOf(counts: readonly HourCount[], since: number, until: number): number {
  return counts.reduce((sum, { hour, count }) => (since <= hour && hour < until ? sum + count : sum), 0);
}

/** By how many per cent something grew (3scale: Numeric#percentage_change_from); from nothing to something is 100. */
export function percentageChange(before: number, now: number): number {
  if (before === now) return 0;
  return before === 0 ? 100 : ((now - before) / before) * 100;
}

/** The position of the last border that is not after a time; -1 before the first. */
function cycleAt(borders: readonly number[], time: number): number {
  let [low, high] = [0, borders.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((borders[middle] ?? Infinity) <= time) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
