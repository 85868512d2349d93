import * as z from "zod/mini";
import { CREATION_TYPES, INVOICE_STATES } from "../../domain/invoices.ts";
import { invoice, lineItem, paymentTransaction } from "../../http/represent/invoice.ts";
import { date, described, flag, id, links, money, stamps, text, time } from "../described.ts";

export const billing = [
  described(invoice, "Invoice", z.object({
    id, friendly_id: text, ...stamps, state: z.enum(INVOICE_STATES), paid_at: z.optional(time), due_on: z.optional(date), issued_on: z.optional(date),
    currency: text, cost: money, vat_rate: z.null(), vat_amount: money, cost_without_vat: money,
    period: z.string().register(z.globalRegistry, { type: "string", description: "A month: yyyy-mm." }),
    creation_type: z.enum(CREATION_TYPES), links,
  })),
  described(lineItem, "LineItem", z.object({
    id, name: z.optional(text), description: z.optional(text), quantity: z.optional(z.int()), cost: money, metric_id: z.optional(id),
    type: z.enum(["", "LineItem::PlanCost", "LineItem::VariableCost"]), contract_id: z.optional(id), contract_type: z.optional(z.literal("Cinstance")),
    plan_id: z.optional(id), ...stamps, links,
  })),
  described(paymentTransaction, "PaymentTransaction", z.object({
    id, ...stamps, reference: z.optional(text), success: flag, amount: money, currency: text, action: text, message: z.optional(text), test: flag, links,
  })),
];
