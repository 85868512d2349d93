import type { AccountId, DeveloperAccountId, PlanId, ServiceId } from "../domain/brands.ts";
import { APPLICATION_STATES, type Application, type ApplicationKey } from "../domain/model.ts";
import { ofService } from "./catalogue.ts";
import { readTogether, type Table } from "./client.ts";
import { collection, type Parent } from "./collection.ts";
import { rowsOf } from "./list.ts";
import { keys, listings, type Credential, type Listing } from "./model.ts";
import { idIn, oneOf, text } from "./row.ts";

/** What a developer account has. Its applications are in the second index, for in the first they are under their service. */
const ofDeveloperAccount = (id: DeveloperAccountId): Parent => ({ kind: "DEVELOPER_ACCOUNT", id, index: "gsi2" });

export const applications = collection<Application>({
  kind: "APPLICATION",
  parents: ({ serviceId, developerAccountId }) => [
    ofService(serviceId), ...(developerAccountId === undefined ? [] : [ofDeveloperAccount(developerAccountId)]),
  ],
  attributes: (row) => ({
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
  }),
});

export const applicationsOfService = (account: AccountId, service: ServiceId) => listings.entitiesOf(ofService(service), applications.kind, account);
export const applicationsOfDeveloperAccount = (account: AccountId, developerAccount: DeveloperAccountId) =>
  listings.entitiesOf(ofDeveloperAccount(developerAccount), applications.kind, account);

/** Where to look for applications: all of the account, or only those that use the given services. */
export function applicationsUsing(account: AccountId, services: "all" | readonly ServiceId[]): readonly Listing[] {
  return services === "all" ? [listings.entities(applications.kind, account)] : services.map((service) => applicationsOfService(account, service));
}

/** The applications, of whatever services, that a credential names. */
export async function findByCredential(table: Table, account: AccountId, credential: Credential): Promise<Application[]> {
  const rows = await Array.fromAsync(rowsOf(table, listings.applicationsByCredential(account, credential)));
  const found: Application[] = [];
  for (let at = 0; at < rows.length; at += 100) {
    const wanted = rows.slice(at, at + 100).map((row) => keys.entity(applications.kind, account, idIn(row, "applicationId")));
    for (const row of await readTogether(table, wanted)) if (row !== undefined) found.push(applications.from(row));
  }
  // The credentials are found in an index, which may be behind.
  return found.filter(({ userKey, appId }) => credential.value === (credential.kind === "user_key" ? userKey : appId));
}

/** The first application of a service that fits, if there is one. */
export async function findInService(
  table: Table, account: AccountId, service: ServiceId, fits: (application: Application) => boolean,
): Promise<Application | undefined> {
  for await (const row of rowsOf(table, applicationsOfService(account, service))) {
    const application = applications.from(row);
    if (fits(application)) return application;
  }
  return undefined;
}
