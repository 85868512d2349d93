import { concerns, monthsBack, type AuditFilter } from "../domain/audit.ts";
import { epochSeconds } from "../domain/brands.ts";
import { notFound } from "../domain/errors.ts";
import type { DomainEvent } from "../domain/events.ts";
import type { Principal } from "../domain/model.ts";
import { readAccount } from "../table/accounts.ts";
import { eventsBack, placeOfEvent } from "../table/events.ts";
import type { Page, PageWanted } from "../table/page.ts";
import { memberOf, type Storage } from "./context.ts";

/** What a page may read at most, however few of the records are wanted: then it is short, or empty, and says how to go on. */
const MOST_READ = 1000;

/**
 * The records of an account that the filter lets through, the newest first. `next` goes on where this page ended, and
 * is there as long as there is anything left to read, whether it fits or not.
 */
export async function listAudit({ table, clock }: Storage, principal: Principal, filter: AuditFilter, wanted: PageWanted): Promise<Page<DomainEvent>> {
  const { accountId } = memberOf(principal);
  const account = await readAccount(table, accountId);
  if (account === undefined) throw notFound();
  const { perPage } = wanted;
  const before = "after" in wanted && wanted.after > 0 ? wanted.after : undefined;
  // Nothing is older than the account. What was written in this second is of it, or of one that another clock is ahead.
  const first = epochSeconds(Math.max(account.createdAt, filter.since ?? 0));
  const last = epochSeconds(Math.min(clock() + 60, filter.until ?? Infinity));

  const items: DomainEvent[] = [];
  let read = 0;
  let place: number | undefined;
  for (const month of monthsBack(last, first)) {
    for await (const event of eventsBack(table, accountId, month, before, perPage)) {
      // Two records may have one place: a page ends between places, so that none is lost.
      if ((items.length >= perPage || read >= MOST_READ) && place !== undefined && placeOfEvent(event) !== place) return { perPage, items, next: place };
      read++;
      place = placeOfEvent(event);
      if (concerns(event, filter)) items.push(event);
    }
  }
  return { perPage, items };
}
