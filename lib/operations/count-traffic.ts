import { counted, type Use } from "../domain/counts.ts";
import { sharesOf, type Report, type Share } from "../domain/reports.ts";
import { dayOf } from "../domain/time.ts";
import { folded, type Amount } from "../domain/traffic.ts";
import { credentialsOf } from "../table/application-traffic.ts";
import { applications } from "../table/applications.ts";
import { applicationUsageFrom, applicationUsageKey, applicationUsageRow } from "../table/application-usage.ts";
import { readTogether } from "../table/client.ts";
import { keys, type Key, type Row } from "../table/model.ts";
import { markCounted, shareKey } from "../table/reports.ts";
import { transact, type Tally, type Write } from "../table/transact.ts";
import { applicationDayKey, serviceDayKey } from "../table/used.ts";
import { untilStored, type Storage } from "./context.ts";

/** A transaction has room for a hundred writes: the application, its two rows of use, marks, and two rows per metric and day. */
const MOST_WRITES = 100;
const ALWAYS_WRITTEN = 3;
/** So many applications at once: DynamoDB is waited for, not computed on. */
const AT_ONCE = 8;

/**
 * Counts what reports say, each exactly once however often it comes: a part of a report is marked as counted in the
 * transaction that counts it. Reports of an application that come together are counted together.
 */
export async function countReports(deps: Storage, reports: readonly Report[]): Promise<void> {
  const shares = reports.flatMap(sharesOf);
  const waiting = [...Map.groupBy(shares, ({ accountId, applicationId }) => `${accountId} ${applicationId}`).values()].flatMap(packed);
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    for (let pack = waiting.shift(); pack !== undefined; pack = waiting.shift()) await countTogether(deps, pack);
  }));
}

/** As many of an application's shares as fit into one transaction, again and again. */
function packed(shares: readonly Share[]): readonly (readonly Share[])[] {
  const packs: Share[][] = [];
  for (const share of shares) {
    const last = packs.at(-1);
    if (last !== undefined && writesFor([...last, share]) <= MOST_WRITES) last.push(share);
    else packs.push([share]);
  }
  return packs;
}

function writesFor(shares: readonly Share[]): number {
  return ALWAYS_WRITTEN + shares.length + 2 * new Set(shares.flatMap(({ uses }) => uses.map(({ metricId, at }) => `${metricId} ${dayOf(at)}`))).size;
}

async function countTogether(deps: Storage, pack: readonly Share[]): Promise<void> {
  await untilStored(async () => {
    const [first] = pack;
    if (first === undefined) return true;
    const { accountId, applicationId } = first;
    const applicationKey = keys.entity(applications.kind, accountId, applicationId);
    const [row, ...marks] = await readTogether(deps.table, [applicationKey, ...pack.map(shareKey)]);
    const fresh = pack.filter((_, at) => marks[at] === undefined);
    if (fresh.length === 0) return true;
    const now = deps.clock();
    const uses = fresh.flatMap((share) => share.uses);
    const outcome = await transact(deps.table, [
      ...fresh.map((share) => markCounted(share, now)),
      ...tallies(first, uses),
      // What a deleted application used is still part of its service's traffic.
      ...(row === undefined ? [] : await usageWrites(deps, row, uses)),
    ]);
    return outcome.done || undefined;
  });
}

/** Both rows of use hold the same, and are found by the credentials that the application has at this moment. */
async function usageWrites(deps: Storage, row: Row, uses: readonly Use[]): Promise<readonly Write[]> {
  const application = applications.from(row);
  const places: Key[] = credentialsOf(application).map((credential) => applicationUsageKey(application, credential));
  const before = (await readTogether(deps.table, places)).map(applicationUsageFrom);
  const now = deps.clock();
  return [
    { check: keys.entity(applications.kind, application.accountId, application.id), when: { version: application.version } },
    ...places.map((place, at): Write => {
      const { version, counts } = before[at] ?? applicationUsageFrom(undefined);
      return { put: applicationUsageRow(place, { version: version + 1, counts: counted(counts, uses, now) }), when: version === 0 ? "absent" : { version } };
    }),
  ];
}

/** What the application and its service used, by metric, day and hour. */
function tallies({ accountId, serviceId, applicationId }: Share, uses: readonly Use[]): readonly Tally[] {
  const byDay = Map.groupBy(uses, ({ metricId, at }) => `${metricId} ${dayOf(at)}`);
  return [...byDay.values()].flatMap((own) => {
    const [first] = own;
    if (first === undefined) return [];
    const { metricId, at } = first;
    const hours = new Map<string, Amount>();
    for (const { at: time, amount } of own) {
      const hour = `h${new Date(time * 1000).toISOString().slice(11, 13)}`;
      const before = hours.get(hour);
      hours.set(hour, before === undefined ? amount : folded(before, amount));
    }
    const of = (op: Amount["op"]) => Object.fromEntries([...hours].filter(([, amount]) => amount.op === op).map(([hour, { value }]) => [hour, value]));
    const numbers = { type: "used", grow: of("add"), become: of("set") };
    const metric = { accountId, metricId } as const;
    return [
      { tally: serviceDayKey({ ...metric, subject: "SERVICE", id: serviceId }, applicationId, dayOf(at)), ...numbers },
      { tally: applicationDayKey({ ...metric, subject: "APPLICATION", id: applicationId }, dayOf(at)), ...numbers },
    ];
  });
}
