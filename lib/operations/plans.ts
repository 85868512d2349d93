import type { LimitId, MetricId, PlanId, ServiceId } from "../domain/brands.ts";
import { heldByLimit, heldByPlan, type ApplicationPlan, type Limit } from "../domain/catalogue.ts";
import { notFound, refused } from "../domain/errors.ts";
import { reaches, serviceAccessOf } from "../domain/rights.ts";
import type { Principal } from "../domain/model.ts";
import { systemNameFrom } from "../domain/system-name.ts";
import { newHex } from "../secrets/random.ts";
import { applicationPlans, limits, ofPlan, ofService } from "../table/catalogue.ts";
import { findInService } from "../table/applications.ts";
import { existingServices } from "../table/services.ts";
import type { ServiceTraffic } from "../table/traffic.ts";
import { memberOf, untilStored, type Storage } from "./context.ts";
import { entities, storeTogether } from "./entities.ts";
import { readMetric } from "./metrics.ts";
import { readServiceFor } from "./services.ts";
import { trafficWrite } from "./traffic-view.ts";

type PlanAttributes = Pick<ApplicationPlan, "name" | "state" | "approvalRequired" | "trialPeriodDays" | "setupFeeCents" | "costPerMonthCents">;
export type NewPlan = PlanAttributes & { readonly systemName?: string | undefined };
export type PlanChanges = Partial<PlanAttributes>;

const plans = entities<ApplicationPlan>({
  collection: applicationPlans,
  event: "application_plan",
  subject: ({ id, serviceId }) => ({ serviceId, planId: id }),
  facts: ({ name, systemName, state }) => ({ name, system_name: systemName, state }),
  serviceOf: ({ serviceId }) => serviceId,
  names: heldByPlan,
  follow: async (deps, { before, after }) => {
    const plan = after ?? before;
    if (plan === undefined || before?.name === after?.name) return [];
    return [await trafficWrite(deps, plan.accountId, plan.serviceId, (traffic) => ({
      ...traffic,
      plans: [
        ...traffic.plans.filter(({ id }) => id !== plan.id),
        ...(after === undefined ? [] : [{ id: after.id, name: after.name, limits: traffic.plans.find(({ id }) => id === after.id)?.limits ?? [] }]),
      ],
    }))];
  },
});

const limitsOfPlans = entities<Limit>({
  collection: limits,
  event: "limit",
  subject: ({ id, serviceId, planId, metricId }) => ({ serviceId, planId, metricId, limitId: id }),
  facts: ({ period, value }) => ({ period, value }),
  serviceOf: ({ serviceId }) => serviceId,
  names: heldByLimit,
  follow: async (deps, { before, after }) => {
    const limit = after ?? before;
    if (limit === undefined) return [];
    return [await trafficWrite(deps, limit.accountId, limit.serviceId, (traffic) => withLimit(traffic, limit, before, after))];
  },
});

/** The plans of a service. */
export async function listPlans(deps: Storage, principal: Principal, service: ServiceId): Promise<ApplicationPlan[]> {
  await readServiceFor(deps, principal, service);
  return plans.all(deps, principal, ofService(service));
}

/** The plans of every service that the principal reaches. Those of a service that was just deleted are on their way out and not shown. */
export async function listAllPlans(deps: Storage, principal: Principal): Promise<ApplicationPlan[]> {
  const { accountId } = memberOf(principal);
  const access = serviceAccessOf(memberOf(principal));
  const reached = (await plans.all(deps, principal, "account")).filter(({ serviceId }) => reaches(access, serviceId));
  const there = new Set(await existingServices(deps.table, accountId, reached.map(({ serviceId }) => serviceId)));
  return reached.filter(({ serviceId }) => there.has(serviceId));
}

/** A plan by its id; of a given service when it is asked for there. */
export async function readPlan(deps: Storage, principal: Principal, id: PlanId, service?: ServiceId): Promise<ApplicationPlan> {
  const plan = await plans.read(deps, principal, id);
  if (service !== undefined && plan.serviceId !== service) throw notFound();
  return plan;
}

export async function createPlan(deps: Storage, principal: Principal, serviceId: ServiceId, wanted: NewPlan): Promise<ApplicationPlan> {
  await readServiceFor(deps, principal, serviceId);
  const { systemName = systemNameFrom(wanted.name, `plan_${newHex(12)}`), ...rest } = wanted;
  return plans.create(deps, principal, { serviceId, systemName, isDefault: false, ...rest });
}

export async function updatePlan(deps: Storage, principal: Principal, service: ServiceId, id: PlanId, changes: PlanChanges): Promise<ApplicationPlan> {
  await readPlan(deps, principal, id, service);
  return plans.update(deps, principal, id, (before) => ({ ...before, ...changes }));
}

/** Makes a plan the default of its service, and the one before it no longer, at one stroke. Two that are chosen at once take turns. */
export async function makeDefault(deps: Storage, principal: Principal, service: ServiceId, id: PlanId): Promise<ApplicationPlan> {
  return untilStored(async () => {
    const chosen = await readPlan(deps, principal, id, service);
    if (chosen.isDefault) return chosen;
    const turn = await trafficWrite(deps, chosen.accountId, service, (traffic) => traffic);
    // All of the account, read consistently: the service's index need not show yet what was made the default a moment ago.
    const formerOnes = (await plans.all(deps, principal, "account")).filter(({ serviceId, isDefault }) => serviceId === service && isDefault);
    const change = plans.changed(deps, principal, chosen, { ...chosen, isDefault: true });
    const others = formerOnes.map((former) => plans.changed(deps, principal, former, { ...former, isDefault: false }));
    return (await storeTogether(deps, [change, ...others], [turn])) ? change.entity : undefined;
  });
}

/** Deletes a plan that no application is on. */
export async function deletePlan(deps: Storage, principal: Principal, service: ServiceId, id: PlanId): Promise<void> {
  const plan = await readPlan(deps, principal, id, service);
  if ((await findInService(deps.table, plan.accountId, service, (application) => application.planId === id)) !== undefined) {
    throw refused({ base: ["This application plan cannot be deleted! At least one application depends on it."] });
  }
  await plans.remove(deps, principal, id);
}

/** The limits of a plan, or only those on one metric. */
export async function listLimits(deps: Storage, principal: Principal, planId: PlanId, metricId?: MetricId): Promise<Limit[]> {
  const plan = await readPlan(deps, principal, planId);
  if (metricId !== undefined) await readMetric(deps, principal, plan.serviceId, metricId);
  return (await limitsOfPlans.all(deps, principal, ofPlan(planId))).filter((limit) => metricId === undefined || limit.metricId === metricId);
}

export async function readLimit(deps: Storage, principal: Principal, planId: PlanId, metricId: MetricId, id: LimitId): Promise<Limit> {
  const limit = await limitsOfPlans.read(deps, principal, id);
  if (limit.planId !== planId || limit.metricId !== metricId) throw notFound();
  return limit;
}

/** Limits how much of a metric a plan allows: once for each period. */
export async function createLimit(
  deps: Storage, principal: Principal, planId: PlanId, metricId: MetricId, wanted: Pick<Limit, "period" | "value">,
): Promise<Limit> {
  const { serviceId } = await readPlan(deps, principal, planId);
  await readMetric(deps, principal, serviceId, metricId);
  return limitsOfPlans.create(deps, principal, { serviceId, planId, metricId, ...wanted });
}

export async function updateLimit(
  deps: Storage, principal: Principal, planId: PlanId, metricId: MetricId, id: LimitId, changes: Partial<Pick<Limit, "period" | "value">>,
): Promise<Limit> {
  await readLimit(deps, principal, planId, metricId, id);
  return limitsOfPlans.update(deps, principal, id, (before) => ({ ...before, ...changes }));
}

export async function deleteLimit(deps: Storage, principal: Principal, planId: PlanId, metricId: MetricId, id: LimitId): Promise<void> {
  await readLimit(deps, principal, planId, metricId, id);
  await limitsOfPlans.remove(deps, principal, id);
}

/** Of a plan, or a metric, that has gone there is nothing to limit. */
function withLimit(traffic: ServiceTraffic, { planId, metricId }: Limit, before: Limit | undefined, after: Limit | undefined): ServiceTraffic {
  const isThere = traffic.plans.some(({ id }) => id === planId) && traffic.metrics.some(({ id }) => id === metricId);
  if (after !== undefined && !isThere) throw notFound();
  const isBefore = (limit: { readonly metricId: number; readonly period: string }) => limit.metricId === before?.metricId && limit.period === before.period;
  return {
    ...traffic,
    plans: traffic.plans.map((plan) => plan.id !== planId ? plan : {
      ...plan,
      limits: [
        ...plan.limits.filter((limit) => !isBefore(limit)),
        ...(after === undefined ? [] : [{ metricId: after.metricId, period: after.period, value: after.value }]),
      ],
    }),
  };
}
