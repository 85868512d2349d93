import type { AccountId, ApplicationId, PlanId, ServiceId } from "../domain/brands.ts";
import { APPLICATION_STATES, type Application } from "../domain/model.ts";
import { keys, type Credential, type Key, type Row } from "./model.ts";
import { expectType, idIn, oneOf, text } from "./row.ts";

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

export function applicationTrafficRow(application: Application, credential: Credential): Row {
  const { accountId, serviceId, id, appId, planId, state, redirectUrl } = application;
  const traffic: ApplicationTraffic = {
    accountId, serviceId, applicationId: id, appId, state, keys: application.keys.map(({ value }) => value),
    ...(planId === undefined ? {} : { planId }), ...(redirectUrl === undefined ? {} : { redirectUrl }),
  };
  return { ...keys.credentialApplication(accountId, serviceId, credential), type: "application_traffic", ...traffic };
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
