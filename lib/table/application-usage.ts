import type { Counts } from "../domain/counts.ts";
import type { Application } from "../domain/model.ts";
import { keys, type Credential, type Key, type Row } from "./model.ts";
import { expectType, number } from "./row.ts";

/** What an application has used, as its limits see it: a row beside each of its credentials, so that one read brings both. */
export type ApplicationUsage = { readonly version: number; readonly counts: Counts };

export const UNUSED: ApplicationUsage = { version: 0, counts: {} };

export function applicationUsageKey({ accountId, serviceId }: Pick<Application, "accountId" | "serviceId">, credential: Credential): Key {
  return keys.credentialUsage(accountId, serviceId, credential);
}

export function applicationUsageRow(key: Key, { version, counts }: ApplicationUsage): Row {
  return { ...key, type: "application_usage", version, counts };
}

export function applicationUsageFrom(row: Row | undefined): ApplicationUsage {
  if (row === undefined) return UNUSED;
  expectType(row, "application_usage");
  return { version: number(row, "version"), counts: row["counts"] as Counts };
}
