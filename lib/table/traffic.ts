import type { PlanId } from "../domain/brands.ts";
import type { TrafficLimit, TrafficMetric } from "../domain/traffic.ts";

/**
 * What calls of a service's applications are judged by, kept in the row of the service's token, so that one consistent
 * read brings both, and changed in the transactions that change a metric, a plan, a limit or the service.
 */
export type ServiceTraffic = {
  readonly backendVersion: "1" | "2" | "oauth" | "oidc";
  readonly referrerFiltersRequired: boolean;
  readonly metrics: readonly TrafficMetric[];
  readonly plans: readonly { readonly id: PlanId; readonly name: string; readonly limits: readonly TrafficLimit[] }[];
};
