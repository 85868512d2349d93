import * as z from "zod/mini";
import type { AccountPlanId } from "../lib/domain/brands.ts";
import * as fields from "../lib/http/fields.ts";
import { operation, type Call } from "../lib/http/operation.ts";
import { pathId } from "../lib/http/path.ts";
import { accountPlan } from "../lib/http/represent/developer.ts";
import { created, EMPTY, many, one } from "../lib/http/reply.ts";
import {
  createAccountPlan, deleteAccountPlan, listAccountPlans, makeAccountPlanDefault, readAccountPlan, updateAccountPlan,
} from "../lib/operations/account-plans.ts";

const READ = { scopes: ["account_management"], effect: "read", about: "account", section: "plans" } as const;
const WRITE = { scopes: ["account_management"], effect: "write", about: "account", section: "plans" } as const;
const nothing = z.object({});

const STATE_AFTER = { publish: "published", hide: "hidden" } as const;
const attributes = { state_event: z.optional(fields.oneOf(["publish", "hide"])), approval_required: z.optional(fields.flag) };

const planOf = (call: Call<unknown>) => pathId<AccountPlanId>(call, "id");

const listPlans = operation({
  name: "listAccountPlans", methods: ["GET"], path: "/admin/api/account_plans", requires: READ, input: nothing,
  answer: many(accountPlan),
  run: (call) => listAccountPlans(call, call.principal),
});

const createPlan = operation({
  name: "createAccountPlan", methods: ["POST"], path: "/admin/api/account_plans", requires: WRITE, wrapper: "account_plan",
  input: z.object({ ...attributes, name: fields.name }),
  answer: created(accountPlan, ({ id }) => `/admin/api/account_plans/${id}`),
  run: (call) => {
    const { name, state_event: event, approval_required: approvalRequired = false } = call.input;
    return createAccountPlan(call, call.principal, { name, state: event === undefined ? "hidden" : STATE_AFTER[event], approvalRequired });
  },
});

const readPlan = operation({
  name: "readAccountPlan", methods: ["GET"], path: "/admin/api/account_plans/{id}", requires: READ, input: nothing,
  answer: one(accountPlan),
  run: (call) => readAccountPlan(call, call.principal, planOf(call)),
});

const updatePlan = operation({
  name: "updateAccountPlan", methods: ["PUT", "PATCH"], path: "/admin/api/account_plans/{id}", requires: WRITE, wrapper: "account_plan",
  input: z.object({ ...attributes, name: z.optional(fields.name) }),
  answer: one(accountPlan),
  run: (call) => {
    const { name, state_event: event, approval_required: approvalRequired } = call.input;
    const changes = { name, state: event === undefined ? undefined : STATE_AFTER[event], approvalRequired };
    return updateAccountPlan(call, call.principal, planOf(call), fields.given(changes));
  },
});

const deletePlan = operation({
  name: "deleteAccountPlan", methods: ["DELETE"], path: "/admin/api/account_plans/{id}", requires: WRITE, input: nothing,
  answer: EMPTY,
  run: (call) => deleteAccountPlan(call, call.principal, planOf(call)),
});

const makeDefault = operation({
  name: "makeAccountPlanDefault", methods: ["PUT", "PATCH"], path: "/admin/api/account_plans/{id}/default", requires: WRITE, input: nothing,
  answer: one(accountPlan),
  run: (call) => makeAccountPlanDefault(call, call.principal, planOf(call)),
});

export const accountPlanReads = [listPlans, readPlan];
export const accountPlanWrites = [createPlan, updatePlan, deletePlan, makeDefault];
