import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AccountId, MetricId, PlanId, ServiceId } from "../../lib/domain/brands.ts";
import type { Principal } from "../../lib/domain/model.ts";
import { cleanUpAfter, type Deleted } from "../../lib/operations/clean-up.ts";
import { deleteDeveloperAccount } from "../../lib/operations/developer-accounts.ts";
import { createDeveloperUser } from "../../lib/operations/developer-users.ts";
import { createMetric, deleteMetric } from "../../lib/operations/metrics.ts";
import { createLimit, createPlan, deletePlan } from "../../lib/operations/plans.ts";
import { updateProxy } from "../../lib/operations/proxies.ts";
import { promoteConfig } from "../../lib/operations/proxy-configs.ts";
import { deleteService } from "../../lib/operations/services.ts";
import { signUp } from "../../lib/operations/signup.ts";
import { limits, ofMetric, ofPlan } from "../../lib/table/catalogue.ts";
import { createTestAccount, type TestAccount } from "../support/account.ts";
import { startDeployment, type Deployment } from "../support/deployment.ts";
import { everyRow } from "../support/rows.ts";
import { PLAN } from "./changes/workshop.ts";

/** What hangs on things of the catalogue and on developer accounts goes after them; nothing else does. */
let latchkey: Deployment;
let account: TestAccount;
let accountId: AccountId;
let admin: Principal;
beforeAll(async () => {
  latchkey = await startDeployment();
  account = await createTestAccount(latchkey);
  ({ accountId } = account.admin.member);
  admin = { kind: "member", member: account.admin.member };
});
afterAll(() => latchkey?.stop());

let made = 0;
const service = async () => (await account.service(`Service ${++made}`)).id as ServiceId;
const metric = async (of: ServiceId) => (await createMetric(latchkey.operator, admin, of, { friendlyName: `Metric ${++made}`, unit: "hit", description: "" })).id;
const plan = async (of: ServiceId) => (await createPlan(latchkey.operator, admin, of, { ...PLAN, name: `Plan ${++made}` })).id;
const limit = async (of: PlanId, on: MetricId) => (await createLimit(latchkey.operator, admin, of, on, { period: "day", value: 1 })).id;
const limitsOf = async (of: PlanId) => (await limits.all(latchkey.operator.table, accountId, ofPlan(of))).map(({ id }) => id);
const limitsOn = async (on: MetricId) => (await limits.all(latchkey.operator.table, accountId, ofMetric(on))).map(({ id }) => id);
const cleanUp = (deleted: Omit<Deleted, "accountId">) => cleanUpAfter(latchkey.operator, { accountId, ...deleted });
/** The types of the rows that still speak of this, but for what is on record for good. */
const left = async (of: number) => (await everyRow(latchkey)).filter((row) => row["type"] !== "event" && JSON.stringify(row).includes(String(of))).map((row) => String(row["type"])).toSorted();

describe("after the deletion of a metric", () => {
  it("its limits are gone from every plan, and no other's", async () => {
    const of = await service();
    const [gone, kept] = [await metric(of), await metric(of)];
    const [one, two] = [await plan(of), await plan(of)];
    await Promise.all([limit(one, gone), limit(two, gone)]);
    const other = await limit(one, kept);
    await deleteMetric(latchkey.operator, admin, of, gone);
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
    await deletePlan(latchkey.operator, admin, of, gone);
    await cleanUp({ type: "application_plan.deleted", planId: gone });
    expect([await limitsOf(gone), await limitsOf(kept), await limitsOn(on)]).toEqual([[], [other], [other]]);
  });
});

describe("what an event does not name", () => {
  it.each([["metric.deleted"], ["application_plan.deleted"], ["service.deleted"], ["member.deleted"], ["developer_account.deleted"]] as const)("is not looked for: %s", async (type) => {
    const before = await everyRow(latchkey);
    latchkey.proxy.reset();
    await cleanUp({ type });
    expect(await everyRow(latchkey)).toEqual(before);
  });

  it("is not what another event would mean by it", async () => {
    const of = await service();
    const [on, in_] = [await metric(of), await plan(of)];
    const kept = await limit(in_, on);
    await cleanUp({ type: "metric.updated", metricId: on, planId: in_, serviceId: of });
    await cleanUp({ type: "application_plan.updated", metricId: on, planId: in_, serviceId: of });
    expect([await limitsOf(in_), await limitsOn(on)]).toEqual([[kept], [kept]]);
  });
});

describe("after the deletion of a service", () => {
  it("its metrics, plans, limits and configurations are gone: what stays is that its token is dead", async () => {
    const of = await service();
    const [on, in_] = [await metric(of), await plan(of)];
    await limit(in_, on);
    await updateProxy(latchkey.operator, admin, of, { api_backend: "https://echo.example.com" });
    await promoteConfig(latchkey.operator, admin, of, "sandbox", 1, "production");
    expect(new Set(await left(of))).toEqual(new Set(["service", "service_token", "metric", "application_plan", "limit", "proxy", "proxy_config", "unique"]));
    await deleteService(latchkey.operator, admin, of);
    await cleanUp({ type: "service.deleted", serviceId: of });
    expect([...new Set(await left(of))]).toEqual(["deleted_service"]);
    expect(await limitsOn(on)).toEqual([]);
  });
});

describe("after the deletion of a developer account", () => {
  it("its users are gone and their names free, and no other account's", async () => {
    const wanted = (name: string) => ({ orgName: name, username: name, email: `${name}@example.com`, withPassword: true });
    const { id: gone } = await signUp(latchkey.operator, admin, wanted("gone"));
    const { id: kept } = await signUp(latchkey.operator, admin, wanted("kept"));
    await createDeveloperUser(latchkey.operator, admin, gone, { username: "second" });
    await deleteDeveloperAccount(latchkey.operator, admin, gone);
    const before = await left(kept);
    await cleanUp({ type: "developer_account.deleted", developerAccountId: gone });
    expect(await left(gone)).toEqual([]);
    expect(await left(kept)).toEqual(before);
    await expect(signUp(latchkey.operator, admin, wanted("kept"))).rejects.toMatchObject({ code: "invalid" });
    await createDeveloperUser(latchkey.operator, admin, kept, { username: "second" });
    await expect(signUp(latchkey.operator, admin, wanted("gone"))).resolves.toMatchObject({ orgName: "gone" });
  });

  it("one that is there loses nothing, whatever the event says", async () => {
    const { id: there } = await signUp(latchkey.operator, admin, { orgName: "There", username: "there", withPassword: true });
    const before = await everyRow(latchkey);
    await cleanUp({ type: "developer_account.deleted", developerAccountId: there });
    expect(await everyRow(latchkey)).toEqual(before);
  });
});
