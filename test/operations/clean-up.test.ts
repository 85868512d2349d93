import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { id, type DeveloperAccountId, type MemberId, type MetricId, type PlanId, type ServiceId } from "../../lib/domain/brands.ts";
import { EVENT_TYPES } from "../../lib/domain/events.ts";
import { createApplication } from "../../lib/operations/applications.ts";
import { cleanUpAfter, type Deleted } from "../../lib/operations/clean-up.ts";
import { deleteDeveloperAccount } from "../../lib/operations/developer-accounts.ts";
import { createDeveloperUser } from "../../lib/operations/developer-users.ts";
import { deleteMember, updateRights } from "../../lib/operations/members.ts";
import { createMetric, deleteMetric } from "../../lib/operations/metrics.ts";
import { createLimit, createPlan, deletePlan } from "../../lib/operations/plans.ts";
import { updateProxy } from "../../lib/operations/proxies.ts";
import { promoteConfig } from "../../lib/operations/proxy-configs.ts";
import { deleteService } from "../../lib/operations/services.ts";
import { signUp } from "../../lib/operations/signup.ts";
import { applications } from "../../lib/table/applications.ts";
import { limits, ofMetric, ofPlan } from "../../lib/table/catalogue.ts";
import { readRow } from "../../lib/table/client.ts";
import { developerAccounts } from "../../lib/table/developers.ts";
import { keys, type Key } from "../../lib/table/model.ts";
import { everyRow } from "../support/rows.ts";
import { through } from "../support/table.ts";
import { PLAN, SECTIONS, Workshop } from "../support/workshop.ts";

/** What hangs on things of the catalogue and on developer accounts goes after them; nothing else does. */
const w = new Workshop();
beforeAll(() => w.open());
afterAll(() => w.close());

const accountId = () => w.account.admin.member.accountId;
const service = () => w.serviceId();
const metric = async (of: ServiceId) => (await createMetric(w.operator, w.admin, of, { friendlyName: `Metric ${w.next()}`, unit: "hit", description: "" })).id;
const plan = async (of: ServiceId) => (await createPlan(w.operator, w.admin, of, { ...PLAN, name: `Plan ${w.next()}` })).id;
const limit = async (of: PlanId, on: MetricId) => (await createLimit(w.operator, w.admin, of, on, { period: "day", value: 1 })).id;
const limitsOf = async (of: PlanId) => (await limits.all(w.operator.table, accountId(), ofPlan(of))).map(({ id }) => id);
const limitsOn = async (on: MetricId) => (await limits.all(w.operator.table, accountId(), ofMetric(on))).map(({ id }) => id);
const cleanUp = (deleted: Omit<Deleted, "accountId">) => cleanUpAfter(w.operator, { accountId: accountId(), ...deleted });
/** The types of the rows that still speak of this, but for what is on record for good. */
const left = async (of: number) => (await everyRow(w.latchkey)).filter((row) => row["type"] !== "event" && JSON.stringify(row).includes(String(of))).map((row) => String(row["type"])).toSorted();

describe("after the deletion of a metric", () => {
  it("its limits are gone from every plan, and no other's", async () => {
    const of = await service();
    const [gone, kept] = [await metric(of), await metric(of)];
    const [one, two] = [await plan(of), await plan(of)];
    await Promise.all([limit(one, gone), limit(two, gone)]);
    const other = await limit(one, kept);
    await deleteMetric(w.operator, w.admin, of, gone);
    await cleanUp({ type: "metric.deleted", metricId: gone });
    expect([await limitsOn(gone), await limitsOf(one), await limitsOf(two), await limitsOn(kept)]).toEqual([[], [other], [], [other]]);
  });
});

describe("after the deletion of a plan", () => {
  it("its limits are gone, and no other's", async () => {
    const of = await service();
    const on = await metric(of);
    const [gone, kept] = [await plan(of), await plan(of)];
    await limit(gone, on);
    const other = await limit(kept, on);
    await deletePlan(w.operator, w.admin, of, gone);
    await cleanUp({ type: "application_plan.deleted", planId: gone });
    expect([await limitsOf(gone), await limitsOf(kept), await limitsOn(on)]).toEqual([[], [other], [other]]);
  });
});

describe("what an event does not tell of", () => {
  const DELETIONS = ["member.deleted", "service.deleted", "developer_account.deleted", "metric.deleted", "application_plan.deleted"] as const;
  const unasked: Deleted["type"][] = EVENT_TYPES.filter((type) => !DELETIONS.some((deletion) => deletion === type));
  const NAMED = { memberId: id<MemberId>(1), serviceId: id<ServiceId>(2), developerAccountId: id<DeveloperAccountId>(3), metricId: id<MetricId>(4), planId: id<PlanId>(5) };
  /** Fails with the first call to the database. */
  const untouched = () => ({ ...w.operator, table: through(w.operator.table, () => Promise.reject(new Error("The database was asked"))) });

  it.each(DELETIONS)("is not looked for: %s of nobody knows what", async (type) => {
    await expect(cleanUpAfter(untouched(), { accountId: accountId(), type })).resolves.toBeUndefined();
  });

  it.each(unasked)("is not looked for: whatever %s names", async (type) => {
    await expect(cleanUpAfter(untouched(), { accountId: accountId(), type, ...NAMED })).resolves.toBeUndefined();
  });

  it.each([
    ["member", "memberId"], ["service", "serviceId"], ["developer_account", "developerAccountId"], ["metric", "metricId"], ["application_plan", "planId"],
  ] as const)("is not looked for: what else is gone besides a %s", async (what, name) => {
    const asked: unknown[] = [];
    const table = through(w.operator.table, (_operation, input, ask) => (asked.push(input), ask()));
    const after = async (deleted: Deleted) => {
      asked.length = 0;
      await cleanUpAfter({ ...w.operator, table }, deleted);
      return asked.map((input) => JSON.stringify(input));
    };
    const alone = await after({ accountId: accountId(), type: `${what}.deleted`, [name]: NAMED[name] });
    expect(alone.length).toBeGreaterThan(0);
    expect(await after({ accountId: accountId(), type: `${what}.deleted`, ...NAMED })).toEqual(alone);
  });
});

describe("what goes away after it was listed", () => {
  /** A store in which the first row of this partition that is read by itself has just gone. */
  const losing = ({ pk }: Key) => {
    let lost = false;
    return { ...w.operator, table: through(w.operator.table, async (operation, input: object, ask) => {
      const { Key: read } = input as { readonly Key?: Key };
      if (operation === "GetItem" && read?.pk === pk && !lost) {
        lost = true;
        await w.lose(read);
      }
      return ask();
    }) };
  };

  it("a member's token keeps no other from going", async () => {
    const person = await w.member();
    const { member } = person;
    const { token } = await w.account.token(person);
    await w.lose(keys.member(accountId(), member.id));
    await cleanUpAfter(losing(keys.accessToken(accountId(), member.id, token.id)), { accountId: accountId(), type: "member.deleted", memberId: member.id });
    expect(await left(member.id)).toEqual([]);
  });

  it("an application keeps no other from going", async () => {
    const [{ serviceId: of, id: planId }, { id: developer }] = [await w.plan(), await w.account.developerAccount("Buyer")];
    for (const name of ["One", "Two"]) await createApplication(w.operator, w.admin, { serviceId: of, planId, developerAccountId: developer, name, description: "" });
    await w.lose(keys.entity(developerAccounts.kind, accountId(), developer));
    await cleanUpAfter(losing(keys.entity(applications.kind, accountId(), planId)), { accountId: accountId(), type: "developer_account.deleted", developerAccountId: developer });
    expect((await left(developer)).filter((type) => type === "application")).toEqual([]);
  });
});

describe("members' lists, after the deletion of a service", () => {
  const doomed = async () => {
    const of = await service();
    const listing = (await w.account.member({ sections: SECTIONS, serviceAccess: [of, await service()] })).member;
    await deleteService(w.operator, w.admin, of);
    return { of, listing };
  };
  const deletion = (of: ServiceId) => ({ accountId: accountId(), type: "service.deleted", serviceId: of }) as const;

  it("are read by themselves only where it is in them", async () => {
    const { of, listing } = await doomed();
    const others = [(await w.account.member({ sections: SECTIONS, serviceAccess: [await service()] })).member, (await w.member()).member];
    const read: unknown[] = [];
    const table = through(w.operator.table, (operation, input: object, ask) => {
      if (operation === "GetItem") read.push((input as { readonly Key: Key }).Key);
      return ask();
    });
    await cleanUpAfter({ ...w.operator, table }, deletion(of));
    expect(read).toContainEqual(keys.member(accountId(), listing.id));
    for (const { id: other } of others) expect(read).not.toContainEqual(keys.member(accountId(), other));
  });

  it.each<[string, (of: MemberId) => Promise<unknown>]>([
    ["is deleted", (of) => deleteMember(w.operator, w.admin, of)],
    ["may reach every service", (of) => updateRights(w.operator, w.admin, of, { serviceAccess: "all" })],
    ["may reach others", async (of) => updateRights(w.operator, w.admin, of, { serviceAccess: [await service()] })],
  ])("are left as they are when the member %s before they are read by themselves", async (_what, change) => {
    const { of, listing } = await doomed();
    let changed: object | undefined;
    const table = through(w.operator.table, async (operation, input: object, ask) => {
      const key = keys.member(accountId(), listing.id);
      if (operation === "GetItem" && changed === undefined && isDeepStrictEqual((input as { readonly Key: Key }).Key, key)) {
        await change(listing.id);
        changed = await readRow(w.operator.table, key) ?? { gone: true };
      }
      return ask();
    });
    await cleanUpAfter({ ...w.operator, table }, deletion(of));
    expect(changed).toBeDefined();
    expect(await readRow(w.operator.table, keys.member(accountId(), listing.id)) ?? { gone: true }).toEqual(changed);
  });
});

describe("after the deletion of a service", () => {
  it("its metrics, plans, limits and configurations are gone: what stays is that its token is dead", async () => {
    const of = await service();
    const [on, in_] = [await metric(of), await plan(of)];
    await limit(in_, on);
    await updateProxy(w.operator, w.admin, of, { api_backend: "https://echo.example.com" });
    await promoteConfig(w.operator, w.admin, of, "sandbox", 1, "production");
    expect(new Set(await left(of))).toEqual(new Set(["service", "service_token", "metric", "application_plan", "limit", "proxy", "proxy_config", "unique"]));
    await deleteService(w.operator, w.admin, of);
    await cleanUp({ type: "service.deleted", serviceId: of });
    expect([...new Set(await left(of))]).toEqual(["deleted_service"]);
    expect(await limitsOn(on)).toEqual([]);
  });
});

describe("after the deletion of a developer account", () => {
  it("its users are gone and their names free, and no other account's", async () => {
    const wanted = (name: string) => ({ orgName: name, username: name, email: `${name}@example.com`, withPassword: true });
    const { id: gone } = await signUp(w.operator, w.admin, wanted("gone"));
    const { id: kept } = await signUp(w.operator, w.admin, wanted("kept"));
    await createDeveloperUser(w.operator, w.admin, gone, { username: "second" });
    await deleteDeveloperAccount(w.operator, w.admin, gone);
    const before = await left(kept);
    await cleanUp({ type: "developer_account.deleted", developerAccountId: gone });
    expect(await left(gone)).toEqual([]);
    expect(await left(kept)).toEqual(before);
    await expect(signUp(w.operator, w.admin, wanted("kept"))).rejects.toMatchObject({ code: "invalid" });
    await createDeveloperUser(w.operator, w.admin, kept, { username: "second" });
    await expect(signUp(w.operator, w.admin, wanted("gone"))).resolves.toMatchObject({ orgName: "gone" });
  });

  it("one that is there loses nothing, whatever the event says", async () => {
    const { id: there } = await signUp(w.operator, w.admin, { orgName: "There", username: "there", withPassword: true });
    const before = await everyRow(w.latchkey);
    await cleanUp({ type: "developer_account.deleted", developerAccountId: there });
    expect(await everyRow(w.latchkey)).toEqual(before);
  });
});
