import * as z from "zod/mini";
import type { ApplicationTransition } from "../lib/domain/application-state.ts";
import { parseId, type ApplicationId, type DeveloperAccountId, type PlanId } from "../lib/domain/brands.ts";
import { notFound } from "../lib/domain/errors.ts";
import * as fields from "../lib/http/fields.ts";
import { operation, type Call } from "../lib/http/operation.ts";
import { pathId } from "../lib/http/path.ts";
import { application } from "../lib/http/represent/application.ts";
import { applicationPlan } from "../lib/http/represent/catalogue.ts";
import { created, EMPTY, one } from "../lib/http/reply.ts";
import {
  changeApplicationPlan, changeApplicationState, createApplication, deleteApplication, readApplicationOf, showOne, updateApplication,
} from "../lib/operations/applications.ts";
import { readPlan } from "../lib/operations/plans.ts";

const FORMATS = ["json", "xml"] as const;
const READ = { scopes: ["account_management"], effect: "read", about: "services" } as const;
const WRITE = { scopes: ["account_management"], effect: "write", about: "services" } as const;
const nothing = z.object({});

/** 3scale: Cinstance, the formats of its keys. A user key is a word, or in base64. */
const userKey = z.string({ error: "invalid" }).check(
  z.regex(/^(?:[\w.-]+|[A-Za-z0-9+/=]+)$/, "invalid"), z.maxLength(256, "is too long (maximum is 256 characters)"),
);
const applicationId = z.string({ error: "invalid" }).check(
  z.regex(/^[\x21-\x7E]+$/, "invalid"), z.minLength(4, "is too short (minimum is 4 characters)"), z.maxLength(255, "is too long (maximum is 255 characters)"),
);
const attributes = {
  name: z.optional(fields.blankOr(fields.name)),
  description: z.optional(fields.blankOr(fields.description)),
  user_key: z.optional(fields.blankOr(userKey)),
  redirect_url: z.optional(fields.blankOr(fields.name)),
};
const newApplication = z.object({
  ...attributes,
  plan_id: fields.filter,
  application_id: z.optional(fields.blankOr(applicationId)),
  application_key: z.optional(z.pipe(
    z.nullable(z.union([z.string(), z.array(z.string())], { error: "invalid" })), z.transform((given) => [given ?? []].flat().filter((key) => key !== "")),
  )),
});

const accountOf = (call: Call<unknown>) => pathId<DeveloperAccountId>(call, "account_id");
const idOf = (call: Call<unknown>) => pathId<ApplicationId>(call, "id");

/** Without a plan there is nothing to make it on: 3scale answers as for a plan that does not exist. */
function planIn(text: string | undefined): PlanId {
  const plan = parseId<PlanId>(text ?? "");
  if (plan === undefined) throw notFound();
  return plan;
}

const createAccountApplication = operation({
  name: "createApplication", methods: ["POST"], path: "/admin/api/accounts/{account_id}/applications", formats: FORMATS, requires: WRITE, input: newApplication,
  answer: created(application, (made) => `/admin/api/accounts/${made.developerAccountId}/applications/${made.id}`),
  run: async (call) => {
    const { name, description, user_key: key, application_id: appId, application_key: keys = [], redirect_url: redirectUrl, plan_id } = call.input;
    const developerAccountId = accountOf(call);
    const plan = await readPlan(call, call.principal, planIn(plan_id));
    return showOne(call, await createApplication(call, call.principal, {
      serviceId: plan.serviceId, planId: plan.id, developerAccountId, name: name ?? "", description: description ?? "",
      userKey: key || undefined, appId: appId || undefined, redirectUrl: redirectUrl || undefined, keys,
    }));
  },
});

const readApplication = operation({
  name: "readApplication", methods: ["GET"], path: "/admin/api/accounts/{account_id}/applications/{id}", formats: FORMATS, requires: READ, input: nothing,
  answer: one(application),
  run: (call) => readApplicationOf(call, call.principal, accountOf(call), idOf(call)),
});

/** What names it in calls by an app id, its plan and its state stay: they have calls of their own, or none. */
const updateApplicationOperation = operation({
  name: "updateApplication", methods: ["PUT", "PATCH"], path: "/admin/api/accounts/{account_id}/applications/{id}", formats: FORMATS, requires: WRITE,
  input: z.object(attributes),
  answer: one(application),
  run: (call) => {
    const { name, description, user_key: key, redirect_url: redirectUrl } = call.input;
    return updateApplication(call, call.principal, accountOf(call), idOf(call), {
      name: name === null ? "" : name, description: description === null ? "" : description, userKey: key || undefined,
      redirectUrl: redirectUrl === "" ? null : redirectUrl,
    });
  },
});

const deleteApplicationOperation = operation({
  name: "deleteApplication", methods: ["DELETE"], path: "/admin/api/accounts/{account_id}/applications/{id}", formats: FORMATS, requires: WRITE, input: nothing,
  answer: EMPTY,
  run: (call) => deleteApplication(call, call.principal, accountOf(call), idOf(call)),
});

const changePlan = operation({
  name: "changeApplicationPlan", methods: ["PUT", "PATCH"], path: "/admin/api/accounts/{account_id}/applications/{id}/change_plan", requires: WRITE,
  input: z.object({ plan_id: fields.filter }),
  answer: one(applicationPlan),
  run: (call) => changeApplicationPlan(call, call.principal, accountOf(call), idOf(call), planIn(call.input.plan_id)),
});

function stateChange(transition: ApplicationTransition) {
  return operation({
    name: `${transition}Application`, methods: ["PUT", "PATCH"], path: `/admin/api/accounts/{account_id}/applications/{id}/${transition}`, formats: FORMATS,
    requires: WRITE, input: nothing,
    answer: one(application),
    run: (call) => changeApplicationState(call, call.principal, accountOf(call), idOf(call), transition),
  });
}

export const applicationReads = [readApplication];
export const applicationWrites = [
  createAccountApplication, updateApplicationOperation, deleteApplicationOperation, changePlan, stateChange("accept"), stateChange("suspend"), stateChange("resume"),
];
