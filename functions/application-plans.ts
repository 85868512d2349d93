import * as z from "zod/mini";
import type { LimitId, MetricId, PlanId, ServiceId } from "../lib/domain/brands.ts";
import { PERIODS } from "../lib/domain/periods.ts";
import * as fields from "../lib/http/fields.ts";
import { operation, type Call } from "../lib/http/operation.ts";
import { pathId } from "../lib/http/path.ts";
import { applicationPlan, limit } from "../lib/http/represent/catalogue.ts";
import { created, EMPTY, many, one } from "../lib/http/reply.ts";
import {
  createLimit, createPlan, deleteLimit, deletePlan, listAllPlans, listLimits, listPlans, makeDefault, readLimit, readPlan, updateLimit, updatePlan,
} from "../lib/operations/plans.ts";

const READ = { scopes: ["account_management"], effect: "read", about: "services" } as const;
const WRITE = { scopes: ["account_management"], effect: "write", about: "services" } as const;
const nothing = z.object({});

const STATE_AFTER = { publish: "published", hide: "hidden" } as const;
const attributes = {
  state_event: z.optional(fields.oneOf(["publish", "hide"])),
  approval_required: z.optional(fields.flag),
  trial_period_days: z.optional(fields.count),
  setup_fee: z.optional(fields.cents),
  cost_per_month: z.optional(fields.cents),
};
const newPlan = z.object({ ...attributes, name: fields.name, system_name: z.optional(fields.blankOr(fields.systemName)) });
const planChanges = z.object({ ...attributes, name: z.optional(fields.name) });
const newLimit = z.object({ period: fields.oneOf(PERIODS), value: z._default(fields.count, 0) });
const limitChanges = z.object({ period: z.optional(fields.oneOf(PERIODS)), value: z.optional(fields.count) });

const serviceOf = (call: Call<unknown>) => pathId<ServiceId>(call, "service_id");
const planOf = (call: Call<unknown>) => pathId<PlanId>(call, "plan_id");
const metricOf = (call: Call<unknown>) => pathId<MetricId>(call, "metric_id");

const listAllPlansOperation = operation({
  name: "listAllApplicationPlans", methods: ["GET"], path: "/admin/api/application_plans", requires: READ, input: nothing,
  answer: many(applicationPlan),
  run: (call) => listAllPlans(call, call.principal),
});

const listPlansOperation = operation({
  name: "listApplicationPlans", methods: ["GET"], path: "/admin/api/services/{service_id}/application_plans", requires: READ, input: nothing,
  answer: many(applicationPlan),
  run: (call) => listPlans(call, call.principal, serviceOf(call)),
});

const createPlanOperation = operation({
  name: "createApplicationPlan", methods: ["POST"], path: "/admin/api/services/{service_id}/application_plans", requires: WRITE,
  wrapper: "application_plan", input: newPlan,
  answer: created(applicationPlan, (made) => `/admin/api/services/${made.serviceId}/application_plans/${made.id}`),
  run: (call) => {
    const { name, system_name: systemName, state_event: event, approval_required: approvalRequired = false } = call.input;
    const { trial_period_days: trialPeriodDays = 0, setup_fee: setupFeeCents = 0, cost_per_month: costPerMonthCents = 0 } = call.input;
    return createPlan(call, call.principal, serviceOf(call), {
      name, systemName: systemName || undefined, state: event === undefined ? "hidden" : STATE_AFTER[event],
      approvalRequired, trialPeriodDays, setupFeeCents, costPerMonthCents,
    });
  },
});

const readPlanOperation = operation({
  name: "readApplicationPlan", methods: ["GET"], path: "/admin/api/services/{service_id}/application_plans/{plan_id}", requires: READ, input: nothing,
  answer: one(applicationPlan),
  run: (call) => readPlan(call, call.principal, planOf(call), serviceOf(call)),
});

const updatePlanOperation = operation({
  name: "updateApplicationPlan", methods: ["PUT", "PATCH"], path: "/admin/api/services/{service_id}/application_plans/{plan_id}", requires: WRITE,
  wrapper: "application_plan", input: planChanges,
  answer: one(applicationPlan),
  run: (call) => {
    const { name, state_event: event, approval_required: approvalRequired, trial_period_days: trialPeriodDays } = call.input;
    const { setup_fee: setupFeeCents, cost_per_month: costPerMonthCents } = call.input;
    const changes = { name, state: event === undefined ? undefined : STATE_AFTER[event], approvalRequired, trialPeriodDays, setupFeeCents, costPerMonthCents };
    return updatePlan(call, call.principal, serviceOf(call), planOf(call), fields.given(changes));
  },
});

const deletePlanOperation = operation({
  name: "deleteApplicationPlan", methods: ["DELETE"], path: "/admin/api/services/{service_id}/application_plans/{plan_id}", requires: WRITE, input: nothing,
  answer: EMPTY,
  run: (call) => deletePlan(call, call.principal, serviceOf(call), planOf(call)),
});

const makeDefaultOperation = operation({
  name: "makeApplicationPlanDefault", methods: ["PUT", "PATCH"], path: "/admin/api/services/{service_id}/application_plans/{plan_id}/default",
  requires: WRITE, input: nothing,
  answer: one(applicationPlan),
  run: (call) => makeDefault(call, call.principal, serviceOf(call), planOf(call)),
});

const listPlanLimits = operation({
  name: "listPlanLimits", methods: ["GET"], path: "/admin/api/application_plans/{plan_id}/limits", requires: READ, input: nothing,
  answer: many(limit),
  run: (call) => listLimits(call, call.principal, planOf(call)),
});

const listMetricLimits = operation({
  name: "listMetricLimits", methods: ["GET"], path: "/admin/api/application_plans/{plan_id}/metrics/{metric_id}/limits", requires: READ, input: nothing,
  answer: many(limit),
  run: (call) => listLimits(call, call.principal, planOf(call), metricOf(call)),
});

const createLimitOperation = operation({
  name: "createLimit", methods: ["POST"], path: "/admin/api/application_plans/{plan_id}/metrics/{metric_id}/limits", requires: WRITE,
  wrapper: ["usage_limit", "limit"], input: newLimit,
  answer: created(limit, (made) => `/admin/api/application_plans/${made.planId}/metrics/${made.metricId}/limits/${made.id}`),
  run: (call) => createLimit(call, call.principal, planOf(call), metricOf(call), call.input),
});

const readLimitOperation = operation({
  name: "readLimit", methods: ["GET"], path: "/admin/api/application_plans/{plan_id}/metrics/{metric_id}/limits/{id}", requires: READ, input: nothing,
  answer: one(limit),
  run: (call) => readLimit(call, call.principal, planOf(call), metricOf(call), pathId<LimitId>(call, "id")),
});

const updateLimitOperation = operation({
  name: "updateLimit", methods: ["PUT", "PATCH"], path: "/admin/api/application_plans/{plan_id}/metrics/{metric_id}/limits/{id}", requires: WRITE,
  wrapper: ["usage_limit", "limit"], input: limitChanges,
  answer: one(limit),
  run: (call) => updateLimit(call, call.principal, planOf(call), metricOf(call), pathId<LimitId>(call, "id"), fields.given(call.input)),
});

const deleteLimitOperation = operation({
  name: "deleteLimit", methods: ["DELETE"], path: "/admin/api/application_plans/{plan_id}/metrics/{metric_id}/limits/{id}", requires: WRITE, input: nothing,
  answer: EMPTY,
  run: (call) => deleteLimit(call, call.principal, planOf(call), metricOf(call), pathId<LimitId>(call, "id")),
});

export const planReads = [listAllPlansOperation, listPlansOperation, readPlanOperation, listPlanLimits, listMetricLimits, readLimitOperation];
export const planWrites = [
  createPlanOperation, updatePlanOperation, deletePlanOperation, makeDefaultOperation, createLimitOperation, updateLimitOperation, deleteLimitOperation,
];
