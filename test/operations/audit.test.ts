import { afterAll, beforeAll, expect, it } from "vitest";
import type { AuditFilter } from "../../lib/domain/audit.ts";
import { epochSeconds, id, type ServiceId } from "../../lib/domain/brands.ts";
import type { DomainEvent } from "../../lib/domain/events.ts";
import type { Principal } from "../../lib/domain/model.ts";
import { listAudit } from "../../lib/operations/audit.ts";
import { event } from "../../lib/operations/context.ts";
import { newEventId } from "../../lib/secrets/random.ts";
import { readAccount } from "../../lib/table/accounts.ts";
import { record } from "../../lib/table/events.ts";
import { transact } from "../../lib/table/transact.ts";
import { createTestAccount } from "../support/account.ts";
import { through } from "../support/table.ts";
import { Workshop } from "../support/workshop.ts";

/** What a page of the record shows where there is much of it, or where clocks disagree. */
const w = new Workshop();
beforeAll(() => w.open());
afterAll(() => w.close());

const [WANTED, OTHER] = [id<ServiceId>(7), id<ServiceId>(8)];
const AT_ONCE = 100;

/** An account of its own, and records of it at places after each other, the first about what is wanted. */
async function recorded(places: readonly number[], about = (at: number) => (at === 0 ? WANTED : OTHER)) {
  const { admin: { member } } = await createTestAccount(w.latchkey);
  const by: Principal = { kind: "member", member };
  const now = Number(newEventId().split("-")[0]);
  const records = places.map((place, at): DomainEvent => ({
    ...event(w.operator, { accountId: member.accountId, type: "service.updated", actor: { memberId: member.id }, subject: { serviceId: about(at) }, facts: {} }),
    id: `${String(now + place).padStart(16, "0")}-${String(at).padStart(4, "0")}`,
  }));
  for (let at = 0; at < records.length; at += AT_ONCE) await transact(w.operator.table, records.slice(at, at + AT_ONCE).map(record));
  return {
    by, accountId: member.accountId, records,
    page: (filter: { serviceId?: ServiceId }, after: number | undefined, perPage: number) => listAudit(w.operator, by, filter, { after: after ?? 0, perPage }),
  };
}

it("a page for which a thousand records were read in vain is empty, and says where it goes on", async () => {
  const { records, page } = await recorded(Array.from({ length: 1004 }, (_, at) => at));
  const first = await page({ serviceId: WANTED }, undefined, 10);
  expect([first.items, typeof first.next]).toEqual([[], "number"]);
  const second = await page({ serviceId: WANTED }, first.next, 10);
  expect([second.items.map((each) => each.id), second.next]).toEqual([[records[0]!.id], undefined]);
});

it("records of one moment are on one page, be it longer for that, and none is on two", async () => {
  const { records, page } = await recorded([0, 1, 1, 1, 2], () => WANTED);
  const pages: string[][] = [];
  for (let next: number | undefined, more = true; more; more = next !== undefined) {
    const found = await page({ serviceId: WANTED }, next, 2);
    pages.push(found.items.map((each) => each.id));
    ({ next } = found);
  }
  const [first, second, third, fourth, fifth] = records.map((each) => each.id);
  expect(pages).toEqual([[fifth, fourth, third, second], [first]]);
});

it("what another clock has written down a minute ahead is there, also when that is next month", async () => {
  const { by, accountId } = await recorded([]);
  const clock = () => epochSeconds(Date.UTC(2031, 0, 31, 23, 59, 30) / 1000);
  const ahead = event({ ...w.operator, clock: () => epochSeconds(Date.UTC(2031, 1, 1, 0, 0, 15) / 1000) }, {
    accountId, type: "service.updated", actor: { system: "reconcile" }, subject: { serviceId: WANTED }, facts: {},
  });
  await transact(w.operator.table, [record(ahead)]);
  const { items } = await listAudit({ ...w.operator, clock }, by, { serviceId: WANTED, since: epochSeconds(clock() - 60) }, { after: 0, perPage: 10 });
  expect(items.map((each) => each.id)).toEqual([ahead.id]);
});

it("no month is read that was over before the account was made, nor one before those that are asked for", async () => {
  const { by, accountId } = await recorded([]);
  const born = new Date((await readAccount(w.operator.table, accountId))!.createdAt * 1000);
  const afterMonths = (months: number) => epochSeconds(Date.UTC(born.getUTCFullYear(), born.getUTCMonth() + months, 15) / 1000);
  const monthsRead = async (filter: AuditFilter) => {
    let queries = 0;
    const table = through(w.operator.table, (operation, _input, ask) => {
      if (operation === "Query") queries++;
      return ask();
    });
    await listAudit({ table, clock: () => afterMonths(3) }, by, filter, { after: 0, perPage: 10 });
    return queries;
  };
  expect(await monthsRead({})).toBe(4);
  expect(await monthsRead({ since: afterMonths(2) })).toBe(2);
});
