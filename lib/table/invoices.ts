import {
  id, parseMonth, tenThousandths, type AccountId, type ApplicationId, type DeveloperAccountId, type Id, type InvoiceId, type MetricId, type Month, type PlanId,
} from "../domain/brands.ts";
import { CREATION_TYPES, INVOICE_STATES, LINE_ITEM_KINDS, type Invoice, type LineItem, type PaymentTransaction } from "../domain/invoices.ts";
import { readRow, type Table } from "./client.ts";
import { collection, type Parent } from "./collection.ts";
import { rowsOf } from "./list.ts";
import { keys, listings } from "./model.ts";
import { pageOf, pageOfFitting, type Page, type PageWanted } from "./page.ts";
import { idIn, number, oneOf, text, time } from "./row.ts";
import type { Write } from "./transact.ts";

/** Invoices are listed under whose they are, and under their month, whose number (`202611`) serves as its id. */
export const ofBuyer = (buyer: DeveloperAccountId): Parent => ({ kind: "DEVELOPER_ACCOUNT", id: buyer, index: "gsi1" });
export const ofMonth = (month: Month): Parent => ({ kind: "MONTH", id: id<Id>(Number(month.replace("-", ""))), index: "gsi2" });
export const ofInvoice = (invoice: InvoiceId): Parent => ({ kind: "INVOICE", id: invoice, index: "gsi1" });

export const invoices = collection<Invoice>({
  kind: "INVOICE",
  parents: (invoice) => [ofBuyer(invoice.developerAccountId), ofMonth(invoice.period)],
  attributes: (row) => ({
    developerAccountId: idIn(row, "developerAccountId"),
    friendlyId: text(row, "friendlyId"),
    period: monthIn(text(row, "period")),
    state: oneOf(row, "state", INVOICE_STATES),
    currency: text(row, "currency"),
    total: tenThousandths(row["total"]),
    creationType: oneOf(row, "creationType", CREATION_TYPES),
    ...(row["issuedOn"] === undefined ? {} : { issuedOn: text(row, "issuedOn") }),
    ...(row["dueOn"] === undefined ? {} : { dueOn: text(row, "dueOn") }),
    ...(row["paidAt"] === undefined ? {} : { paidAt: time(row, "paidAt") }),
  }),
});

export const lineItems = collection<LineItem>({
  kind: "LINE_ITEM",
  parents: (item) => [ofInvoice(item.invoiceId)],
  attributes: (row) => ({
    invoiceId: idIn(row, "invoiceId"),
    developerAccountId: idIn(row, "developerAccountId"),
    kind: oneOf(row, "kind", LINE_ITEM_KINDS),
    ...(row["name"] === undefined ? {} : { name: text(row, "name") }),
    ...(row["description"] === undefined ? {} : { description: text(row, "description") }),
    ...(row["quantity"] === undefined ? {} : { quantity: number(row, "quantity") }),
    cost: tenThousandths(row["cost"]),
    ...(row["metricId"] === undefined ? {} : { metricId: idIn<MetricId>(row, "metricId") }),
    ...(row["planId"] === undefined ? {} : { planId: idIn<PlanId>(row, "planId") }),
    ...(row["applicationId"] === undefined ? {} : { applicationId: idIn<ApplicationId>(row, "applicationId") }),
  }),
});

export const paymentTransactions = collection<PaymentTransaction>({
  kind: "PAYMENT_TRANSACTION",
  parents: (payment) => [ofInvoice(payment.invoiceId)],
  attributes: (row) => ({
    invoiceId: idIn(row, "invoiceId"),
    developerAccountId: idIn(row, "developerAccountId"),
    success: row["success"] === true,
    amount: tenThousandths(row["amount"]),
    currency: text(row, "currency"),
    action: text(row, "action"),
    test: row["test"] === true,
    ...(row["reference"] === undefined ? {} : { reference: text(row, "reference") }),
    ...(row["message"] === undefined ? {} : { message: text(row, "message") }),
  }),
});

/** One page of the account's invoices, of a developer account's or of a month's; with `fit`, only of those, read along the list. */
export async function pageOfInvoices(
  table: Table, account: AccountId, of: "account" | Parent, wanted: PageWanted, fit?: (invoice: Invoice) => boolean,
): Promise<Page<Invoice>> {
  const listing = [listingOf(account, of)];
  const page = fit === undefined ? await pageOf(table, listing, wanted) : await pageOfFitting(table, listing, wanted, (row) => fit(invoices.from(row)));
  return { ...page, items: page.items.map(invoices.from) };
}

/** Whether a developer account has an invoice of some kind. */
export async function hasInvoice(table: Table, account: AccountId, buyer: DeveloperAccountId, fit: (invoice: Invoice) => boolean): Promise<boolean> {
  for await (const row of rowsOf(table, listingOf(account, ofBuyer(buyer)))) {
    if (fit(invoices.from(row))) return true;
  }
  return false;
}

/** The last number that was given to an invoice of a month; 0 when there was none. */
export async function lastNumber(table: Table, account: AccountId, month: Month): Promise<number> {
  const row = await readRow(table, keys.invoiceNumber(account, month));
  return row === undefined ? 0 : number(row, "last");
}

/** Notes the last number, for whoever looks for the next one. What makes a number one invoice's alone is its name. */
export function noteNumber(account: AccountId, month: Month, last: number): Write {
  return { put: { ...keys.invoiceNumber(account, month), type: "invoice_number", last } };
}

const listingOf = (account: AccountId, of: "account" | Parent) =>
  of === "account" ? listings.entities(invoices.kind, account) : listings.entitiesOf(of, invoices.kind, account);

function monthIn(month: string): Month {
  const found = parseMonth(month);
  if (found === undefined) throw new Error("The invoice has a bad period");
  return found;
}
