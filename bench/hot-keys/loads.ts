import { epochSeconds } from "../../lib/domain/brands.ts";
import type { Application, Principal } from "../../lib/domain/model.ts";
import type { Report } from "../../lib/domain/reports.ts";
import { deleteOwnAccessToken, issueAccessToken, listAllAccessTokens } from "../../lib/operations/access-tokens.ts";
import { authenticate } from "../../lib/operations/authenticate.ts";
import { countReports } from "../../lib/operations/count-traffic.ts";
import { recordUses } from "../../lib/operations/record-use.ts";
import { judgeCall } from "../../lib/operations/service-management.ts";
import { revealServiceToken } from "../../lib/operations/service-tokens.ts";
import { newReportId } from "../../lib/secrets/random.ts";
import { applications } from "../../lib/table/applications.ts";
import { metrics, ofService } from "../../lib/table/catalogue.ts";
import { hashOf } from "../../lib/table/model.ts";
import { createTestAccount } from "../../test/support/account.ts";
import type { Load } from "../cost/written.ts";

/** So many reports of one application are counted in one transaction. */
export const TOGETHER = 90;
/** So many tokens are a page. */
export const PAGE = 100;
const WANTED = { name: "one of many", scopes: ["stats"], permission: "ro", expiresAt: "never" } as const;

/** What operations take, by their names, with `{member}` in place of a member's id, and `{new}` of what is another each time. */
export type Loads = Readonly<Record<
  "authorization" | "authorize" | "authrep" | "count" | "count of many" | "creation" | "deletion" | "note" | "reveal" | "page", readonly Load[]>>;

/**
 * Has each operation done once, as it is done when its rows are there already.
 *
 * @param metered what it takes to do something.
 */
export async function loadsOf(
  latchkey: Parameters<typeof createTestAccount>[0], metered: (act: () => Promise<unknown>) => Promise<readonly Load[]>,
): Promise<Loads> {
  const { operator: deps } = latchkey;
  const account = await createTestAccount(latchkey);
  const { member, token, value } = account.admin;
  const principal: Principal = { kind: "member", member };
  const { accountId } = member;
  const { id: serviceId } = await account.service("Echo");
  const application = found(await applications.read(deps.table, accountId, await account.application(serviceId, "App") as Application["id"]));
  const metric = found((await metrics.all(deps.table, accountId, ofService(serviceId)))[0]);
  const { value: serviceToken } = await revealServiceToken(deps, principal, serviceId);
  const { token: gone } = await issueAccessToken(deps, principal, WANTED);
  for (let made = 0; made < PAGE; made++) await issueAccessToken(deps, principal, WANTED);

  const judge = (kind: "authorize" | "authrep") => async () => judgeCall(deps, { serviceToken, serviceId: String(serviceId), providerKey: undefined }, {
    kind, userKey: application.userKey, appId: undefined, appKey: undefined, redirect: undefined, usage: { hits: "1" }, namesEndUser: false, idempotencyKey: undefined,
  });
  const now = deps.clock();
  const report = (): Report => ({
    id: newReportId(), accountId, serviceId, at: now, uses: [{ applicationId: application.id, metricId: metric.id, at: now, amount: { op: "add", value: 1 } }],
  });
  await countReports(deps, [report()]);

  const names: readonly (readonly [string, string])[] = [
    [String(accountId), "account"], [String(member.id), "member"], [String(token.id), "token"], [String(gone.id), "token"], [String(serviceId), "service"],
    [String(application.id), "application"], [hashOf(application.userKey), "application"], [hashOf(application.appId), "application"], [String(metric.id), "metric"],
  ];
  const of = async (act: () => Promise<unknown>) => (await metered(act)).map((load) => ({ ...load, pk: named(load.pk, names), sk: named(load.sk, names) }));
  return {
    authorization: await of(() => authenticate(deps, value)),
    authorize: await of(judge("authorize")),
    authrep: await of(judge("authrep")),
    count: await of(() => countReports(deps, [report()])),
    "count of many": await of(() => countReports(deps, Array.from({ length: TOGETHER }, report))),
    creation: await of(() => issueAccessToken(deps, principal, WANTED)),
    deletion: await of(() => deleteOwnAccessToken(deps, principal, gone.id)),
    note: await of(() => recordUses({ ...deps, recorded: new Map() }, [{ accountId, ownerId: member.id, id: token.id, at: epochSeconds(now) }])),
    reveal: await of(() => revealServiceToken(deps, principal, serviceId)),
    page: await of(() => listAllAccessTokens(deps, principal, { perPage: PAGE, after: 0 })),
  };
}

/** Ids by what they are of; an id, a digest or a random name that nobody knows is a new one, and the month and the day are now. */
export function named(key: string, names: readonly (readonly [string, string])[]): string {
  const known = names.reduce((text, [value, name]) => text.replaceAll(value, `{${name}}`), key);
  return known
    // One of the places in which a service is counted: its application decides which.
    .replace(/(#SERVICE#\{service\}#USED#METRIC#\{metric\}#)\d$/, "$1{shard}")
    .replace(/\d{13,}(?:-[\w-]+)?|[\w-]{32,}/g, "{new}")
    // What is found in this simulation must not depend on the month in which it is done.
    .replace(/\d{4}-\d{2}(?:-\d{2})?$/, "{now}");
}

function found<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("What has just been made is gone");
  return value;
}
