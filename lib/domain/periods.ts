/** The periods of limits, longest first (3scale: apisonator, Period). */
export const PERIODS = ["eternity", "year", "month", "week", "day", "hour", "minute"] as const;
export type Period = (typeof PERIODS)[number];
