import { EVERY_APPLICATION, passes, type ApplicationFilter, type Wanted } from "../domain/application-filter.ts";
import type { AccountId, ApplicationId, DeveloperAccountId, ServiceId } from "../domain/brands.ts";
import { notFound } from "../domain/errors.ts";
import { reaches, serviceAccessOf } from "../domain/rights.ts";
import type { Application, Principal, ServiceAccess } from "../domain/model.ts";
import { applications, applicationsOfDeveloperAccount, applicationsUsing, findByCredential } from "../table/applications.ts";
import { developerAccounts } from "../table/developers.ts";
import { rowsOf } from "../table/list.ts";
import type { Credential, Listing } from "../table/model.ts";
import { pageIn, pageOf, pageOfFitting, type Page, type PageWanted } from "../table/page.ts";
import { memberOf, type Storage } from "./context.ts";
import { show, type ShownApplication } from "./shown-applications.ts";

/** One page of the applications that pass a filter, of the services that the principal reaches. */
export async function listApplicationsFor(
  deps: Storage, principal: Principal, filter: ApplicationFilter, wanted: PageWanted,
): Promise<Page<ShownApplication>> {
  const member = memberOf(principal);
  const access = serviceAccessOf(member);
  const seen = (application: Application) => reaches(access, application.serviceId) && passes(filter, application);
  if (filter.userKey !== undefined) {
    const found = (await findByCredential(deps.table, member.accountId, { kind: "user_key", value: filter.userKey })).filter(seen);
    const page = pageIn(found, wanted, ({ id }) => id);
    return { ...page, items: await show(deps, page.items) };
  }
  const places = placesOf(filter, member.accountId, access);
  const page = placeIsAll(filter)
    ? await pageOf(deps.table, places, wanted)
    : await pageOfFitting(deps.table, places, wanted, (row) => seen(applications.from(row)));
  return { ...page, items: await show(deps, page.items.map(applications.from)) };
}

/** The applications of a developer account, in a state when one is given (3scale: unpaginated). */
export async function listApplicationsOf(
  deps: Storage, principal: Principal, account: DeveloperAccountId, state: string,
): Promise<ShownApplication[]> {
  const member = memberOf(principal);
  if ((await developerAccounts.read(deps.table, member.accountId, account)) === undefined) throw notFound();
  const access = serviceAccessOf(member);
  const rows = await Array.fromAsync(rowsOf(deps.table, applicationsOfDeveloperAccount(member.accountId, account)));
  return show(deps, rows.map(applications.from).filter((application) =>
    reaches(access, application.serviceId) && passes({ ...EVERY_APPLICATION, state }, application)));
}

/** What an application is looked for by: the first that is given counts, alone, as in 3scale. */
export type Sought = {
  readonly userKey?: string | undefined;
  readonly appId?: string | undefined;
  readonly id?: ApplicationId | undefined;
  readonly service: Wanted<ServiceId>;
  readonly account?: DeveloperAccountId;
};

/**
 * The application with this user key, or else with this app id, or else with this id, if it uses a service that the
 * principal reaches. A user key counts where calls are made with user keys, an app id where they are made with those.
 */
export async function findApplicationFor(deps: Storage, principal: Principal, by: Sought): Promise<ShownApplication> {
  const member = memberOf(principal);
  const access = serviceAccessOf(member);
  const found = (await candidates(deps, member.accountId, by)).filter((application) =>
    reaches(access, application.serviceId) && passes({ ...EVERY_APPLICATION, service: by.service, account: by.account ?? "any" }, application));
  // Services may have applications with the same user key, and the first of them may be on its way out.
  const application = (await show(deps, found)).find(({ service: { settings: { backendVersion } } }) =>
    by.userKey !== undefined ? backendVersion === "1" : by.appId === undefined || backendVersion !== "1");
  if (application === undefined) throw notFound();
  return application;
}

async function candidates({ table }: Storage, accountId: AccountId, { userKey, appId, id }: Sought): Promise<readonly Application[]> {
  const credential: Credential | undefined =
    userKey !== undefined ? { kind: "user_key", value: userKey } : appId !== undefined ? { kind: "app_id", value: appId } : undefined;
  if (credential !== undefined) return findByCredential(table, accountId, credential);
  const application = id === undefined ? undefined : await applications.read(table, accountId, id);
  return application === undefined ? [] : [application];
}

/** Where whatever passes the filter lies: with the developer account, with the service, or with all that are reached. */
function placesOf({ account, service }: ApplicationFilter, accountId: AccountId, access: ServiceAccess): readonly Listing[] {
  if (account === "unknown" || service === "unknown") return [];
  if (account !== "any") return [applicationsOfDeveloperAccount(accountId, account)];
  // A hidden service and one that does not exist both have no applications (D4).
  return applicationsUsing(accountId, service === "any" ? access : reaches(access, service) ? [service] : []);
}

/** Whether everything in those places passes, so that no more than the page has to be read. */
function placeIsAll({ plan, account, state, name }: ApplicationFilter): boolean {
  return plan === "any" && account === "any" && state === "all" && name === "";
}
