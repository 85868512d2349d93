import type { EpochSeconds } from "../domain/brands.ts";
import { readRow, type Table } from "./client.ts";
import type { Key, Row } from "./model.ts";
import { expectType, number, text } from "./row.ts";

/** A request that has been carried out: what it asked, as a digest, and what it made, sealed. */
export type CarriedOutRequest = { readonly asked: string; readonly pepper: number; readonly sealed: string };

/** At least so long it is known that a request has been carried out: longer than any program repeats one. */
const KEPT_SECONDS = 24 * 60 * 60;

export function requestRow(key: Key, { asked, pepper, sealed }: CarriedOutRequest, now: EpochSeconds): Row {
  return { ...key, type: "request", asked, pepper, sealed, ttl: now + KEPT_SECONDS };
}

export async function readRequest(table: Table, key: Key): Promise<CarriedOutRequest | undefined> {
  const row = await readRow(table, key);
  if (row === undefined) return undefined;
  expectType(row, "request");
  return { asked: text(row, "asked"), pepper: number(row, "pepper"), sealed: text(row, "sealed") };
}
