import type { AccountId, ApplicationId, PlanId, ServiceId } from "../domain/brands.ts";
import type { TrafficLimit, TrafficMetric } from "../domain/traffic.ts";
import type { Row } from "./model.ts";
import { expectType } from "./row.ts";

/**
 * What the Service Management API reads of a service in its one round trip, kept in the row of the service's token
 * and changed in the transactions that change a metric, a plan, a limit or the service.
 */
export type ServiceTraffic = {
  readonly backendVersion: "1" | "2" | "oauth" | "oidc";
  readonly referrerFiltersRequired: boolean;
  readonly metrics: readonly TrafficMetric[];
  readonly plans: readonly { readonly id: PlanId; readonly name: string; readonly limits: readonly TrafficLimit[] }[];
};

/** …and of an application, found by the credential that its requests carry. */
export type ApplicationTraffic = {
  readonly accountId: AccountId;
  readonly serviceId: ServiceId;
  readonly applicationId: ApplicationId;
  readonly planId: PlanId;
  readonly state: "live" | "suspended" | "pending";
  readonly keys: readonly string[];
  readonly referrerFilters: readonly string[];
  readonly redirectUrl?: string;
};

/** A service that nothing has been said about yet. */
export const NO_TRAFFIC: ServiceTraffic = { backendVersion: "1", referrerFiltersRequired: false, metrics: [], plans: [] };

export function applicationTrafficFrom(row: Row): ApplicationTraffic {
  expectType(row, "application_traffic");
  return row as unknown as ApplicationTraffic;
}
