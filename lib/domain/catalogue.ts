import type { AccountId, LimitId, MetricId, PlanId, ServiceId } from "./brands.ts";
import type { Versioned } from "./model.ts";
import type { Period } from "./periods.ts";

/** Something that is counted of a service. A metric with a parent is a method: what is used of it is used of the parent too. */
export type Metric = Versioned & {
  readonly accountId: AccountId;
  readonly id: MetricId;
  readonly serviceId: ServiceId;
  readonly systemName: string;
  readonly friendlyName: string;
  readonly description: string;
  readonly unit: string;
  readonly parentId?: MetricId;
};

/** The metric that every service is born with, and the only one that may have methods. */
export const HITS = "hits";

/** The names that no other metric of its service may have. */
export function heldByMetric({ serviceId, systemName, friendlyName }: Metric) {
  const scope = `METRICS_OF#${serviceId}#`;
  return [{ scope, field: "system_name", value: systemName }, { scope, field: "friendly_name", value: friendlyName.toLowerCase() }] as const;
}

/** What applications of a service may do, and what that costs. Money is in minor units of the currency. */
export type ApplicationPlan = Versioned & {
  readonly accountId: AccountId;
  readonly id: PlanId;
  readonly serviceId: ServiceId;
  readonly name: string;
  readonly systemName: string;
  readonly state: "hidden" | "published";
  readonly approvalRequired: boolean;
  readonly isDefault: boolean;
  readonly trialPeriodDays: number;
  readonly setupFeeCents: number;
  readonly costPerMonthCents: number;
};

/** How much of a metric a plan allows in a period. */
export type Limit = Versioned & {
  readonly accountId: AccountId;
  readonly id: LimitId;
  readonly serviceId: ServiceId;
  readonly planId: PlanId;
  readonly metricId: MetricId;
  readonly period: Period;
  readonly value: number;
};

/** The name that no other plan of its service may have. */
export function heldByPlan({ serviceId, systemName }: Pick<ApplicationPlan, "serviceId" | "systemName">) {
  return [{ scope: `PLANS_OF#${serviceId}#`, field: "system_name", value: systemName }] as const;
}

/** What no other limit may have: of a metric, a plan has one limit for each period. */
export function heldByLimit({ planId, metricId, period }: Pick<Limit, "planId" | "metricId" | "period">) {
  return [{ scope: `LIMITS_OF#${planId}#${metricId}#`, field: "period", value: period }] as const;
}
