import type { ApplicationId } from "../domain/brands.ts";
import { keys, type Key, type Used } from "./model.ts";

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
