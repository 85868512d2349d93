import type { Month } from "./brands.ts";
import type { Invoice } from "./invoices.ts";

/** What an invoice may be called by its owner: a number of a month or of a year (3scale: Invoice, validation of friendly_id). */
export const FRIENDLY_ID = /^\d{4}(?:-\d{2})?-\d{8}$/;
const OF_A_MONTH = /^\d{4}-\d{2}-\d{8}$/;

/** The invoice number `2026-11-00000001`. */
export function friendlyIdOf(month: Month, number: number): string {
  return `${month}-${String(number).padStart(8, "0")}`;
}

/**
 * The number that no other invoice of the provider may have. Numbers of a year are none of our numbering: whoever
 * gives them keeps their own order, which 3scale does not look at either.
 */
export function numberHeldBy({ friendlyId }: Pick<Invoice, "friendlyId">) {
  return OF_A_MONTH.test(friendlyId) ? [{ scope: "INVOICES#", field: "friendly_id", value: friendlyId }] as const : [];
}
