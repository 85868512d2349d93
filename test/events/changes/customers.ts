import { createAccountPlan, deleteAccountPlan, updateAccountPlan } from "../../../lib/operations/account-plans.ts";
import { addApplicationKey, removeApplicationKey } from "../../../lib/operations/application-keys.ts";
import { changeApplicationPlan, changeApplicationState, createApplication, deleteApplication, updateApplication } from "../../../lib/operations/applications.ts";
import { changeAccountState, deleteDeveloperAccount, updateDeveloperAccount } from "../../../lib/operations/developer-accounts.ts";
import { createDeveloperUser, deleteDeveloperUser, updateDeveloperUser } from "../../../lib/operations/developer-users.ts";
import { createInvoice, updateInvoice } from "../../../lib/operations/invoices.ts";
import { createLineItem, deleteLineItem } from "../../../lib/operations/line-items.ts";
import { createLimit, createPlan, deleteLimit, deletePlan, updateLimit, updatePlan } from "../../../lib/operations/plans.ts";
import { signUp } from "../../../lib/operations/signup.ts";
import type { Changes } from "./changes.ts";
import { PLAN, LINE_ITEM, type Workshop } from "../../support/workshop.ts";

/** Changes of what is sold, and to whom: plans, developers, their applications and invoices. */
export const ofCustomers = (w: Workshop) => ({
  "application_plan.created": {
    "a plan is made": async () => {
      const service = await w.serviceId();
      return (deps) => createPlan(deps, w.admin, service, PLAN);
    },
  },
  "application_plan.updated": {
    "a plan is renamed": async () => {
      const { serviceId: service, id } = await w.plan();
      return (deps) => updatePlan(deps, w.admin, service, id, { name: "another name" });
    },
  },
  "application_plan.deleted": {
    "a plan is deleted": async () => {
      const { serviceId: service, id } = await w.plan();
      return (deps) => deletePlan(deps, w.admin, service, id);
    },
  },
  "limit.created": {
    "a limit is set": async () => {
      const { plan: planId, metric: metricId } = await w.limited();
      return (deps) => createLimit(deps, w.admin, planId, metricId, { period: "day", value: 10 });
    },
  },
  "limit.updated": {
    "a limit is raised": async () => {
      const { plan: planId, metric: metricId, limit } = await w.limited();
      return (deps) => updateLimit(deps, w.admin, planId, metricId, limit, { value: 20 });
    },
  },
  "limit.deleted": {
    "a limit is lifted": async () => {
      const { plan: planId, metric: metricId, limit } = await w.limited();
      return (deps) => deleteLimit(deps, w.admin, planId, metricId, limit);
    },
  },
  "account_plan.created": {
    "an account plan is made": async () => (deps) => createAccountPlan(deps, w.admin, { name: "Gold", state: "hidden", approvalRequired: true }),
  },
  "account_plan.updated": {
    "an account plan is renamed": async () => {
      const { id } = await w.accountPlan();
      return (deps) => updateAccountPlan(deps, w.admin, id, { name: "another name" });
    },
  },
  "account_plan.deleted": {
    "an account plan is deleted": async () => {
      const { id } = await w.accountPlan();
      return (deps) => deleteAccountPlan(deps, w.admin, id);
    },
  },
  "developer_account.created": {
    "a developer signs up": async () => {
      const wanted = w.signup();
      return (deps) => signUp(deps, w.admin, wanted);
    },
  },
  "developer_account.updated": {
    "a developer account is renamed": async () => {
      const { id } = await w.developer();
      return (deps) => updateDeveloperAccount(deps, w.admin, id, { orgName: "another name" });
    },
    "a developer account is rejected": async () => {
      const { id } = await w.developer();
      return (deps) => changeAccountState(deps, w.admin, id, "reject");
    },
  },
  "developer_account.deleted": {
    "a developer account is deleted": async () => {
      const { id } = await w.developer();
      return (deps) => deleteDeveloperAccount(deps, w.admin, id);
    },
  },
  "developer_user.created": {
    "a user is made": async () => {
      const [{ id }, username] = [await w.developer(), `dev${w.next()}`];
      return (deps) => createDeveloperUser(deps, w.admin, id, { username, email: `${username}@example.com` });
    },
  },
  "developer_user.updated": {
    "a user is renamed": async () => {
      const [{ id, developerAccountId }, username] = [await w.developerUser(), `dev${w.next()}`];
      return (deps) => updateDeveloperUser(deps, w.admin, developerAccountId, id, { username });
    },
  },
  "developer_user.deleted": {
    "a user is deleted": async () => {
      const { id, developerAccountId } = await w.developerUser();
      return (deps) => deleteDeveloperUser(deps, w.admin, developerAccountId, id);
    },
  },
  "invoice.created": {
    "an invoice is made": async () => {
      const { id: buyer } = await w.account.developerAccount("Buyer");
      return (deps) => createInvoice(deps, w.admin, { developerAccountId: buyer });
    },
  },
  "invoice.updated": {
    "an invoice gets another number": async () => {
      const { id } = await w.invoice();
      return (deps) => updateInvoice(deps, w.admin, id, { friendlyId: "2026-00000001" });
    },
  },
  "line_item.created": {
    "a line item is billed": async () => {
      const { id } = await w.invoice();
      return (deps) => createLineItem(deps, w.admin, id, LINE_ITEM);
    },
    "a line item with a name is billed": async () => {
      const { id } = await w.invoice();
      return (deps) => createLineItem(deps, w.admin, id, { ...LINE_ITEM, name: "Work" });
    },
  },
  "line_item.deleted": {
    "a line item is taken off": async () => {
      const { id } = await w.invoice();
      const { id: item } = await createLineItem(w.operator, w.admin, id, LINE_ITEM);
      return (deps) => deleteLineItem(deps, w.admin, id, item);
    },
  },
  "application.created": {
    "an application is created": async () => {
      const service = await w.serviceId();
      return (deps) => createApplication(deps, w.admin, { serviceId: service, name: "App", description: "", userKey: `key-${w.next()}` });
    },
    "an application of a developer account is created on a plan": async () => {
      const [{ serviceId: service, id: planId }, { id: developerAccountId }] = [await w.plan(), await w.account.developerAccount("Buyer")];
      return (deps) => createApplication(deps, w.admin, { serviceId: service, planId, developerAccountId, name: "App", description: "" });
    },
  },
  "application.updated": {
    "an application gets another user key": async () => {
      const { developer, application } = await w.developed();
      return (deps) => updateApplication(deps, w.admin, developer, application, { userKey: `key-${w.next()}` });
    },
    "an application is suspended": async () => {
      const { developer, application } = await w.developed();
      return (deps) => changeApplicationState(deps, w.admin, developer, application, "suspend");
    },
    "an application comes to another plan": async () => {
      const { developer, application, service } = await w.developed();
      const { id: planId } = await createPlan(w.operator, w.admin, service, { ...PLAN, name: "Other" });
      return (deps) => changeApplicationPlan(deps, w.admin, developer, application, planId);
    },
    "an application gets a key": async () => {
      const { developer, application } = await w.developed();
      return (deps) => addApplicationKey(deps, w.admin, developer, application);
    },
    "an application loses a key": async () => {
      const { developer, application } = await w.developed();
      return (deps) => removeApplicationKey(deps, w.admin, developer, application, "first-key");
    },
  },
  "application.deleted": {
    "an application is deleted": async () => {
      const { developer, application } = await w.developed();
      return (deps) => deleteApplication(deps, w.admin, developer, application);
    },
  },
}) satisfies Changes;
