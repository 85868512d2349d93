import type { AccountId, DeveloperAccountId, InvoiceId, LineItemId } from "../domain/brands.ts";
import { invalid, notFound, refused } from "../domain/errors.ts";
import { isEditable, type LineItem } from "../domain/invoices.ts";
import type { Principal } from "../domain/model.ts";
import { decimal, plus } from "../domain/money.ts";
import { applications } from "../table/applications.ts";
import { applicationPlans, metrics } from "../table/catalogue.ts";
import { invoices, lineItems, ofInvoice } from "../table/invoices.ts";
import type { Write } from "../table/transact.ts";
import type { Storage } from "./context.ts";
import { entities } from "./entities.ts";
import { readInvoice } from "./invoices.ts";

export type NewLineItem = Pick<LineItem, "kind" | "name" | "description" | "quantity" | "cost" | "metricId" | "planId" | "applicationId">;

const stored = entities<LineItem>({
  collection: lineItems,
  event: "line_item",
  subject: ({ id, invoiceId, developerAccountId }) => ({ invoiceId, lineItemId: id, developerAccountId }),
  facts: ({ name, cost }) => ({ ...(name === undefined ? {} : { name }), cost: decimal(cost) }),
  follow: async (deps, { before, after }) => [await withTotal(deps, before, after)],
});

/** What an invoice bills. */
export async function listLineItems(deps: Storage, principal: Principal, invoice: InvoiceId): Promise<LineItem[]> {
  await readInvoice(deps, principal, invoice);
  return stored.all(deps, principal, ofInvoice(invoice));
}

/** Bills one thing more, on an invoice that is not frozen. What it is for must be there, and an application be the buyer's. */
export async function createLineItem(deps: Storage, principal: Principal, invoiceId: InvoiceId, wanted: NewLineItem): Promise<LineItem> {
  const { accountId, developerAccountId } = await readInvoice(deps, principal, invoiceId);
  await demandReferences(deps, accountId, developerAccountId, wanted);
  return stored.create(deps, principal, { invoiceId, developerAccountId, ...wanted });
}

export async function deleteLineItem(deps: Storage, principal: Principal, invoiceId: InvoiceId, id: LineItemId): Promise<void> {
  await stored.remove(deps, principal, id, (item) => {
    if (item.invoiceId !== invoiceId) throw notFound();
  });
}

/** The invoice with its new total, stored only as long as nobody changes it: a frozen one keeps its items, by the transaction itself. */
async function withTotal(deps: Storage, before: LineItem | undefined, after: LineItem | undefined): Promise<Write> {
  const item = after ?? before;
  const invoice = item === undefined ? undefined : await invoices.read(deps.table, item.accountId, item.invoiceId);
  if (invoice === undefined) throw notFound();
  if (!isEditable(invoice.state)) throw (after === undefined ? refused : invalid)({ base: ["Invalid invoice state"] });
  const total = plus(invoice.total, (after?.cost ?? 0) - (before?.cost ?? 0));
  if (total === undefined) throw invalid({ cost: ["is too large"] });
  const { version } = invoice;
  return { put: invoices.row({ ...invoice, total, version: version + 1, updatedAt: deps.clock() }), when: { version } };
}

async function demandReferences(deps: Storage, account: AccountId, buyer: DeveloperAccountId, { metricId, planId, applicationId }: NewLineItem): Promise<void> {
  if (metricId !== undefined && (await metrics.read(deps.table, account, metricId)) === undefined) throw notFound();
  if (planId !== undefined && (await applicationPlans.read(deps.table, account, planId)) === undefined) throw notFound();
  if (applicationId !== undefined && (await applications.read(deps.table, account, applicationId))?.developerAccountId !== buyer) throw notFound();
}
