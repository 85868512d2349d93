import { lambda } from "../lib/http/lambda.ts";
import { invoiceReads, invoiceWrites } from "./invoices.ts";
import { lineItemReads, lineItemWrites } from "./line-items.ts";

/** The Billing API: one function per effect behind greedy routes (D18), so that the role of the reading one can do nothing but read (D3). */
export const read = lambda(...invoiceReads, ...lineItemReads);

export const write = lambda(...invoiceWrites, ...lineItemWrites);
