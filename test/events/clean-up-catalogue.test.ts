import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MetricId, PlanId, ServiceId } from "../../lib/domain/brands.ts";
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
import { everyRow } from "../support/rows.ts";
import { PLAN, Workshop } from "../support/workshop.ts";

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

describe("what an event does not name", () => {
  it.each([["metric.deleted"], ["application_plan.deleted"], ["service.deleted"], ["member.deleted"], ["developer_account.deleted"]] as const)("is not looked for: %s", async (type) => {
    const before = await everyRow(w.latchkey);
    await cleanUp({ type });
    expect(await everyRow(w.latchkey)).toEqual(before);
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
