import type { AccountId, ApplicationId, PlanId, ServiceId } from "../domain/brands.ts";
import { APPLICATION_STATES, type Application } from "../domain/model.ts";
import { readRow, type Table } from "./client.ts";
import { inIndex, keys, listings, type Credential, type Key, type Row } from "./model.ts";
import { expectType, idIn, number, oneOf, text } from "./row.ts";
import type { Write } from "./transact.ts";

/**
 * What the Service Management API reads of an application in its one round trip: a row under each credential that a
 * request may name it by, written in the transactions that change the application. That a credential is used only
 * once in its service is the condition under which such a row is put.
 */
export type ApplicationTraffic = {
  readonly accountId: AccountId;
  readonly serviceId: ServiceId;
  readonly applicationId: ApplicationId;
  /** 3scale's `application_id`, which requests call `app_id`. */
  readonly appId: string;
  readonly planId?: PlanId;
  readonly state: Application["state"];
  readonly keys: readonly string[];
  readonly redirectUrl?: string;
};

/** The credentials that name an application. */
export function credentialsOf({ userKey, appId }: Pick<Application, "userKey" | "appId">): readonly Credential[] {
  return [{ kind: "user_key", value: userKey }, { kind: "app_id", value: appId }];
}

function applicationTrafficRow(application: Application, credential: Credential): Row {
  const { accountId, serviceId, id, appId, planId, state, redirectUrl } = application;
  const traffic: ApplicationTraffic = {
    accountId, serviceId, applicationId: id, appId, state, keys: application.keys.map(({ value }) => value),
    ...(planId === undefined ? {} : { planId }), ...(redirectUrl === undefined ? {} : { redirectUrl }),
  };
  return {
    ...applicationTrafficKey(application, credential),
    ...inIndex(listings.applicationsByCredential(accountId, credential), id),
    type: "application_traffic",
    ...traffic,
  };
}

export function applicationTrafficKey({ accountId, serviceId }: Pick<Application, "accountId" | "serviceId">, credential: Credential): Key {
  return keys.credentialApplication(accountId, serviceId, credential);
}

export function applicationTrafficFrom(row: Row): ApplicationTraffic {
  expectType(row, "application_traffic");
  return {
    accountId: idIn(row, "accountId"),
    serviceId: idIn(row, "serviceId"),
    applicationId: idIn(row, "applicationId"),
    appId: text(row, "appId"),
    ...(row["planId"] === undefined ? {} : { planId: idIn<PlanId>(row, "planId") }),
    state: oneOf(row, "state", APPLICATION_STATES),
    keys: row["keys"] as readonly string[],
    ...(row["redirectUrl"] === undefined ? {} : { redirectUrl: text(row, "redirectUrl") }),
  };
}

/**
 * The writes that keep the rows under an application's credentials in step with a change of it, to be part of that
 * change's transaction, and those of its new credentials that another application of the service has already. What was
 * used under a credential that changes goes with it. They are refused when somebody used or took one meanwhile.
 */
export async function credentialWrites(
  table: Table, before: Application | undefined, after: Application,
): Promise<{ readonly writes: readonly Write[]; readonly taken: readonly Credential["kind"][] }> {
  const writes: Write[] = [];
  const taken: Credential["kind"][] = [];
  for (const credential of credentialsOf(after)) {
    const held = before && credentialsOf(before).find(({ kind }) => kind === credential.kind);
    const row = applicationTrafficRow(after, credential);
    if (held?.value === credential.value) {
      writes.push({ put: row });
      continue;
    }
    writes.push({ put: row, when: "absent" });
    if ((await readRow(table, applicationTrafficKey(after, credential))) !== undefined) taken.push(credential.kind);
    if (held !== undefined) writes.push({ remove: applicationTrafficKey(after, held) }, ...(await usageMove(table, after, held, credential)));
  }
  return { writes, taken };
}

/** The writes that remove what lies under an application's credentials, to be part of the application's deletion. */
export function credentialRemovals(application: Application): readonly Write[] {
  const { accountId, serviceId } = application;
  return credentialsOf(application).flatMap((credential) => [
    { remove: applicationTrafficKey(application, credential) }, { remove: keys.credentialUsage(accountId, serviceId, credential) },
  ]);
}

/** What calls have used is counted under the credential that they bring: the count goes where the credential goes. */
async function usageMove(table: Table, { accountId, serviceId }: Application, from: Credential, to: Credential): Promise<readonly Write[]> {
  const old = keys.credentialUsage(accountId, serviceId, from);
  const usage = await readRow(table, old);
  if (usage === undefined) return [{ check: old, when: "absent" }];
  return [
    { remove: old, when: { version: number(usage, "version") } },
    { put: { ...usage, ...keys.credentialUsage(accountId, serviceId, to) } },
  ];
}
