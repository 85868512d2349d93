import type { EpochSeconds } from "./brands.ts";

/** A time as 3scale writes it: ISO 8601 in UTC, whole seconds. */
export function isoSeconds(time: EpochSeconds): string {
  return new Date(time * 1000).toISOString().replace(".000Z", "Z");
}

/** The day of a time (seconds since 1970) in UTC, as `yyyy-mm-dd`. */
export function dayOf(time: number): string {
  return new Date(time * 1000).toISOString().slice(0, 10);
}
