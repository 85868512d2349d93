import type { DeveloperAccountId, Id, PlanId, ServiceId } from "./brands.ts";
import type { Application } from "./model.ts";

/** An id that a filter names: any, one, or a text that is no id and so names nothing. */
export type Wanted<T extends Id> = T | "any" | "unknown";

/** Which applications are wanted (3scale: the parameters of GET /admin/api/applications). */
export type ApplicationFilter = {
  readonly service: Wanted<ServiceId>;
  readonly plan: Wanted<PlanId>;
  readonly account: Wanted<DeveloperAccountId>;
  /** `all` is every state, as in 3scale. */
  readonly state: string;
  /** A part of the name, in any letter case. */
  readonly name: string;
  readonly userKey?: string | undefined;
};

/** The filter that lets every application pass. */
export const EVERY_APPLICATION: ApplicationFilter = { service: "any", plan: "any", account: "any", state: "all", name: "" };

export function passes({ service, plan, account, state, name, userKey }: ApplicationFilter, application: Application): boolean {
  return is(service, application.serviceId) && is(plan, application.planId) && is(account, application.developerAccountId)
    && (state === "all" || application.state === state)
    && application.name.toLowerCase().includes(name.normalize("NFC").toLowerCase())
    && (userKey === undefined || application.userKey === userKey);
}

function is<T extends Id>(wanted: Wanted<T>, id: T | undefined): boolean {
  return wanted === "any" || wanted === id;
}
