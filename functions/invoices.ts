import * as z from "zod/mini";
import { parseId, parseMonth, type DeveloperAccountId, type InvoiceId, type Month } from "../lib/domain/brands.ts";
import { missingParameter } from "../lib/domain/errors.ts";
import { FRIENDLY_ID } from "../lib/domain/invoice-numbers.ts";
import type { Invoice } from "../lib/domain/invoices.ts";
import * as fields from "../lib/http/fields.ts";
import { operation, type Call } from "../lib/http/operation.ts";
import { paged } from "../lib/http/paging.ts";
import { pathId } from "../lib/http/path.ts";
import { invoice, invoices, paymentTransaction } from "../lib/http/represent/invoice.ts";
import { created, many, one } from "../lib/http/reply.ts";
import { inFull, listPaymentTransactions, type InvoiceInFull } from "../lib/operations/billed.ts";
import { changeInvoiceState, chargeInvoice, createInvoice, listInvoices, readInvoice, updateInvoice } from "../lib/operations/invoices.ts";

const FORMATS = ["json", "xml"] as const;
/** Both scopes open the Billing API, as in 3scale, to members who hold its section. */
export const READ = { scopes: ["finance", "account_management"], effect: "read", about: "account", section: "finance" } as const;
export const WRITE = { scopes: ["finance", "account_management"], effect: "write", about: "account", section: "finance" } as const;
const PER_PAGE = 20;
const nothing = z.object({});

const WRONG_PERIOD = "Billing period format should be YYYY-MM";
/** A month; blank or null is none. */
const period = z.pipe(
  z.nullable(z.string({ error: WRONG_PERIOD })),
  z.transform((text, context): Month | undefined => {
    const month = parseMonth(text ?? "");
    if (month === undefined && text !== null && text !== "") context.issues.push({ code: "custom", message: WRONG_PERIOD, input: text });
    return month;
  }),
);
const WRONG_NUMBER = "format should be YYYY-MM-XXXXXXXX or YYYY-XXXXXXXX";
const friendlyId = z.string({ error: WRONG_NUMBER }).check(z.regex(FRIENDLY_ID, WRONG_NUMBER));

const filters = z.object({
  ...fields.paging,
  state: fields.filter, month: fields.filter, number: fields.filter, year: fields.filter, month_number: fields.filter, buyer_query: fields.filter,
});

const idOf = (call: Call<unknown>) => pathId<InvoiceId>(call, "id");
const buyerOf = (call: Call<unknown>) => pathId<DeveloperAccountId>(call, "account_id");

/** XML tells all of an invoice, JSON where the rest is. */
async function shown(call: Call<unknown>, found: readonly Invoice[]): Promise<readonly InvoiceInFull[]> {
  return call.format === "xml" ? inFull(call, found) : found;
}
const shownOne = async (call: Call<unknown>, found: Invoice): Promise<InvoiceInFull> => (await shown(call, [found]))[0] ?? found;

async function listed(call: Call<z.output<typeof filters>>, buyerId?: DeveloperAccountId) {
  const { state, month, number, year, month_number: monthNumber, buyer_query: buyerQuery } = call.input;
  const wanted = {
    ...(buyerId === undefined ? {} : { buyerId }), filter: notBlank({ state, month, number, year, monthNumber }), ...notBlank({ buyerQuery }),
  };
  const page = await paged(call, (part) => listInvoices(call, call.principal, wanted, part), { usual: PER_PAGE });
  return { ...page, items: await shown(call, page.items) };
}

/** A filter that is blank is none. */
function notBlank<K extends string>(texts: Readonly<Record<K, string | undefined>>): { readonly [each in K]?: string } {
  return Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== undefined && text !== "")) as { [each in K]?: string };
}

const listInvoicesOperation = operation({
  name: "listInvoices", methods: ["GET"], path: "/api/invoices", formats: FORMATS, requires: READ, input: filters,
  answer: invoices,
  run: (call) => listed(call),
});

const listAccountInvoices = operation({
  name: "listAccountInvoices", methods: ["GET"], path: "/api/accounts/{account_id}/invoices", formats: FORMATS, requires: READ, input: filters,
  answer: invoices,
  run: (call) => listed(call, buyerOf(call)),
});

const readInvoiceOperation = operation({
  name: "readInvoice", methods: ["GET"], path: "/api/invoices/{id}", formats: FORMATS, requires: READ, input: nothing,
  answer: one(invoice),
  run: async (call) => shownOne(call, await readInvoice(call, call.principal, idOf(call))),
});

const readAccountInvoice = operation({
  name: "readAccountInvoice", methods: ["GET"], path: "/api/accounts/{account_id}/invoices/{id}", formats: FORMATS, requires: READ, input: nothing,
  answer: one(invoice),
  run: async (call) => shownOne(call, await readInvoice(call, call.principal, idOf(call), buyerOf(call))),
});

const createInvoiceOperation = operation({
  name: "createInvoice", methods: ["POST"], path: "/api/invoices", formats: FORMATS, requires: WRITE, wrapper: "invoice",
  input: z.object({ account_id: fields.filter, period: z.optional(period) }),
  answer: created(invoice, (made) => `/api/invoices/${made.id}`),
  run: async (call) => {
    const { account_id: buyer, period: month } = call.input;
    if (buyer === undefined || buyer === "") throw missingParameter("account_id");
    return shownOne(call, await createInvoice(call, call.principal, { developerAccountId: parseId(buyer), ...fields.given({ period: month }) }));
  },
});

const updateInvoiceOperation = operation({
  name: "updateInvoice", methods: ["PUT", "PATCH"], path: "/api/invoices/{id}", formats: FORMATS, requires: WRITE, wrapper: "invoice",
  input: z.object({ period: z.optional(period), friendly_id: z.optional(friendlyId) }),
  answer: one(invoice),
  run: async (call) => {
    const [id, changes] = [idOf(call), fields.given({ period: call.input.period, friendlyId: call.input.friendly_id })];
    if (Object.keys(changes).length === 0) throw missingParameter("invoice");
    return shownOne(call, await updateInvoice(call, call.principal, id, changes));
  },
});

const changeInvoiceStateOperation = operation({
  name: "changeInvoiceState", methods: ["PUT", "PATCH"], path: "/api/invoices/{id}/state", formats: FORMATS, requires: WRITE,
  input: z.object({ state: fields.filter }),
  answer: one(invoice),
  run: async (call) => {
    const { state = "" } = call.input;
    return shownOne(call, await changeInvoiceState(call, call.principal, idOf(call), state === "cancel" ? "cancelled" : state));
  },
});

const chargeInvoiceOperation = operation({
  name: "chargeInvoice", methods: ["POST"], path: "/api/invoices/{id}/charge", formats: FORMATS, requires: WRITE, input: nothing,
  answer: created(invoice, ({ id }) => `/api/invoices/${id}`),
  run: (call) => chargeInvoice(call, call.principal, idOf(call)),
});

const listPaymentTransactionsOperation = operation({
  name: "listPaymentTransactions", methods: ["GET"], path: "/api/invoices/{id}/payment_transactions", formats: FORMATS, requires: READ, input: nothing,
  answer: many(paymentTransaction),
  run: (call) => listPaymentTransactions(call, call.principal, idOf(call)),
});

export const invoiceReads = [listInvoicesOperation, listAccountInvoices, readInvoiceOperation, readAccountInvoice, listPaymentTransactionsOperation];
export const invoiceWrites = [createInvoiceOperation, updateInvoiceOperation, changeInvoiceStateOperation, chargeInvoiceOperation];
