import type { AccountId, DeveloperAccountId, InvoiceId } from "../domain/brands.ts";
import type { Invoice, LineItem, PaymentTransaction } from "../domain/invoices.ts";
import type { Principal } from "../domain/model.ts";
import { accountFrom } from "../table/accounts.ts";
import { readTogether } from "../table/client.ts";
import { developerAccounts } from "../table/developers.ts";
import { lineItems, ofInvoice, paymentTransactions } from "../table/invoices.ts";
import { keys } from "../table/model.ts";
import type { Storage } from "./context.ts";
import { readInvoice } from "./invoices.ts";

/** An invoice as it is sent to somebody: from whom, to whom, for what. A buyer that has been deleted has no name. */
export type InvoiceInFull = Invoice & {
  readonly full?: {
    readonly providerName: string;
    readonly buyerName?: string;
    readonly lineItems: readonly LineItem[];
    readonly paymentTransactionsCount: number;
  };
};

/** So many invoices are read at a time: their buyers fit into one reading, their items do not pile up. */
const TOGETHER = 20;

/** The attempts to take an invoice's money. */
export async function listPaymentTransactions(deps: Storage, principal: Principal, invoice: InvoiceId): Promise<PaymentTransaction[]> {
  const { accountId } = await readInvoice(deps, principal, invoice);
  return paymentTransactions.all(deps.table, accountId, ofInvoice(invoice));
}

/** Invoices of one provider with all that belongs to them. */
export async function inFull(deps: Storage, invoices: readonly Invoice[]): Promise<InvoiceInFull[]> {
  const all: InvoiceInFull[] = [];
  for (let at = 0; at < invoices.length; at += TOGETHER) {
    const some = invoices.slice(at, at + TOGETHER);
    const names = await namesFor(deps, some);
    all.push(...await Promise.all(some.map(async (invoice): Promise<InvoiceInFull> => {
      const of = ofInvoice(invoice.id);
      const [items, payments] = await Promise.all([
        lineItems.all(deps.table, invoice.accountId, of), paymentTransactions.all(deps.table, invoice.accountId, of),
      ]);
      const buyerName = names.buyers.get(invoice.developerAccountId);
      return {
        ...invoice,
        full: {
          providerName: names.provider, ...(buyerName === undefined ? {} : { buyerName }), lineItems: items, paymentTransactionsCount: payments.length,
        },
      };
    })));
  }
  return all;
}

async function namesFor(
  { table }: Storage, invoices: readonly Invoice[],
): Promise<{ readonly provider: string; readonly buyers: ReadonlyMap<DeveloperAccountId, string> }> {
  const [accountId] = invoices.map((invoice): AccountId => invoice.accountId);
  if (accountId === undefined) throw new Error("No invoice, no provider");
  const ids = [...new Set(invoices.map(({ developerAccountId }) => developerAccountId))];
  const [account, ...rows] = await readTogether(table, [keys.account(accountId), ...ids.map((id) => keys.entity(developerAccounts.kind, accountId, id))]);
  if (account === undefined) throw new Error("The invoice's provider is gone");
  const buyers = rows.flatMap((row) => (row === undefined ? [] : [developerAccounts.from(row)]));
  return { provider: accountFrom(account).name, buyers: new Map(buyers.map(({ id, orgName }) => [id, orgName])) };
}
