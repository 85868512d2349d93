import type { ApplicationPlan, Limit, Metric } from "../domain/catalogue.ts";
import { PERIODS } from "../domain/periods.ts";
import type { MetricId, PlanId, ServiceId } from "../domain/brands.ts";
import { collection, type Parent } from "./collection.ts";
import { idIn, number, oneOf, text } from "./row.ts";

/** What is listed under a service: its metrics and its plans. */
export const ofService = (id: ServiceId): Parent => ({ kind: "SERVICE", id, index: "gsi1" });
export const ofPlan = (id: PlanId): Parent => ({ kind: "PLAN", id, index: "gsi1" });
export const ofMetric = (id: MetricId): Parent => ({ kind: "METRIC", id, index: "gsi2" });

export const metrics = collection<Metric>({
  kind: "METRIC",
  parents: (metric) => [ofService(metric.serviceId)],
  attributes: (row) => ({
    serviceId: idIn(row, "serviceId"),
    systemName: text(row, "systemName"),
    friendlyName: text(row, "friendlyName"),
    description: text(row, "description"),
    unit: text(row, "unit"),
    ...(row["parentId"] === undefined ? {} : { parentId: idIn<MetricId>(row, "parentId") }),
  }),
});

export const applicationPlans = collection<ApplicationPlan>({
  kind: "APPLICATION_PLAN",
  parents: (plan) => [ofService(plan.serviceId)],
  attributes: (row) => ({
    serviceId: idIn(row, "serviceId"),
    name: text(row, "name"),
    systemName: text(row, "systemName"),
    state: oneOf(row, "state", ["hidden", "published"]),
    approvalRequired: row["approvalRequired"] === true,
    isDefault: row["isDefault"] === true,
    trialPeriodDays: number(row, "trialPeriodDays"),
    setupFeeCents: number(row, "setupFeeCents"),
    costPerMonthCents: number(row, "costPerMonthCents"),
  }),
});

export const limits = collection<Limit>({
  kind: "LIMIT",
  parents: (limit) => [ofPlan(limit.planId), ofMetric(limit.metricId)],
  attributes: (row) => ({
    serviceId: idIn(row, "serviceId"),
    planId: idIn(row, "planId"),
    metricId: idIn(row, "metricId"),
    period: oneOf(row, "period", PERIODS),
    value: number(row, "value"),
  }),
});
