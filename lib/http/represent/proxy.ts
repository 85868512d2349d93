import { isoSeconds } from "../../domain/time.ts";
import type { ShownRule } from "../../operations/mapping-rules.ts";
import type { ServiceProxy } from "../../operations/proxies.ts";
import type { Answer, Representation } from "../reply.ts";

const OIDC_SETTINGS = ["oidc_issuer_endpoint", "oidc_issuer_type", "jwt_claim_with_client_id", "jwt_claim_with_client_id_type"] as const;

/**
 * 3scale: app/representers/proxy_representer.rb; links are paths. The endpoints are there even when they are not set:
 * the toolbox and the Python client insist on the names.
 */
export const proxy: Representation<ServiceProxy> = {
  one: "proxy",
  many: "proxies",
  json: ({ id, service, settings, policies, version, createdAt, updatedAt }) => {
    const { endpoint = null, sandbox_endpoint: sandbox = null, api_backend: backend = null, ...others } = settings;
    const shown = Object.entries(others).filter(([name]) => service.settings.backendVersion === "oidc" || !OIDC_SETTINGS.some((each) => each === name));
    const path = `/admin/api/services/${id}`;
    return {
      service_id: id, endpoint, sandbox_endpoint: sandbox, api_backend: backend, ...Object.fromEntries(shown), policies_config: policies,
      created_at: isoSeconds(createdAt), updated_at: isoSeconds(updatedAt),
      deployment_option: service.settings.deploymentOption, lock_version: version,
      links: [
        { rel: "mapping_rules", href: `${path}/proxy/mapping_rules` }, { rel: "self", href: `${path}/proxy` }, { rel: "service", href: path },
      ],
    };
  },
};

/** 3scale: app/representers/mapping_rule_representer.rb. */
export const mappingRule: Representation<ShownRule> = {
  one: "mapping_rule",
  many: "mapping_rules",
  json: ({ id, serviceId, metricId, pattern, httpMethod, delta, position, last, createdAt, updatedAt }) => {
    const path = `/admin/api/services/${serviceId}`;
    return {
      id, metric_id: metricId, pattern, http_method: httpMethod, delta, position, last, created_at: isoSeconds(createdAt), updated_at: isoSeconds(updatedAt),
      links: [
        { rel: "self", href: `${path}/proxy/mapping_rules/${id}` }, { rel: "service", href: path }, { rel: "proxy", href: `${path}/proxy` },
      ],
    };
  },
};

/** 3scale: app/representers/oidc_configuration_representer.rb. A service has one, under its own id. */
export const oidcConfiguration: Representation<ServiceProxy> = {
  one: "oidc_configuration",
  many: "oidc_configurations",
  json: ({ id, oidcFlows }) => ({ id, ...oidcFlows }),
};

/** `{"policies_config": [{…}]}`: the chain's items are not wrapped. */
export const policyChain: Answer<ServiceProxy> = {
  status: 200, shape: "one", as: { one: "policies_config", many: "policies_config" },
  reply: ({ policies }) => ({ status: 200, json: () => ({ policies_config: policies }) }),
};
