import type { AccountId, ApplicationId, DeveloperAccountId, PlanId, ServiceId } from "../domain/brands.ts";
import { APPLICATION_STATES, type Application, type ApplicationKey } from "../domain/model.ts";
import { readRow, type Table } from "./client.ts";
import { pageOf, rowsOf, type Page, type PageWanted } from "./list.ts";
import { inIndex, keys, listings, type Row } from "./model.ts";
import { expectType, idIn, oneOf, text, versioned } from "./row.ts";

export function applicationRow(application: Application): Row {
  const { accountId, id, serviceId, userKey } = application;
  return {
    ...keys.application(accountId, id),
    ...inIndex(listings.applicationsOfService(accountId, serviceId), id),
    ...inIndex(listings.applicationsByUserKey(accountId, userKey), id),
    type: "application",
    ...application,
  };
}

export function applicationFrom(row: Row): Application {
  expectType(row, "application");
  return {
    accountId: idIn(row, "accountId"),
    id: idIn(row, "id"),
    serviceId: idIn(row, "serviceId"),
    ...(row["developerAccountId"] === undefined ? {} : { developerAccountId: idIn<DeveloperAccountId>(row, "developerAccountId") }),
    ...(row["planId"] === undefined ? {} : { planId: idIn<PlanId>(row, "planId") }),
    name: text(row, "name"),
    description: text(row, "description"),
    state: oneOf(row, "state", APPLICATION_STATES),
    userKey: text(row, "userKey"),
    appId: text(row, "appId"),
    keys: row["keys"] as readonly ApplicationKey[],
    providerVerificationKey: text(row, "providerVerificationKey"),
    ...(row["redirectUrl"] === undefined ? {} : { redirectUrl: text(row, "redirectUrl") }),
    ...versioned(row),
  };
}

export async function readApplication(table: Table, account: AccountId, application: ApplicationId): Promise<Application | undefined> {
  const row = await readRow(table, keys.application(account, application));
  return row === undefined ? undefined : applicationFrom(row);
}

export async function findByUserKey(table: Table, account: AccountId, userKey: string): Promise<Application[]> {
  return (await Array.fromAsync(rowsOf(table, listings.applicationsByUserKey(account, userKey)))).map(applicationFrom);
}

/** The applications of a developer account, found among all of the provider. */
export async function* applicationsOf(table: Table, account: AccountId, developer: DeveloperAccountId): AsyncGenerator<Application> {
  for await (const row of rowsOf(table, listings.applications(account))) {
    const application = applicationFrom(row);
    if (application.developerAccountId === developer) yield application;
  }
}

/** The first application of a service that fits, if there is one. */
export async function findInService(
  table: Table, account: AccountId, service: ServiceId, fits: (application: Application) => boolean,
): Promise<Application | undefined> {
  for await (const row of rowsOf(table, listings.applicationsOfService(account, service))) {
    const application = applicationFrom(row);
    if (fits(application)) return application;
  }
  return undefined;
}

/** One page of all applications of the account, or only of those that use the given services. */
export async function listApplications(
  table: Table, account: AccountId, services: "all" | readonly ServiceId[], wanted: PageWanted,
): Promise<Page<Application>> {
  const from = services === "all" ? [listings.applications(account)] : services.map((service) => listings.applicationsOfService(account, service));
  const page = await pageOf(table, from, wanted);
  return { ...page, items: page.items.map(applicationFrom) };
}
