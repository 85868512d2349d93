import type {
  AccountId, ApplicationId, DeveloperAccountId, EpochSeconds, InvoiceId, LineItemId, MetricId, Month, PaymentId, PlanId, TenThousandths,
} from "./brands.ts";
import type { Versioned } from "./model.ts";
import { dateOf } from "./months.ts";

/** What a developer account owes for a month. `total` is the sum of its line items; there is no VAT on it. */
export type Invoice = Versioned & {
  readonly accountId: AccountId;
  readonly id: InvoiceId;
  readonly developerAccountId: DeveloperAccountId;
  readonly friendlyId: string;
  readonly period: Month;
  readonly state: InvoiceState;
  readonly currency: string;
  readonly total: TenThousandths;
  readonly creationType: (typeof CREATION_TYPES)[number];
  /** Days, `yyyy-mm-dd`. */
  readonly issuedOn?: string;
  readonly dueOn?: string;
  readonly paidAt?: EpochSeconds;
};

export const INVOICE_STATES = ["open", "finalized", "pending", "unpaid", "failed", "paid", "cancelled"] as const;
export type InvoiceState = (typeof INVOICE_STATES)[number];
/** Made by somebody, or by a job that bills. */
export const CREATION_TYPES = ["manual", "background"] as const;
/** 3scale's default; no call changes it. */
export const CURRENCY = "USD";

/** One thing that is billed. `cost` is for all of it: the quantity only informs. */
export type LineItem = Versioned & {
  readonly accountId: AccountId;
  readonly id: LineItemId;
  readonly invoiceId: InvoiceId;
  readonly developerAccountId: DeveloperAccountId;
  readonly kind: LineItemKind;
  readonly name?: string;
  readonly description?: string;
  readonly quantity?: number;
  readonly cost: TenThousandths;
  readonly metricId?: MetricId;
  readonly planId?: PlanId;
  readonly applicationId?: ApplicationId;
};

export const LINE_ITEM_KINDS = ["plain", "plan_cost", "variable_cost"] as const;
export type LineItemKind = (typeof LINE_ITEM_KINDS)[number];

/** An attempt to take the money, as a payment gateway told it. */
export type PaymentTransaction = Versioned & {
  readonly accountId: AccountId;
  readonly id: PaymentId;
  readonly invoiceId: InvoiceId;
  readonly developerAccountId: DeveloperAccountId;
  readonly success: boolean;
  readonly amount: TenThousandths;
  readonly currency: string;
  readonly action: string;
  readonly test: boolean;
  readonly reference?: string;
  readonly message?: string;
};

/** What an invoice may become (3scale: Invoice, state_machine). */
const NEXT: Record<InvoiceState, readonly InvoiceState[]> = {
  open: ["finalized", "pending", "cancelled"],
  finalized: ["pending", "cancelled"],
  pending: ["unpaid", "paid", "cancelled"],
  unpaid: ["failed", "paid", "cancelled"],
  failed: ["paid", "cancelled"],
  paid: [],
  cancelled: [],
};
const DAYS_TO_PAY = 2;

/** The invoice in another state, with what the step brings. Undefined when there is no such step. */
export function inState(invoice: Invoice, target: string, now: EpochSeconds): Invoice | undefined {
  const state = NEXT[invoice.state].find((each) => each === target);
  if (state === undefined) return undefined;
  const brings = state === "pending" ? { issuedOn: dateOf(now), dueOn: dateOf(now, DAYS_TO_PAY) } : state === "paid" ? { paidAt: now } : {};
  return { ...invoice, state, ...brings };
}

/** Until it is issued an invoice may be changed; from then on it is frozen (3scale: Invoice#editable?). */
export function isEditable(state: InvoiceState): boolean {
  return state === "open" || state === "finalized";
}

/** Whether money may be asked for it (3scale: Invoice#transition_allowed?(:charge)). */
export function isChargeable(state: InvoiceState): boolean {
  return state === "pending" || state === "unpaid" || state === "failed";
}

/** Whether something is still to come of it: its developer account is not deleted before (3scale: Invoice.unresolved). */
export function isUnresolved(state: InvoiceState): boolean {
  return isEditable(state) || state === "pending" || state === "unpaid";
}
