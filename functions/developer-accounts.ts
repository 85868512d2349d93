import * as z from "zod/mini";
import { parseId, type AccountPlanId, type DeveloperAccountId, type PlanId } from "../lib/domain/brands.ts";
import type { AccountTransition } from "../lib/domain/developers.ts";
import { notFound } from "../lib/domain/errors.ts";
import * as fields from "../lib/http/fields.ts";
import { operation, type Call } from "../lib/http/operation.ts";
import { paged } from "../lib/http/paging.ts";
import { pathId } from "../lib/http/path.ts";
import { accountPlan, developerAccount } from "../lib/http/represent/developer.ts";
import { created, EMPTY, many, one } from "../lib/http/reply.ts";
import {
  changeAccountPlan, changeAccountState, deleteDeveloperAccount, findDeveloperAccount, listDeveloperAccounts, planOfDeveloperAccount,
  readDeveloperAccount, updateDeveloperAccount, type UserCriterion,
} from "../lib/operations/developer-accounts.ts";
import { signUp } from "../lib/operations/signup.ts";

const FORMATS = ["json", "xml"] as const;
const READ = { scopes: ["account_management"], effect: "read", about: "account" } as const;
const WRITE = { scopes: ["account_management"], effect: "write", about: "account" } as const;
const ADMIN_WRITE = { ...WRITE, role: "admin" } as const;
const nothing = z.object({});

const accountOf = (call: Call<unknown>) => pathId<DeveloperAccountId>(call, "id");

/** Passwords are not ours: that one was given is all that matters. 3scale calls the organisation `name` too. */
const signup = z.object({
  org_name: z.optional(fields.orgName), name: z.optional(fields.orgName),
  username: fields.username, email: z.optional(fields.blankOr(fields.address, "should look like an email address")), password: fields.filter,
  account_plan_id: fields.filter, service_plan_id: fields.filter, application_plan_id: fields.filter,
}).check(z.refine(({ org_name, name }) => (org_name ?? name) !== undefined, { path: ["org_name"], error: "can't be blank", when: () => true }));

const signUpOperation = operation({
  name: "signUp", methods: ["POST"], path: "/admin/api/signup", formats: FORMATS, requires: ADMIN_WRITE, input: signup,
  answer: created(developerAccount, ({ id }) => `/admin/api/accounts/${id}`),
  run: (call) => {
    const { name = "", org_name: orgName = name, username, email, password, account_plan_id, service_plan_id, application_plan_id } = call.input;
    // There are no service plans, so that none is found.
    if (service_plan_id !== undefined && service_plan_id !== "") throw notFound();
    return signUp(call, call.principal, {
      orgName, username, ...fields.given({ email: email || undefined }), withPassword: password !== undefined && password !== "",
      accountPlanId: planGiven<AccountPlanId>(account_plan_id), applicationPlanId: planGiven<PlanId>(application_plan_id),
    });
  },
});

const listAccounts = operation({
  name: "listDeveloperAccounts", methods: ["GET"], path: "/admin/api/accounts", formats: FORMATS, requires: READ,
  input: z.object({ state: fields.filter, ...fields.paging }),
  answer: many(developerAccount),
  run: (call) => paged(call, (page) => listDeveloperAccounts(call, call.principal, call.input.state, page)),
});

const findAccount = operation({
  name: "findDeveloperAccount", methods: ["GET"], path: "/admin/api/accounts/find", formats: FORMATS, requires: READ,
  input: z.object({ username: fields.filter, user_id: fields.filter, email: fields.filter }),
  answer: one(developerAccount),
  run: (call) => findDeveloperAccount(call, call.principal, criterion(call.input)),
});

const readAccount = operation({
  name: "readDeveloperAccount", methods: ["GET"], path: "/admin/api/accounts/{id}", formats: FORMATS, requires: READ, input: nothing,
  answer: one(developerAccount),
  run: (call) => readDeveloperAccount(call, call.principal, accountOf(call)),
});

const updateAccount = operation({
  name: "updateDeveloperAccount", methods: ["PUT", "PATCH"], path: "/admin/api/accounts/{id}", formats: FORMATS, requires: WRITE,
  input: z.object({ org_name: z.optional(fields.orgName), name: z.optional(fields.orgName) }),
  answer: one(developerAccount),
  run: (call) => {
    const { name, org_name: orgName = name } = call.input;
    return updateDeveloperAccount(call, call.principal, accountOf(call), fields.given({ orgName }));
  },
});

const deleteAccount = operation({
  name: "deleteDeveloperAccount", methods: ["DELETE"], path: "/admin/api/accounts/{id}", formats: FORMATS, requires: ADMIN_WRITE, input: nothing,
  answer: EMPTY,
  run: (call) => deleteDeveloperAccount(call, call.principal, accountOf(call)),
});

const readPlan = operation({
  name: "readPlanOfDeveloperAccount", methods: ["GET"], path: "/admin/api/accounts/{id}/plan", requires: READ, input: nothing,
  answer: one(accountPlan),
  run: (call) => planOfDeveloperAccount(call, call.principal, accountOf(call)),
});

const changePlan = operation({
  name: "changePlanOfDeveloperAccount", methods: ["PUT", "PATCH"], path: "/admin/api/accounts/{id}/change_plan", requires: WRITE,
  input: z.object({ plan_id: fields.filter }),
  answer: one(accountPlan),
  run: (call) => changeAccountPlan(call, call.principal, accountOf(call), parseId<AccountPlanId>(call.input.plan_id ?? "")),
});

export const developerAccountReads = [listAccounts, findAccount, readAccount, readPlan];
export const developerAccountWrites = [
  signUpOperation, updateAccount, deleteAccount, changePlan,
  stateChange("approveDeveloperAccount", "approve", ADMIN_WRITE), stateChange("rejectDeveloperAccount", "reject", ADMIN_WRITE),
  stateChange("makeDeveloperAccountPending", "make_pending", WRITE),
];

function stateChange(name: string, transition: AccountTransition, requires: typeof WRITE | typeof ADMIN_WRITE) {
  return operation({
    name, methods: ["PUT", "PATCH"], path: `/admin/api/accounts/{id}/${transition}`, formats: FORMATS, requires, input: nothing,
    answer: one(developerAccount),
    run: (call) => changeAccountState(call, call.principal, accountOf(call), transition),
  });
}

/** A plan that is named must be there; blank is as good as none. */
function planGiven<Id extends AccountPlanId | PlanId>(text: string | undefined): Id | undefined {
  if (text === undefined || text === "") return undefined;
  const id = parseId<Id>(text);
  if (id === undefined) throw notFound();
  return id;
}

/** The first that is there decides, and blank is not there (3scale's order). */
function criterion({ username, user_id, email }: { readonly username?: string | undefined; readonly user_id?: string | undefined; readonly email?: string | undefined }): UserCriterion | undefined {
  if (username) return { field: "username", value: username };
  if (user_id) return { field: "id", value: user_id };
  return email ? { field: "email", value: email } : undefined;
}
