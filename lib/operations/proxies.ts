import type { ServiceId } from "../domain/brands.ts";
import { DomainError, invalid } from "../domain/errors.ts";
import type { Principal, Service } from "../domain/model.ts";
import { chainFrom } from "../domain/policy-chain.ts";
import { OIDC_FLOWS, type OidcFlows, type Proxy } from "../domain/proxy.ts";
import { differing, settingsAfter, type GivenSettings } from "../domain/proxy-settings.ts";
import type { Storage } from "./context.ts";
import { changeGateway, readGateway, type Change, type Gateway } from "./gateway.ts";

/** The gateway settings of a service, shown with what the service says itself. */
export type ServiceProxy = Proxy & { readonly service: Service };

/** The gateway settings of a service (3scale: GET …/proxy). */
export async function readProxy(deps: Storage, principal: Principal, id: ServiceId): Promise<ServiceProxy> {
  return shown(await readGateway(deps, principal, id));
}

/** Changes settings, and tells them to the gateways of the sandbox. */
export async function updateProxy(deps: Storage, principal: Principal, id: ServiceId, given: GivenSettings): Promise<ServiceProxy> {
  const change = ({ service, proxy }: Gateway): Change | undefined => {
    const after = settingsAfter(proxy.settings, given, service.settings.deploymentOption === "hosted");
    if ("faults" in after) throw invalid(after.faults);
    const names = differing(proxy.settings, after.settings);
    return names.length === 0 ? undefined : updated({ ...proxy, settings: after.settings, updatedAt: deps.clock() }, names);
  };
  return shown(await changeGateway(deps, principal, id, change, true));
}

/** Tells the gateways of the sandbox what has changed since they were told last: rules, metrics, the service itself. */
export async function deployProxy(deps: Storage, principal: Principal, id: ServiceId): Promise<ServiceProxy> {
  return shown(await changeGateway(deps, principal, id, () => undefined, true));
}

/** Replaces the policy chain, and tells it to the gateways of the sandbox. */
export async function updatePolicies(deps: Storage, principal: Principal, id: ServiceId, given: unknown): Promise<ServiceProxy> {
  const verdict = chainFrom(given);
  if ("faults" in verdict) throw invalid(verdict.faults);
  if ("items" in verdict) throw new DomainError("invalid", "Some policies are not valid", { instead: { policies_config: verdict.items } });
  const { chain: policies } = verdict;
  const change = ({ proxy }: Gateway): Change | undefined =>
    JSON.stringify(proxy.policies) === JSON.stringify(policies) ? undefined : updated({ ...proxy, policies, updatedAt: deps.clock() }, ["policies_config"]);
  return shown(await changeGateway(deps, principal, id, change, true));
}

/** Changes which OpenID Connect flows are allowed. Gateways are not told of it (3scale: OIDCConfiguration). */
export async function updateOidcFlows(deps: Storage, principal: Principal, id: ServiceId, given: Partial<OidcFlows>): Promise<ServiceProxy> {
  const change = ({ proxy }: Gateway): Change | undefined => {
    const oidcFlows = { ...proxy.oidcFlows, ...given };
    const names = OIDC_FLOWS.filter((flow) => proxy.oidcFlows[flow] !== oidcFlows[flow]);
    // `updatedAt` stays: the configuration document carries it, and not the flows.
    return names.length === 0 ? undefined : updated({ ...proxy, oidcFlows }, names);
  };
  return shown(await changeGateway(deps, principal, id, change, false));
}

function updated(proxy: Proxy, changed: readonly string[]): Change {
  return { proxy, record: { type: "proxy.updated", subject: { serviceId: proxy.id }, facts: { changed } } };
}

function shown({ service, proxy }: Gateway): ServiceProxy {
  return { ...proxy, service };
}
