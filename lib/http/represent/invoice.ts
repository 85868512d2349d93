import type { LineItem, LineItemKind, PaymentTransaction } from "../../domain/invoices.ts";
import { decimal, NOTHING, units } from "../../domain/money.ts";
import { daysOf } from "../../domain/months.ts";
import { isoSeconds } from "../../domain/time.ts";
import type { InvoiceInFull } from "../../operations/billed.ts";
import { attributes, many, metadataOf, type Answer, type Listed, type Representation, type XmlContent } from "../reply.ts";

/** 3scale: app/representers/invoice_representer.rb and app/lib/finance/builder/xml_markup.rb. Without VAT its rate is null in JSON and not in XML. */
export const invoice: Representation<InvoiceInFull> = {
  one: "invoice",
  many: "invoices",
  json: ({ id, friendlyId, createdAt, updatedAt, state, paidAt, dueOn, issuedOn, currency, total, period, creationType, developerAccountId }, base) => ({
    id, friendly_id: friendlyId, created_at: isoSeconds(createdAt), updated_at: isoSeconds(updatedAt), state,
    ...(paidAt === undefined ? {} : { paid_at: isoSeconds(paidAt) }),
    due_on: dueOn,
    issued_on: issuedOn,
    currency, cost: units(total), vat_rate: null, vat_amount: units(NOTHING), cost_without_vat: units(total), period, creation_type: creationType,
    links: [
      { rel: "account", href: `${base}/admin/api/accounts/${developerAccountId}` },
      { rel: "self", href: `${base}/api/invoices/${id}` },
      { rel: "payment_transactions", href: `${base}/api/invoices/${id}/payment_transactions` },
      { rel: "line_items", href: `${base}/api/invoices/${id}/line_items` },
    ],
  }),
  xml: (value) => {
    const { id, friendlyId, creationType, state, paidAt, dueOn = "", issuedOn = "", currency, total, period } = value;
    const { first: from, last: to } = daysOf(period);
    return {
      "@_version": "1.0", id, friendly_id: friendlyId, creation_type: creationType, state,
      paid_at: paidAt === undefined ? "" : isoSeconds(paidAt), due_on: dueOn, issued_on: issuedOn,
      currency, cost: decimal(total), cost_without_vat: decimal(total), period: { from, to }, ...parties(value),
    };
  },
};

/** A page of invoices. In XML, unlike other lists, it always says which page. */
export const invoices: Answer<Listed<InvoiceInFull>> = {
  ...many(invoice),
  reply: (page) => ({
    ...many(invoice).reply(page),
    xml: () => ({
      invoices: {
        "@_version": "1.0",
        pagination: paginationOf(page),
        invoice: page.items.map((item) => invoice.xml?.(item)),
      },
    }),
  }),
};

/** In 3scale's order; an empty list has a page too. */
function paginationOf(page: Listed<unknown>): XmlContent {
  const { total_pages, current_page, per_page, total_entries, next } = metadataOf(page);
  return attributes({ total_pages: total_pages === 0 ? 1 : total_pages, current_page, per_page, total_entries, next });
}

function parties({ full, accountId, developerAccountId }: InvoiceInFull): Record<string, XmlContent> {
  if (full === undefined) return {};
  const { providerName, buyerName, lineItems, paymentTransactionsCount } = full;
  return {
    provider: { id: accountId, org_name: providerName },
    buyer: { id: developerAccountId, ...(buyerName === undefined ? { status: "deleted" } : { org_name: buyerName }) },
    "line-items": { "line-item": lineItems.map((item) => lineItem.xml?.(item)) },
    payment_transactions_count: paymentTransactionsCount,
  };
}

/** 3scale's class of each kind. */
export const TYPE_OF: Record<LineItemKind, string> = { plain: "", plan_cost: "LineItem::PlanCost", variable_cost: "LineItem::VariableCost" };

/** 3scale: app/representers/line_item_representer.rb and Finance::Builder::XmlMarkup#line_item!. */
export const lineItem: Representation<LineItem> = {
  one: "line_item",
  many: "line_items",
  element: "line-item",
  json: ({ id, invoiceId, developerAccountId, kind, name, description, quantity, cost, metricId, planId, applicationId, createdAt, updatedAt }, base) => ({
    id, name, description, quantity, cost: units(cost), metric_id: metricId, type: TYPE_OF[kind], ...contractOf(applicationId), plan_id: planId,
    created_at: isoSeconds(createdAt), updated_at: isoSeconds(updatedAt),
    links: [
      ...(applicationId === undefined ? [] : [{ rel: "application", href: `${base}/admin/api/accounts/${developerAccountId}/applications/${applicationId}` }]),
      { rel: "invoice", href: `${base}/api/invoices/${invoiceId}` },
    ],
  }),
  xml: ({ id, kind, name, description, quantity, cost, metricId, planId, applicationId }) => ({
    id, name, description, quantity, type: TYPE_OF[kind], metric_id: metricId, plan_id: planId, ...contractOf(applicationId), cost: decimal(cost),
  }),
};

function contractOf(applicationId: LineItem["applicationId"]) {
  return applicationId === undefined ? {} : { contract_id: applicationId, contract_type: "Cinstance" };
}

/** 3scale: app/representers/payment_transaction_representer.rb and PaymentTransaction#to_xml. */
export const paymentTransaction: Representation<PaymentTransaction> = {
  one: "payment_transaction",
  many: "payment_transactions",
  json: ({ id, invoiceId, developerAccountId, createdAt, updatedAt, reference, success, amount, currency, action, message, test }, base) => ({
    id, created_at: isoSeconds(createdAt), updated_at: isoSeconds(updatedAt), reference, success, amount: units(amount), currency, action, message, test,
    links: [
      { rel: "invoice", href: `${base}/api/invoices/${invoiceId}` },
      { rel: "account", href: `${base}/admin/api/accounts/${developerAccountId}` },
    ],
  }),
  xml: ({ id, invoiceId, developerAccountId, createdAt, updatedAt, reference, success, amount, currency, action, message, test }) => ({
    id, created_at: isoSeconds(createdAt), updated_at: isoSeconds(updatedAt), invoice_id: invoiceId, account_id: developerAccountId,
    reference, success, amount: decimal(amount), currency, action, message, test,
  }),
};
