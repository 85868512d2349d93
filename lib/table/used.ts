import type { HourCount } from "../domain/analytics/series.ts";
import type { ApplicationId } from "../domain/brands.ts";
import { dayOf } from "../domain/time.ts";
import type { Table } from "./client.ts";
import { rowsOf } from "./list.ts";
import { keys, listings, type Key, type Row, type Used } from "./model.ts";
import { expectType, number } from "./row.ts";

/** In so many rows a service's use of a metric is counted each day; each application always counts in the same one. */
export const SERVICE_SHARDS = 8;

/** The row in which a service counts what this application uses on a day (`yyyy-mm-dd`, UTC); its hours are `h00` to `h23`. */
export function serviceDayKey(used: Used & { readonly subject: "SERVICE" }, application: ApplicationId, day: string): Key {
  return keys.usedOnDay(used, application % SERVICE_SHARDS, day);
}

/** The row in which an application's use of a metric on a day is counted. */
export function applicationDayKey(used: Used & { readonly subject: "APPLICATION" }, day: string): Key {
  return keys.usedOnDay(used, undefined, day);
}

/** What was used in the hours of UTC's days from the one of `since` to the one of `until` (seconds since 1970), in no order. */
export async function readUsed(table: Table, used: Used, since: number, until: number): Promise<readonly HourCount[]> {
  const shards = used.subject === "SERVICE" ? Array.from({ length: SERVICE_SHARDS }, (_, shard) => shard) : [undefined];
  const days = await Promise.all(shards.map((shard) =>
    Array.fromAsync(rowsOf(table, { ...listings.used(used, shard), between: [dayOf(since), dayOf(until)] }))));
  return days.flat().flatMap(hoursIn);
}

const HOURS = Array.from({ length: 24 }, (_, hour) => `h${String(hour).padStart(2, "0")}`);

function hoursIn(row: Row): HourCount[] {
  expectType(row, "used");
  const midnight = Date.parse(`${row.sk}T00:00:00Z`) / 1000;
  return HOURS.flatMap((name, hour) => (row[name] === undefined ? [] : [{ hour: midnight + hour * 3600, count: number(row, name) }]));
}
