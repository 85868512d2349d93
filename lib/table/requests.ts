import type { EpochSeconds } from "../domain/brands.ts";
import { readRow, type Table } from "./client.ts";
import type { Key, Row } from "./model.ts";
import { expectType, text } from "./row.ts";

/** A request that has been carried out: what it asked, as a digest, and which thing it made, as JSON. */
export type CarriedOutRequest = { readonly asked: string; readonly made: string };

/** At least so long it is known that a request has been carried out: longer than any program repeats one. */
const KEPT_SECONDS = 24 * 60 * 60;

export function requestRow(key: Key, { asked, made }: CarriedOutRequest, now: EpochSeconds): Row {
  return { ...key, type: "request", asked, made, ttl: now + KEPT_SECONDS };
}

export async function readRequest(table: Table, key: Key): Promise<CarriedOutRequest | undefined> {
  const row = await readRow(table, key);
  if (row === undefined) return undefined;
  expectType(row, "request");
  return { asked: text(row, "asked"), made: text(row, "made") };
}
