import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LimitId, MetricId, PlanId, ServiceId } from "../../lib/domain/brands.ts";
import type { Principal } from "../../lib/domain/model.ts";
import { createAccountPlan, deleteAccountPlan, listAccountPlans, makeAccountPlanDefault, readAccountPlan, updateAccountPlan } from "../../lib/operations/account-plans.ts";
import { changeAccountPlan } from "../../lib/operations/developer-accounts.ts";
import { createMetric, deleteMetric, listMethods, listMetrics, readMetric, updateMetric } from "../../lib/operations/metrics.ts";
import { createLimit, createPlan, deleteLimit, deletePlan, listLimits, listPlans, makeDefault, readLimit, readPlan, updateLimit, updatePlan } from "../../lib/operations/plans.ts";
import { deleteService } from "../../lib/operations/services.ts";
import { limits, ofPlan } from "../../lib/table/catalogue.ts";
import { developerAccounts } from "../../lib/table/developers.ts";
import { readServiceToken } from "../../lib/table/services.ts";
import { createTestAccount } from "../support/account.ts";
import { meanwhile, through } from "../support/table.ts";
import { PLAN, Workshop } from "../support/workshop.ts";

/** Metrics, plans and limits, and what calls are judged by, when something of them is changed between the reading and the writing. */
const w = new Workshop();
beforeAll(() => w.open());
afterAll(() => w.close());

const NOT_FOUND = { code: "not_found" };
const accountId = () => w.account.admin.member.accountId;
const traffic = async (of: ServiceId) => (await readServiceToken(w.operator.table, accountId(), of))!.traffic;
const metric = (of: ServiceId, deps = w.operator, more: object = {}, parent?: MetricId) =>
  createMetric(deps, w.admin, of, { friendlyName: `Metric ${w.next()}`, unit: "hit", description: "", ...more }, parent);
const plan = (of: ServiceId, deps = w.operator) => createPlan(deps, w.admin, of, { ...PLAN, name: `Plan ${w.next()}` });
const limit = (of: PlanId, on: MetricId, deps = w.operator, period: "hour" | "day" = "day") => createLimit(deps, w.admin, of, on, { period, value: 5 });
const hitsOf = async (of: ServiceId) => (await listMetrics(w.operator, w.admin, of))[0]!.id;

describe("metrics", () => {
  it("that are made at once both count", async () => {
    const of = await w.serviceId();
    const deps = meanwhile(w.operator, () => metric(of));
    const { id } = await metric(of, deps);
    const all = (await listMetrics(w.operator, w.admin, of)).map((each) => each.id);
    expect(all).toHaveLength(3);
    expect((await traffic(of)).metrics.map((each) => each.id).toSorted((a, b) => a - b)).toEqual(all.toSorted((a, b) => a - b));
    expect(all).toContain(id);
  });

  it("under one system name are one, and the other is told", async () => {
    const of = await w.serviceId();
    const deps = meanwhile(w.operator, () => metric(of, w.operator, { systemName: "taken" }));
    await expect(metric(of, deps, { systemName: "taken" })).rejects.toMatchObject({ code: "invalid", fields: { system_name: ["has already been taken"] } });
  });

  it("of a service that is deleted meanwhile are not made, nor deleted", async () => {
    const [of, other] = [await w.serviceId(), await w.serviceId()];
    await expect(metric(of, meanwhile(w.operator, () => deleteService(w.operator, w.admin, of)))).rejects.toMatchObject(NOT_FOUND);
    const { id } = await metric(other);
    await expect(deleteMetric(meanwhile(w.operator, () => deleteService(w.operator, w.admin, other)), w.admin, other, id)).rejects.toMatchObject(NOT_FOUND);
  });

  it("keep what is changed of them meanwhile", async () => {
    const of = await w.serviceId();
    const { id } = await metric(of);
    const change = (changes: object, deps = w.operator) => updateMetric(deps, w.admin, of, id, changes);
    await change({ unit: "query" }, meanwhile(w.operator, () => change({ description: "Meanwhile" })));
    expect(await readMetric(w.operator, w.admin, of, id)).toMatchObject({ unit: "query", description: "Meanwhile", version: 3 });
    // Of which the service's token need know nothing.
    const token = await readServiceToken(w.operator.table, accountId(), of);
    await change({ unit: "call" });
    expect(await readServiceToken(w.operator.table, accountId(), of)).toEqual(token);
  });

  it("are methods of hits alone, listed under it, and no metric of their own elsewhere", async () => {
    const of = await w.serviceId();
    const hits = await hitsOf(of);
    const [method, other] = [await metric(of, w.operator, {}, hits), await metric(of)];
    expect((await listMethods(w.operator, w.admin, of, hits)).map(({ id }) => id)).toEqual([method.id]);
    expect(await listMethods(w.operator, w.admin, of, other.id)).toEqual([]);
    expect((await traffic(of)).metrics).toContainEqual({ id: method.id, systemName: method.systemName, parentId: hits });
    // Asked for as a metric, a method is there as well.
    for (const parent of [hits, undefined]) expect((await readMetric(w.operator, w.admin, of, method.id, parent)).id).toBe(method.id);
    await expect(metric(of, w.operator, {}, other.id)).rejects.toMatchObject({ code: "invalid", fields: { parent_id: ["You can only create methods under 'hits'"] } });
    await expect(readMetric(w.operator, w.admin, of, other.id, hits)).rejects.toMatchObject(NOT_FOUND);
    await expect(updateMetric(w.operator, w.admin, of, other.id, { unit: "x" }, hits)).rejects.toMatchObject(NOT_FOUND);
    await expect(deleteMetric(w.operator, w.admin, of, other.id, hits)).rejects.toMatchObject(NOT_FOUND);
    await expect(readMetric(w.operator, w.admin, await w.serviceId(), other.id)).rejects.toMatchObject(NOT_FOUND);
  });

  it("but hits go, with their limits and no other's", async () => {
    const of = await w.serviceId();
    const [gone, kept, on] = [await metric(of), await metric(of), await plan(of)];
    await Promise.all([gone, kept].map(({ id }) => limit(on.id, id)));
    await deleteMetric(w.operator, w.admin, of, gone.id);
    const { metrics, plans } = await traffic(of);
    expect(metrics.map(({ id }) => id)).toEqual([await hitsOf(of), kept.id]);
    expect(plans).toEqual([{ id: on.id, name: on.name, limits: [{ metricId: kept.id, period: "day", value: 5 }] }]);
    await expect(deleteMetric(w.operator, w.admin, of, await hitsOf(of))).rejects.toMatchObject({ code: "refused", fields: { base: ["The Hits metric cannot be deleted"] } });
  });
});

describe("names that only one thing may have", () => {
  const taken = (...fields: string[]) => ({ code: "invalid", fields: Object.fromEntries(fields.map((field) => [field, ["has already been taken"]])) });
  const named = (of: ServiceId) => ({
    metric: (systemName: string) => metric(of, w.operator, { systemName }),
    plan: (systemName: string) => createPlan(w.operator, w.admin, of, { ...PLAN, systemName }),
  });

  it.each(["metric", "plan"] as const)("the system name of a %s is taken while it is there, changed or not, and free afterwards", async (what) => {
    const of = await w.serviceId();
    const make = named(of)[what];
    const { id } = await make("wanted");
    await expect(make("wanted")).rejects.toMatchObject(taken("system_name"));
    if (what === "metric") await updateMetric(w.operator, w.admin, of, id as MetricId, { unit: "query" });
    else await updatePlan(w.operator, w.admin, of, id as PlanId, { name: "Renamed" });
    await expect(make("wanted")).rejects.toMatchObject(taken("system_name"));
    await expect(named(await w.serviceId())[what]("wanted")).resolves.toMatchObject({ systemName: "wanted" });
    if (what === "metric") await deleteMetric(w.operator, w.admin, of, id as MetricId);
    else await deletePlan(w.operator, w.admin, of, id as PlanId);
    await expect(make("wanted")).resolves.toMatchObject({ systemName: "wanted" });
  });

  it("the name of a metric that was renamed is free, and the new one is taken, in whatever letter case", async () => {
    const of = await w.serviceId();
    const { id } = await metric(of, w.operator, { friendlyName: "Before" });
    await updateMetric(w.operator, w.admin, of, id, { friendlyName: "After" });
    await expect(metric(of, w.operator, { friendlyName: "AFTER" })).rejects.toMatchObject({ code: "invalid", fields: { friendly_name: ["has already been taken"] } });
    await expect(metric(of, w.operator, { friendlyName: "Before", systemName: "other" })).resolves.toMatchObject({ friendlyName: "Before" });
  });

  it("the period of a limit is taken while the limit has it", async () => {
    const { serviceId: of, id: on } = await w.plan();
    const hits = await hitsOf(of);
    const { id } = await limit(on, hits);
    await updateLimit(w.operator, w.admin, on, hits, id, { value: 7 });
    await expect(limit(on, hits)).rejects.toMatchObject({ code: "invalid" });
    await updateLimit(w.operator, w.admin, on, hits, id, { period: "hour" });
    await expect(limit(on, hits, w.operator, "hour")).rejects.toMatchObject({ code: "invalid" });
    await expect(limit(on, hits)).resolves.toMatchObject({ period: "day" });
    await deleteLimit(w.operator, w.admin, on, hits, id);
    await expect(limit(on, hits, w.operator, "hour")).resolves.toMatchObject({ period: "hour" });
  });

  it("are made up where nothing of a name can stand in one, each another", async () => {
    const of = await w.serviceId();
    const names = [await metric(of, w.operator, { friendlyName: "検索" }), await metric(of, w.operator, { friendlyName: "探索" })].map(({ systemName }) => systemName);
    const plans = [await createPlan(w.operator, w.admin, of, { ...PLAN, name: "基本" }), await createPlan(w.operator, w.admin, of, { ...PLAN, name: "基本" })].map(({ systemName }) => systemName);
    for (const name of names) expect(name).toMatch(/^metric_[0-9a-f]{12}$/);
    for (const name of plans) expect(name).toMatch(/^plan_[0-9a-f]{12}$/);
    expect(new Set([...names, ...plans]).size).toBe(4);
  });
});

describe("application plans", () => {
  it("that are made at once both judge calls", async () => {
    const of = await w.serviceId();
    await plan(of, meanwhile(w.operator, () => plan(of)));
    const all = (await listPlans(w.operator, w.admin, of)).map(({ id, name }) => ({ id, name, limits: [] }));
    expect(all).toHaveLength(2);
    expect((await traffic(of)).plans).toEqual(expect.arrayContaining(all));
  });

  it("that are renamed keep their limits, and the others theirs", async () => {
    const { serviceId: of, id: on } = await w.plan();
    const [other, hits] = [await plan(of), await hitsOf(of)];
    await limit(on, hits);
    await limit(other.id, hits, w.operator, "hour");
    await updatePlan(w.operator, w.admin, of, other.id, { name: "Renamed" });
    const { name } = await readPlan(w.operator, w.admin, on);
    expect((await traffic(of)).plans).toEqual([
      { id: on, name, limits: [{ metricId: hits, period: "day", value: 5 }] }, { id: other.id, name: "Renamed", limits: [{ metricId: hits, period: "hour", value: 5 }] },
    ]);
  });

  it("cost the service's token nothing when calls are judged as before", async () => {
    const { serviceId: of, id: on } = await w.plan();
    const before = await readServiceToken(w.operator.table, accountId(), of);
    await updatePlan(w.operator, w.admin, of, on, { costPerMonthCents: 500 });
    expect(await readServiceToken(w.operator.table, accountId(), of)).toEqual(before);
  });

  it("keep what is changed of them meanwhile, and are not there when they are deleted", async () => {
    const { serviceId: of, id: on } = await w.plan();
    const change = (changes: object, deps = w.operator) => updatePlan(deps, w.admin, of, on, changes);
    await change({ setupFeeCents: 1 }, meanwhile(w.operator, () => change({ costPerMonthCents: 2 })));
    expect(await readPlan(w.operator, w.admin, on)).toMatchObject({ setupFeeCents: 1, costPerMonthCents: 2 });
    await expect(change({ setupFeeCents: 3 }, meanwhile(w.operator, () => deletePlan(w.operator, w.admin, of, on)))).rejects.toMatchObject(NOT_FOUND);
    expect((await traffic(of)).plans).toEqual([]);
  });

  it("of another service, and one that an application is on, are not deleted", async () => {
    const { serviceId: of, id: on } = await w.plan();
    await expect(deletePlan(w.operator, w.admin, await w.serviceId(), on)).rejects.toMatchObject(NOT_FOUND);
    const { service, application: _ } = await w.developed();
    const [used] = await listPlans(w.operator, w.admin, service);
    await expect(deletePlan(w.operator, w.admin, service, (await plan(service)).id)).resolves.toBeUndefined();
    await expect(deletePlan(w.operator, w.admin, service, used!.id)).rejects.toMatchObject({ code: "refused", fields: { base: [expect.stringContaining("At least one application depends on it")] } });
    await expect(deletePlan(w.operator, w.admin, of, on)).resolves.toBeUndefined();
  });

  it("are the default one at a time, as they are then", async () => {
    const { serviceId: of, id: first } = await w.plan();
    const second = await plan(of);
    await makeDefault(w.operator, w.admin, of, first);
    const deps = meanwhile(w.operator, () => updatePlan(w.operator, w.admin, of, first, { setupFeeCents: 7 }));
    expect(await makeDefault(deps, w.admin, of, second.id)).toMatchObject({ id: second.id, isDefault: true });
    expect((await listPlans(w.operator, w.admin, of)).map(({ id, isDefault, setupFeeCents }) => [id, isDefault, setupFeeCents])).toEqual(
      expect.arrayContaining([[first, false, 7], [second.id, true, 0]]));
    // Chosen again, nothing changes.
    const { version } = await readPlan(w.operator, w.admin, second.id);
    expect((await makeDefault(w.operator, w.admin, of, second.id)).version).toBe(version);
    await expect(makeDefault(w.operator, w.admin, await w.serviceId(), second.id)).rejects.toMatchObject(NOT_FOUND);
  });

  it("are the default of their own service alone", async () => {
    const [one, other] = [await w.plan(), await w.plan()];
    for (const { serviceId: of, id } of [one, other]) await makeDefault(w.operator, w.admin, of, id);
    expect((await readPlan(w.operator, w.admin, one.id)).isDefault).toBe(true);
  });

  it.each<[string, (of: ServiceId, first: PlanId) => Promise<typeof w.operator>]>([
    ["both at once", async (of, first) => meanwhile(w.operator, () => makeDefault(w.operator, w.admin, of, first))],
    ["one so shortly after the other that no index shows it", async (of, first) => {
      await makeDefault(w.operator, w.admin, of, first);
      return { ...w.operator, table: through(w.operator.table, async (_operation, input, ask) => ("IndexName" in input ? { Items: [] } : ask())) };
    }],
  ])("are never two by default, where none was before and two are chosen, %s", async (_how, after) => {
    const { serviceId: of, id: first } = await w.plan();
    const second = await plan(of);
    await makeDefault(await after(of, first), w.admin, of, second.id);
    expect((await listPlans(w.operator, w.admin, of)).filter(({ isDefault }) => isDefault).map(({ id }) => id)).toEqual([second.id]);
  });
});

describe("limits", () => {
  it("are none of a plan or a metric that is deleted meanwhile", async () => {
    const { serviceId: of, id: on } = await w.plan();
    const [gone, { id: metricId }] = [await plan(of), await metric(of)];
    await expect(limit(gone.id, metricId, meanwhile(w.operator, () => deletePlan(w.operator, w.admin, of, gone.id)))).rejects.toMatchObject(NOT_FOUND);
    await expect(limit(on, metricId, meanwhile(w.operator, () => deleteMetric(w.operator, w.admin, of, metricId)))).rejects.toMatchObject(NOT_FOUND);
    expect([await limits.all(w.operator.table, accountId(), ofPlan(gone.id)), await limits.all(w.operator.table, accountId(), ofPlan(on))]).toEqual([[], []]);
  });

  it("go although their plan and their metric went before, and are not changed then", async () => {
    const { plan: on, metric: metricId, limit: id } = await w.limited();
    const { serviceId: of } = await readPlan(w.operator, w.admin, on);
    await deleteMetric(w.operator, w.admin, of, metricId);
    await expect(updateLimit(w.operator, w.admin, on, metricId, id, { value: 2 })).rejects.toMatchObject(NOT_FOUND);
    await expect(deleteLimit(w.operator, w.admin, on, metricId, id)).resolves.toBeUndefined();
  });

  it("are once for each metric and period, in the plan that they are of", async () => {
    const { serviceId: of, id: on } = await w.plan();
    const [other, { id: metricId }, { id: another }] = [await plan(of), await metric(of), await metric(of)];
    await expect(limit(on, metricId, meanwhile(w.operator, () => limit(on, metricId)))).rejects.toMatchObject({ code: "invalid" });
    await limit(on, metricId, w.operator, "hour");
    await limit(on, another);
    await limit(other.id, metricId);
    const listed = async (plan_: PlanId, only?: MetricId) => (await listLimits(w.operator, w.admin, plan_, only)).map((each) => [each.metricId, each.period]);
    expect(await listed(on)).toEqual([[metricId, "day"], [metricId, "hour"], [another, "day"]]);
    expect(await listed(on, metricId)).toEqual([[metricId, "day"], [metricId, "hour"]]);
    expect(await listed(other.id)).toEqual([[metricId, "day"]]);
    expect((await traffic(of)).plans.map(({ id, limits: all }) => [id, all.length])).toEqual([[on, 3], [other.id, 1]]);
  });

  it("that are changed judge calls as they are then, and the others as before", async () => {
    const { serviceId: of, id: on } = await w.plan();
    const { id: metricId } = await metric(of);
    const [day] = [await limit(on, metricId), await limit(on, metricId, w.operator, "hour")];
    await updateLimit(w.operator, w.admin, on, metricId, day.id, { period: "week", value: 9 });
    expect((await traffic(of)).plans[0]?.limits).toEqual([{ metricId, period: "hour", value: 5 }, { metricId, period: "week", value: 9 }]);
    await expect(updateLimit(w.operator, w.admin, on, metricId, day.id, { period: "hour" })).rejects.toMatchObject({ code: "invalid" });
    await deleteLimit(w.operator, w.admin, on, metricId, day.id);
    expect((await traffic(of)).plans[0]?.limits).toEqual([{ metricId, period: "hour", value: 5 }]);
  });

  it("are found under their own plan and metric alone", async () => {
    const { plan: on, metric: metricId, limit: id } = await w.limited();
    const { serviceId: of } = await readPlan(w.operator, w.admin, on);
    const [other, { id: another }] = [await plan(of), await metric(of)];
    expect((await readLimit(w.operator, w.admin, on, metricId, id)).id).toBe(id);
    const wrong: readonly [PlanId, MetricId, LimitId][] = [[other.id, metricId, id], [on, another, id]];
    for (const [plan_, metric_, limit_] of wrong) {
      for (const act of [readLimit, deleteLimit]) await expect(act(w.operator, w.admin, plan_, metric_, limit_)).rejects.toMatchObject(NOT_FOUND);
      await expect(updateLimit(w.operator, w.admin, plan_, metric_, limit_, { value: 1 })).rejects.toMatchObject(NOT_FOUND);
    }
    await expect(listLimits(w.operator, w.admin, on, (await metric(await w.serviceId())).id)).rejects.toMatchObject(NOT_FOUND);
  });
});

describe("account plans", () => {
  const create = (by: Principal) => createAccountPlan(w.operator, by, { name: `Plan ${w.next()}`, state: "hidden", approvalRequired: false });

  it("are of no service: whoever reaches none reads them", async () => {
    const { id } = await w.accountPlan();
    const nobody: Principal = { kind: "member", member: { ...w.account.admin.member, role: "member", sections: ["partners"], serviceAccess: [] } };
    expect((await readAccountPlan(w.operator, nobody, id)).id).toBe(id);
  });

  it("are the default one at a time, as they are then", async () => {
    const [first, second] = [await w.accountPlan(), await w.accountPlan()];
    await makeAccountPlanDefault(w.operator, w.admin, first.id);
    const deps = meanwhile(w.operator, () => updateAccountPlan(w.operator, w.admin, first.id, { approvalRequired: true }));
    expect(await makeAccountPlanDefault(deps, w.admin, second.id)).toMatchObject({ id: second.id, isDefault: true });
    const all = await listAccountPlans(w.operator, w.admin);
    expect(all.filter(({ isDefault }) => isDefault).map(({ id }) => id)).toEqual([second.id]);
    expect(all.find(({ id }) => id === first.id)).toMatchObject({ approvalRequired: true, isDefault: false });
  });

  it("are never two by default, where none was before and two are chosen at once", async () => {
    const by: Principal = { kind: "member", member: (await createTestAccount(w.latchkey)).admin.member };
    for (const { id } of await listAccountPlans(w.operator, by)) await deleteAccountPlan(w.operator, by, id);
    const [first, second] = [await create(by), await create(by)];
    await makeAccountPlanDefault(meanwhile(w.operator, () => makeAccountPlanDefault(w.operator, by, first.id)), by, second.id);
    expect((await listAccountPlans(w.operator, by)).filter(({ isDefault }) => isDefault).map(({ id }) => id)).toEqual([second.id]);
  });

  it("that an account is on already are no change when they are chosen again", async () => {
    const [{ id: developer }, { id: plan }] = [await w.developer(), await create(w.admin)];
    const stored = () => developerAccounts.read(w.operator.table, accountId(), developer);
    await changeAccountPlan(w.operator, w.admin, developer, plan);
    const before = await stored();
    expect(await changeAccountPlan(w.operator, w.admin, developer, plan)).toMatchObject({ id: plan });
    expect([before?.planId, await stored()]).toEqual([plan, before]);
  });

  it("that are deleted meanwhile take nobody", async () => {
    const { id: developer } = await w.developer();
    const gone = await create(w.admin);
    const deps = meanwhile(w.operator, () => deleteAccountPlan(w.operator, w.admin, gone.id));
    await expect(changeAccountPlan(deps, w.admin, developer, gone.id)).rejects.toMatchObject(NOT_FOUND);
  });
});
