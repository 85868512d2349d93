import * as z from "zod/mini";
import { parseId, type ApplicationId, type Id, type InvoiceId, type LineItemId, type MetricId, type PlanId, type TenThousandths } from "../lib/domain/brands.ts";
import { invalid, notFound } from "../lib/domain/errors.ts";
import { LINE_ITEM_KINDS, type LineItemKind } from "../lib/domain/invoices.ts";
import { NOTHING, parseAmount } from "../lib/domain/money.ts";
import * as fields from "../lib/http/fields.ts";
import { operation, type Call } from "../lib/http/operation.ts";
import { pathId } from "../lib/http/path.ts";
import { lineItem, TYPE_OF } from "../lib/http/represent/invoice.ts";
import { created, EMPTY, many } from "../lib/http/reply.ts";
import { createLineItem, deleteLineItem, listLineItems } from "../lib/operations/line-items.ts";
import { READ, WRITE } from "./invoices.ts";

const FORMATS = ["json", "xml"] as const;

/** An amount of money in whole units, as text or number; blank is nothing. */
const cost = z.pipe(
  z.nullable(z.union([z.string(), z.number()], { error: "is not a number" })),
  z.transform((value, context): TenThousandths => {
    // As text a small number would have an exponent.
    const text = typeof value === "number" ? value.toFixed(8) : (value ?? "").trim();
    const amount = text === "" ? NOTHING : parseAmount(text);
    if (amount === undefined) context.issues.push({ code: "custom", message: "is not a number", input: value });
    return amount ?? NOTHING;
  }),
);

/** A count; blank is none. */
const quantity = z.union([z.pipe(z.literal(["", null]), z.transform(() => undefined)), fields.count], { error: "is not a number" });
const LONGEST = "is too long (maximum is 255 characters)";
const description = fields.description.check(z.refine((text) => Array.from(text).length <= 255, LONGEST));

const newLineItem = z.object({
  name: z.optional(fields.blankOr(fields.name)),
  description: z.optional(fields.blankOr(description)),
  quantity: z.optional(quantity),
  cost: z._default(cost, NOTHING),
  type: fields.filter,
  metric_id: fields.filter, plan_id: fields.filter, contract_id: fields.filter, cinstance_id: fields.filter,
});

const invoiceOf = (call: Call<unknown>) => pathId<InvoiceId>(call, "invoice_id");

function kindOf(type: string = ""): LineItemKind {
  const found = LINE_ITEM_KINDS.find((kind) => TYPE_OF[kind] === type);
  if (found === undefined) throw invalid({ base: ["Invalid Line item type"] });
  return found;
}

/** What a line item is for. Blank is nothing; what names nothing is not found. */
function reference<T extends Id>(text: string | undefined): T | undefined {
  if (text === undefined || text === "") return undefined;
  const found = parseId<T>(text);
  if (found === undefined) throw notFound();
  return found;
}

const listLineItemsOperation = operation({
  name: "listLineItems", methods: ["GET"], path: "/api/invoices/{invoice_id}/line_items", formats: FORMATS, requires: READ, input: z.object({}),
  answer: many(lineItem),
  run: (call) => listLineItems(call, call.principal, invoiceOf(call)),
});

const createLineItemOperation = operation({
  name: "createLineItem", methods: ["POST"], path: "/api/invoices/{invoice_id}/line_items", formats: FORMATS, requires: WRITE,
  wrapper: "line_item", input: newLineItem,
  answer: created(lineItem, ({ invoiceId, id }) => `/api/invoices/${invoiceId}/line_items/${id}`),
  run: (call) => {
    const invoice = invoiceOf(call);
    const { name, description: text, quantity: number, cost: amount, type, metric_id: metric, plan_id: plan, contract_id: contract, cinstance_id: application } = call.input;
    const optional = fields.given({
      name: name || undefined, description: text || undefined, quantity: number,
      metricId: reference<MetricId>(metric), planId: reference<PlanId>(plan), applicationId: reference<ApplicationId>(contract || application),
    });
    return createLineItem(call, call.principal, invoice, { kind: kindOf(type), cost: amount, ...optional });
  },
});

const deleteLineItemOperation = operation({
  name: "deleteLineItem", methods: ["DELETE"], path: "/api/invoices/{invoice_id}/line_items/{id}", formats: FORMATS, requires: WRITE, input: z.object({}),
  answer: EMPTY,
  run: (call) => deleteLineItem(call, call.principal, invoiceOf(call), pathId<LineItemId>(call, "id")),
});

export const lineItemReads = [listLineItemsOperation];
export const lineItemWrites = [createLineItemOperation, deleteLineItemOperation];
