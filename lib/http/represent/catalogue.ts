import { isoSeconds } from "../../domain/time.ts";
import type { ApplicationPlan, Limit, Metric } from "../../domain/catalogue.ts";
import type { Representation } from "../reply.ts";

/** 3scale: app/representers/metric_representer.rb. Methods appear among the metrics, with their parent. */
export const metric: Representation<Metric> = {
  one: "metric",
  many: "metrics",
  json: ({ id, serviceId, systemName, friendlyName, description, unit, parentId, createdAt, updatedAt }, base) => ({
    id, name: systemName, system_name: systemName, friendly_name: friendlyName, description, unit,
    parent_id: parentId,
    created_at: isoSeconds(createdAt), updated_at: isoSeconds(updatedAt),
    links: [
      { rel: "service", href: `${base}/admin/api/services/${serviceId}` },
      { rel: "self", href: `${base}/admin/api/services/${serviceId}/metrics/${id}` },
    ],
  }),
};

/** 3scale: app/representers/method_representer.rb. */
export const method: Representation<Metric> = {
  one: "method",
  many: "methods",
  json: ({ id, serviceId, systemName, friendlyName, description, parentId, createdAt, updatedAt }, base) => ({
    id, name: systemName, system_name: systemName, friendly_name: friendlyName, description, parent_id: parentId,
    created_at: isoSeconds(createdAt), updated_at: isoSeconds(updatedAt),
    links: [
      { rel: "parent", href: `${base}/admin/api/services/${serviceId}/metrics/${parentId}` },
      { rel: "self", href: `${base}/admin/api/services/${serviceId}/metrics/${parentId}/methods/${id}` },
    ],
  }),
};

/** 3scale: app/representers/application_plan_representer.rb; lists say `plans`. */
export const applicationPlan: Representation<ApplicationPlan> = {
  one: "application_plan",
  many: "plans",
  json: (plan, base) => ({
    id: plan.id, name: plan.name, state: plan.state, setup_fee: plan.setupFeeCents / 100, cost_per_month: plan.costPerMonthCents / 100,
    trial_period_days: plan.trialPeriodDays, cancellation_period: 0, approval_required: plan.approvalRequired, default: plan.isDefault,
    created_at: isoSeconds(plan.createdAt), updated_at: isoSeconds(plan.updatedAt), custom: false, system_name: plan.systemName,
    links: [
      { rel: "service", href: `${base}/admin/api/services/${plan.serviceId}` },
      { rel: "self", href: `${base}/admin/api/services/${plan.serviceId}/application_plans/${plan.id}` },
    ],
  }),
};

/** 3scale: app/representers/usage_limit_representer.rb. */
export const limit: Representation<Limit> = {
  one: "limit",
  many: "limits",
  json: ({ id, serviceId, planId, metricId, period, value, createdAt, updatedAt }, base) => ({
    id, period, value, metric_id: metricId, plan_id: planId, created_at: isoSeconds(createdAt), updated_at: isoSeconds(updatedAt),
    links: [
      { rel: "metric", href: `${base}/admin/api/services/${serviceId}/metrics/${metricId}` },
      { rel: "self", href: `${base}/admin/api/application_plans/${planId}/metrics/${metricId}/limits/${id}` },
      { rel: "plan", href: `${base}/admin/api/services/${serviceId}/application_plans/${planId}` },
    ],
  }),
};
