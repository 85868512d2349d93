import { epochSeconds, type EpochSeconds } from "./brands.ts";

/** The periods of limits and counts, longest first (3scale: apisonator, Period). */
export const PERIODS = ["eternity", "year", "month", "week", "day", "hour", "minute"] as const;
export type Period = (typeof PERIODS)[number];

/** When the period that holds `time` begins, in UTC; weeks begin on Monday. Eternity begins with time. */
export function periodStart(period: Period, time: EpochSeconds): EpochSeconds {
  const date = new Date(time * 1000);
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  switch (period) {
    case "eternity":
      return epochSeconds(0);
    case "year":
      return utc(year, 0, 1);
    case "month":
      return utc(year, month, 1);
    case "week":
      return utc(year, month, day - ((date.getUTCDay() + 6) % 7));
    case "day":
      return utc(year, month, day);
    case "hour":
      return epochSeconds(time - (time % 3600));
    case "minute":
      return epochSeconds(time - (time % 60));
  }
}

/** When the period that holds `time` ends, which is when the next begins. Eternity does not: undefined. */
export function periodEnd(period: Period, time: EpochSeconds): EpochSeconds | undefined {
  const start = new Date(periodStart(period, time) * 1000);
  const [year, month, day] = [start.getUTCFullYear(), start.getUTCMonth(), start.getUTCDate()];
  switch (period) {
    case "eternity":
      return undefined;
    case "year":
      return utc(year + 1, 0, 1);
    case "month":
      return utc(year, month + 1, 1);
    case "week":
      return utc(year, month, day + 7);
    case "day":
      return utc(year, month, day + 1);
    case "hour":
      return epochSeconds(periodStart(period, time) + 3600);
    case "minute":
      return epochSeconds(periodStart(period, time) + 60);
  }
}

function utc(year: number, month: number, day: number): EpochSeconds {
  return epochSeconds(Date.UTC(year, month, day) / 1000);
}
