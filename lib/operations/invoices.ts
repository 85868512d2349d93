import { parseMonth, type AccountId, type DeveloperAccountId, type InvoiceId, type Month } from "../domain/brands.ts";
import { DomainError, invalid, notFound } from "../domain/errors.ts";
import { actorOf } from "../domain/events.ts";
import { fits, type InvoiceFilter } from "../domain/invoice-filter.ts";
import { friendlyIdOf, numberHeldBy } from "../domain/invoice-numbers.ts";
import { CURRENCY, inState, isChargeable, isEditable, isUnresolved, type Invoice } from "../domain/invoices.ts";
import type { Principal } from "../domain/model.ts";
import { NOTHING } from "../domain/money.ts";
import { isBillable, monthOf } from "../domain/months.ts";
import { newId } from "../secrets/random.ts";
import { readAccount } from "../table/accounts.ts";
import { developerAccounts } from "../table/developers.ts";
import { record } from "../table/events.ts";
import { hasInvoice, invoices, lastNumber, noteNumber, ofBuyer, ofMonth, pageOfInvoices } from "../table/invoices.ts";
import { takeName } from "../table/members.ts";
import { keys } from "../table/model.ts";
import type { Page, PageWanted } from "../table/page.ts";
import { event, memberOf, type Storage } from "./context.ts";
import { entities } from "./entities.ts";
import { once, transactOnce } from "./once.ts";

export type InvoicesWanted = {
  readonly buyerId?: DeveloperAccountId;
  readonly filter: Omit<InvoiceFilter, "buyers">;
  /** A part of the name of whose invoices are wanted. */
  readonly buyerQuery?: string;
};
export type InvoiceChanges = { readonly period?: Month; readonly friendlyId?: string };

const FROZEN = { base: ["Invalid invoice state"] };
const NO_BUYER = { buyer_account: ["can't be blank"] };
/** How many numbers in a row that are taken are passed over: given by hand, or to invoices that are being made at this moment. */
const NUMBER_TRIES = 100;

const subject = ({ id, developerAccountId }: Invoice) => ({ invoiceId: id, developerAccountId });
const facts = ({ friendlyId, period, state }: Invoice) => ({ friendly_id: friendlyId, period, state });
const stored = entities<Invoice>({ collection: invoices, event: "invoice", subject, facts, names: numberHeldBy });

/** One page of the provider's invoices, or of those of one developer account (3scale: GET /api/invoices), by id. */
export async function listInvoices(
  deps: Storage, principal: Principal, { buyerId, filter, buyerQuery }: InvoicesWanted, page: PageWanted,
): Promise<Page<Invoice>> {
  const { accountId } = memberOf(principal);
  if (buyerId !== undefined) await demandDeveloperAccount(deps, accountId, buyerId);
  const month = buyerId === undefined ? parseMonth(filter.month ?? "") : undefined;
  const of = buyerId !== undefined ? ofBuyer(buyerId) : month !== undefined ? ofMonth(month) : "account";
  const { month: _, ...others } = filter;
  const left: InvoiceFilter = {
    ...(month === undefined ? filter : others), ...(buyerQuery === undefined ? {} : { buyers: await developersCalled(deps, accountId, buyerQuery) }),
  };
  const fit = Object.keys(left).length === 0 ? undefined : (invoice: Invoice) => fits(invoice, left);
  return pageOfInvoices(deps.table, accountId, of, page, fit);
}

/** An invoice; of a given developer account when it is asked for there. */
export async function readInvoice(deps: Storage, principal: Principal, id: InvoiceId, buyer?: DeveloperAccountId): Promise<Invoice> {
  if (buyer !== undefined) await demandDeveloperAccount(deps, memberOf(principal).accountId, buyer);
  const invoice = await stored.read(deps, principal, id);
  if (buyer !== undefined && invoice.developerAccountId !== buyer) throw notFound();
  return invoice;
}

/**
 * A new open invoice for a month, this one unless another is given (3scale: POST /api/invoices). Its number follows
 * the last of that month. Numbers are names: taken in the transaction that stores the invoice, by one alone.
 */
export async function createInvoice(
  deps: Storage, principal: Principal, wanted: { readonly developerAccountId: DeveloperAccountId | undefined; readonly period?: Month },
): Promise<Invoice> {
  const { accountId } = memberOf(principal);
  const { developerAccountId, period = monthOf(deps.clock()) } = wanted;
  if (developerAccountId === undefined) throw invalid(NO_BUYER);
  (await billableMonths(deps, accountId))(period);

  return once<Invoice, InvoiceId>(deps, () => numbered(deps, principal, developerAccountId, period), (id) => stored.read(deps, principal, id));
}

/** Stores the invoice under the first number of the month that is free. */
async function numbered(deps: Storage, principal: Principal, developerAccountId: DeveloperAccountId, period: Month): Promise<Invoice> {
  const { accountId } = memberOf(principal);
  let number = 1 + (await lastNumber(deps.table, accountId, period));
  for (let tries = 0; tries < NUMBER_TRIES; tries++) {
    const now = deps.clock();
    const invoice: Invoice = {
      accountId, id: newId(), developerAccountId, friendlyId: friendlyIdOf(period, number), period, state: "open", currency: CURRENCY,
      total: NOTHING, creationType: "manual", version: 1, createdAt: now, updatedAt: now,
    };
    const outcome = await transactOnce(deps, [
      { check: keys.entity(developerAccounts.kind, accountId, developerAccountId), when: "present" },
      { put: invoices.row(invoice), when: "absent" },
      ...numberHeldBy(invoice).map(({ scope, field, value }) => takeName(accountId, `${scope}${field}`, value)),
      noteNumber(accountId, period, number),
      record(event(deps, { accountId, type: "invoice.created", actor: actorOf(principal), subject: subject(invoice), facts: facts(invoice) })),
    ], invoice.id);
    if (outcome.done) return invoice;
    if (outcome.refused.includes(0)) throw invalid(NO_BUYER);
    // With another id the number may still be free: numbers leave no gap.
    if (!outcome.refused.includes(1)) number++;
  }
  throw new DomainError("busy", "Others are making invoices for the same month, try again");
}

/** Changes the month or the number of an invoice that is not frozen. */
export async function updateInvoice(deps: Storage, principal: Principal, id: InvoiceId, changes: InvoiceChanges): Promise<Invoice> {
  const demandBillable = await billableMonths(deps, memberOf(principal).accountId);
  return stored.update(deps, principal, id, (before) => {
    if (!isEditable(before.state)) throw invalid(FROZEN);
    if (changes.period !== undefined) demandBillable(changes.period);
    return { ...before, ...changes };
  });
}

/** Takes an invoice to another state, where there is such a step (3scale: PUT /api/invoices/{id}/state). */
export async function changeInvoiceState(deps: Storage, principal: Principal, id: InvoiceId, target: string): Promise<Invoice> {
  return stored.update(deps, principal, id, (before) => {
    const after = inState(before, target, deps.clock());
    if (after === undefined) throw invalid({ base: [`Cannot transition to ${target}`] });
    return after;
  });
}

/** Refuses to charge, and says why: the invoice's state, or else that there is no gateway that would take the money. */
export async function chargeInvoice(deps: Storage, principal: Principal, id: InvoiceId): Promise<never> {
  const { state } = await stored.read(deps, principal, id);
  if (!isChargeable(state)) throw invalid({ state: [`Invoice ${id} is not in chargeable state!`] });
  throw invalid({ base: ["Failed to charge the credit card."] });
}

/**
 * Whether a developer account has invoices that need to be settled before it is deleted. Read from an index, which may
 * lag a moment behind; an invoice made meanwhile stays, as one of a developer account that is gone.
 */
export async function hasUnresolvedInvoices(deps: Storage, accountId: AccountId, developerAccountId: DeveloperAccountId): Promise<boolean> {
  return hasInvoice(deps.table, accountId, developerAccountId, ({ state }) => isUnresolved(state));
}

/** Throws for a month that the provider may not bill. */
async function billableMonths(deps: Storage, accountId: AccountId): Promise<(month: Month) => void> {
  const account = await readAccount(deps.table, accountId);
  if (account === undefined) throw notFound();
  return (month) => {
    if (!isBillable(month, account.createdAt, deps.clock())) {
      throw invalid({ period: ["must be between the provider account creation date and 12 months from now"] });
    }
  };
}

async function demandDeveloperAccount(deps: Storage, accountId: AccountId, id: DeveloperAccountId): Promise<void> {
  if ((await developerAccounts.read(deps.table, accountId, id)) === undefined) throw notFound();
}

async function developersCalled(deps: Storage, accountId: AccountId, part: string): Promise<ReadonlySet<DeveloperAccountId>> {
  const wanted = part.toLowerCase();
  const all = await developerAccounts.all(deps.table, accountId, "account");
  return new Set(all.filter(({ orgName }) => orgName.toLowerCase().includes(wanted)).map(({ id }) => id));
}
