import type { ApplicationId, DeveloperAccountId, PlanId } from "../domain/brands.ts";
import type { ApplicationPlan } from "../domain/catalogue.ts";
import { refusalOfKey, usesOpenIdConnect } from "../domain/application-keys.ts";
import { applicationStateAfter, type ApplicationTransition } from "../domain/application-state.ts";
import { invalid, notFound } from "../domain/errors.ts";
import type { Application, Principal, ServiceSettings } from "../domain/model.ts";
import { newHex } from "../secrets/random.ts";
import { credentialRemovals, credentialWrites } from "../table/application-traffic.ts";
import { applications } from "../table/applications.ts";
import type { Entity } from "../table/collection.ts";
import { applicationPlans } from "../table/catalogue.ts";
import { developerAccounts } from "../table/developers.ts";
import { keys, type Key } from "../table/model.ts";
import type { Write } from "../table/transact.ts";
import { memberOf, type Storage } from "./context.ts";
import { entities, type Change } from "./entities.ts";
import { readPlan } from "./plans.ts";
import { readServiceFor } from "./services.ts";
import { show, type ShownApplication } from "./shown-applications.ts";

/** What is not given is made: credentials at random, a key where calls of the service need one. */
export type NewApplication =
  & Pick<Application, "serviceId" | "name" | "description">
  & { readonly [K in "userKey" | "appId" | "developerAccountId" | "planId" | "redirectUrl"]?: Application[K] | undefined }
  & { readonly keys?: readonly string[] | undefined };
export type ApplicationChanges = { readonly [K in "name" | "description" | "userKey"]?: Application[K] | undefined } & {
  /** `null` takes it away. */
  readonly redirectUrl?: string | null | undefined;
};

/** 3scale's names of the credentials, to say which is taken. */
const FIELD_OF = { user_key: "user_key", app_id: "application_id" } as const;

export const stored = entities<Application>({
  collection: applications,
  event: "application",
  subject: ({ id, serviceId, developerAccountId, planId }) => ({
    serviceId, applicationId: id, ...(developerAccountId === undefined ? {} : { developerAccountId }), ...(planId === undefined ? {} : { planId }),
  }),
  facts: ({ name, state }) => ({ name, state }),
  serviceOf: ({ serviceId }) => serviceId,
  belongsTo,
  follow: async (deps, { before, after }) => {
    if (after === undefined) return before === undefined ? [] : credentialRemovals(before);
    const { writes, taken } = await credentialWrites(deps.table, before, after);
    if (taken.length > 0) throw invalid(Object.fromEntries(taken.map((kind) => [FIELD_OF[kind], ["has already been taken"]])));
    return writes;
  },
});

/** Nothing is added to what is on its way out: whose application it is, what it uses, and the plan that it comes to. */
function belongsTo({ accountId, serviceId, developerAccountId, planId }: Application, before: Application | undefined): readonly Key[] {
  return [
    keys.service(accountId, serviceId),
    ...(developerAccountId === undefined ? [] : [keys.entity(developerAccounts.kind, accountId, developerAccountId)]),
    ...(planId === undefined || planId === before?.planId ? [] : [keys.entity(applicationPlans.kind, accountId, planId)]),
  ];
}

/**
 * Makes an application that uses a service. Refused as not found when the service, the plan or the developer account
 * is gone, as invalid when another application of the service has its credentials. It waits when its plan asks for approval.
 */
export async function createApplication(deps: Storage, principal: Principal, wanted: NewApplication): Promise<Application> {
  if (wanted.developerAccountId !== undefined) await mustExist(deps, principal, wanted.developerAccountId);
  return stored.create(deps, principal, await completed(deps, principal, wanted));
}

/** A new application, and what must be there for it, to be stored with its developer account, which is made with it. */
export async function bornApplication(
  deps: Storage, principal: Principal, wanted: NewApplication,
): Promise<{ readonly change: Change<Application>; readonly follows: readonly Write[] }> {
  const change = stored.born(deps, principal, await completed(deps, principal, wanted));
  const { developerAccountId: _, ...others } = change.entity;
  const { writes } = await credentialWrites(deps.table, undefined, change.entity);
  return { change, follows: [...writes, ...belongsTo(others, undefined).map((check) => ({ check, when: "present" as const }))] };
}

async function completed(deps: Storage, principal: Principal, wanted: NewApplication): Promise<Omit<Application, keyof Entity>> {
  const { serviceId, planId, developerAccountId, name, description, redirectUrl } = wanted;
  const { settings } = await readServiceFor(deps, principal, serviceId);
  const plan = planId === undefined ? undefined : await readPlan(deps, principal, planId, serviceId);
  const now = deps.clock();
  const values = keysOf(settings, wanted.keys ?? []);
  return {
    serviceId, name, description, state: plan?.approvalRequired === true ? "pending" : "live",
    userKey: wanted.userKey ?? newHex(32), appId: wanted.appId ?? newHex(8), providerVerificationKey: newHex(32),
    keys: values.map((value) => ({ value, createdAt: now })),
    ...(planId === undefined ? {} : { planId }), ...(developerAccountId === undefined ? {} : { developerAccountId }),
    ...(redirectUrl === undefined ? {} : { redirectUrl }),
  };
}

/** An application of a developer account. Another account's, and one of a hidden service, does not exist (D4). */
export async function readApplicationOf(deps: Storage, principal: Principal, account: DeveloperAccountId, id: ApplicationId): Promise<ShownApplication> {
  const application = await stored.read(deps, principal, id);
  if (application.developerAccountId !== account) throw notFound();
  return showOne(deps, application);
}

/** Changes how an application is described and what it is named by. */
export async function updateApplication(
  deps: Storage, principal: Principal, account: DeveloperAccountId, id: ApplicationId, { redirectUrl, ...changes }: ApplicationChanges,
): Promise<ShownApplication> {
  await readApplicationOf(deps, principal, account, id);
  return showOne(deps, await stored.update(deps, principal, id, ({ redirectUrl: held, ...before }) => {
    const { name = before.name, description = before.description, userKey = before.userKey } = changes;
    const after = redirectUrl === undefined ? held : (redirectUrl ?? undefined);
    return { ...before, name, description, userKey, ...(after === undefined ? {} : { redirectUrl: after }) };
  }));
}

export async function deleteApplication(deps: Storage, principal: Principal, account: DeveloperAccountId, id: ApplicationId): Promise<void> {
  await readApplicationOf(deps, principal, account, id);
  await stored.remove(deps, principal, id);
}

/** Accepts, suspends or resumes an application: from the answer on, calls are judged accordingly. */
export async function changeApplicationState(
  deps: Storage, principal: Principal, account: DeveloperAccountId, id: ApplicationId, transition: ApplicationTransition,
): Promise<ShownApplication> {
  await readApplicationOf(deps, principal, account, id);
  return showOne(deps, await stored.update(deps, principal, id, (before) => {
    const state = applicationStateAfter(before.state, transition);
    if (state === undefined) throw invalid({ state: [`cannot transition via "${transition}"`] });
    return { ...before, state };
  }));
}

/** Puts an application on another plan of its service, and answers the plan, as 3scale does. */
export async function changeApplicationPlan(
  deps: Storage, principal: Principal, account: DeveloperAccountId, id: ApplicationId, planId: PlanId,
): Promise<ApplicationPlan> {
  const application = await readApplicationOf(deps, principal, account, id);
  const plan = await readPlan(deps, principal, planId);
  if (plan.serviceId !== application.serviceId) throw invalid({ plan: ["not allowed in this context"] });
  await stored.update(deps, principal, id, (before) => ({ ...before, planId }));
  return plan;
}

/** An application as it is shown. One whose service or developer account has just been deleted is on its way out: not found. */
export async function showOne(deps: Storage, application: Application): Promise<ShownApplication> {
  const [shown] = await show(deps, [application]);
  if (shown === undefined) throw notFound();
  return shown;
}

/** The keys that a new application has: those given, or a random one where calls need a key. */
function keysOf({ backendVersion, flags }: ServiceSettings, given: readonly string[]): readonly string[] {
  for (const [at, value] of given.entries()) {
    const { value: application_key, ...others } = refusalOfKey(given.slice(0, at), value, backendVersion) ?? {};
    if (application_key !== undefined) throw invalid({ application_key });
    if (Object.keys(others).length > 0) throw invalid(others);
  }
  const needsKey = backendVersion !== "1" && (flags.mandatory_app_key || usesOpenIdConnect(backendVersion));
  return given.length === 0 && needsKey ? [newHex(32)] : given;
}

async function mustExist({ table }: Storage, principal: Principal, account: DeveloperAccountId): Promise<void> {
  if ((await developerAccounts.read(table, memberOf(principal).accountId, account)) === undefined) throw notFound();
}
