import { hostOf, parseAddress } from "./addresses.ts";
import type { AccountId, EpochSeconds, ProxyConfigId, ServiceId } from "./brands.ts";
import { parametersOf, querystringParametersOf } from "./mapping-rules.ts";
import type { Service } from "./model.ts";
import type { Proxy } from "./proxy.ts";
import { isoSeconds } from "./time.ts";
import type { TrafficMetric } from "./traffic.ts";

export const ENVIRONMENTS = ["sandbox", "production"] as const;
export type Environment = (typeof ENVIRONMENTS)[number];

/** One version of a service's configuration in an environment. It never changes. */
export type ProxyConfig = {
  readonly accountId: AccountId;
  readonly serviceId: ServiceId;
  readonly id: ProxyConfigId;
  readonly environment: Environment;
  /** Counted for each service and environment; a promoted version keeps its number. */
  readonly version: number;
  /** By which gateways ask for it. */
  readonly hosts: readonly string[];
  readonly content: ConfigurationContent;
  readonly createdAt: EpochSeconds;
};

/** The document that gateways work by, without the service token and the address it is used at: those are added to each answer. */
export type ConfigurationContent = {
  readonly proxy: { readonly proxy_rules: readonly { readonly metric_id: number }[] } & Readonly<Record<string, unknown>>;
} & Readonly<Record<string, unknown>>;

/** An environment as paths say it: `staging` is what gateways call the sandbox. */
export function environmentIn(path: string): Environment | undefined {
  return path === "staging" ? "sandbox" : ENVIRONMENTS.find((each) => each === path);
}

/**
 * In which environments a deployment makes a version: gateways need to know where the API is, a service mesh knows
 * itself and takes changes at once, plug-ins take none (3scale: Proxy#deployable?, ProxyDeploymentService).
 */
export function deploymentOf({ settings: { deploymentOption } }: Service, { settings: { api_backend } }: Proxy): readonly Environment[] {
  if (deploymentOption === "service_mesh_istio") return ENVIRONMENTS;
  return api_backend !== undefined && (deploymentOption === "hosted" || deploymentOption === "self_managed") ? ["sandbox"] : [];
}

/** The host names that requests of a service come with. */
export function hostsOf({ settings: { endpoint = "", sandbox_endpoint: sandbox = "" } }: Proxy): readonly string[] {
  return [...new Set([endpoint, sandbox].map(hostOf).filter((host) => host !== undefined))];
}

/**
 * Writes the configuration document (3scale: app/lib/proxy_config serialization, read by APIcast). What is not set is
 * left out: a null is true for the gateway's Lua, except where it is known to be harmless.
 */
export function contentOf(service: Service, proxy: Proxy, metrics: readonly TrafficMetric[]): ConfigurationContent {
  const { accountId, id, name, systemName, state, settings, createdAt, updatedAt } = service;
  const { endpoint, sandbox_endpoint: sandbox, api_backend: backend, hostname_rewrite: rewrite, ...rest } = proxy.settings;
  const systemNames = new Map<number, string>(metrics.map((metric) => [metric.id, metric.systemName]));
  const backendVersion = settings.backendVersion === "oidc" ? "oauth" : settings.backendVersion;
  return {
    id, account_id: accountId, name, description: settings.description ?? "", system_name: systemName, state,
    backend_version: backendVersion, deployment_option: settings.deploymentOption,
    created_at: isoSeconds(createdAt), updated_at: isoSeconds(updatedAt),
    ...settings.flags, buyer_plan_change_permission: "request", support_email: settings.supportEmail ?? "", "proxiable?": true,
    proxy: {
      id: proxy.id, service_id: id,
      ...(endpoint === undefined ? {} : { endpoint }), ...(sandbox === undefined ? {} : { sandbox_endpoint: sandbox }),
      created_at: isoSeconds(proxy.createdAt), updated_at: isoSeconds(proxy.updatedAt),
      ...rest,
      hostname_rewrite: rewrite ?? "",
      oidc_issuer_endpoint: rest.oidc_issuer_endpoint ?? null, jwt_claim_with_client_id: rest.jwt_claim_with_client_id ?? null,
      apicast_configuration_driven: true, authentication_method: settings.backendVersion,
      staging_domain: hostOf(sandbox ?? "") ?? null, production_domain: hostOf(endpoint ?? "") ?? null,
      hostname_rewrite_for_sandbox: rewrite ?? hostOf(backend ?? "") ?? "none",
      endpoint_port: parseAddress(endpoint ?? "")?.port ?? 80, "valid?": true,
      api_backend: backend ?? null,
      service_backend_version: backendVersion,
      hosts: hostsOf(proxy),
      policy_chain: proxy.policies.filter(({ enabled }) => enabled).map(({ name: policy, version, configuration }) => ({ name: policy, version, configuration })),
      proxy_rules: proxy.rules.flatMap((rule, at) => {
        const metric = systemNames.get(rule.metricId);
        return metric === undefined ? [] : [{
          id: rule.id, proxy_id: proxy.id, http_method: rule.httpMethod, pattern: rule.pattern, metric_id: rule.metricId, metric_system_name: metric,
          delta: rule.delta, created_at: isoSeconds(rule.createdAt), updated_at: isoSeconds(rule.updatedAt), redirect_url: null,
          position: at + 1, last: rule.last, owner_id: proxy.id, owner_type: "Proxy",
          parameters: parametersOf(rule.pattern), querystring_parameters: querystringParametersOf(rule.pattern),
        }];
      }),
    },
  };
}
