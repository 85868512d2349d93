import * as z from "zod/mini";
import { ENVIRONMENTS } from "../../domain/configuration.ts";
import { HTTP_METHODS } from "../../domain/mapping-rules.ts";
import { DEPLOYMENT_OPTIONS } from "../../domain/model.ts";
import { OIDC_FLOWS } from "../../domain/proxy.ts";
import { OPTIONAL_SETTINGS, REQUIRED_SETTINGS, STATUS_SETTINGS } from "../../domain/proxy-settings.ts";
import { proxyConfig } from "../../http/represent/proxy-config.ts";
import { mappingRule, oidcConfiguration, policyChain, proxy } from "../../http/represent/proxy.ts";
import { registryPolicy } from "../../http/represent/registry-policy.ts";
import { described, flag, id, stamps, text } from "../described.ts";

/** Here they are paths, as in 3scale. */
const links = z.array(z.object({ rel: text, href: text }));
const everyOne = <const Name extends string, Schema>(names: readonly Name[], schema: Schema) => Object.fromEntries(names.map((name) => [name, schema])) as Record<Name, Schema>;

const chain = z.array(z.object({ name: text, version: text, configuration: z.looseObject({}), enabled: flag }));

export const gateways = [
  described(proxy, "Proxy", z.object({
    service_id: id, ...everyOne(REQUIRED_SETTINGS, text), ...everyOne(STATUS_SETTINGS, z.int()), ...everyOne(OPTIONAL_SETTINGS, z.optional(text)),
    endpoint: z.nullable(text), sandbox_endpoint: z.nullable(text), api_backend: z.nullable(text), oidc_issuer_type: z.optional(text),
    policies_config: chain, ...stamps, deployment_option: z.enum(DEPLOYMENT_OPTIONS), lock_version: z.int(), links,
  })),
  described(mappingRule, "MappingRule", z.object({
    id, metric_id: id, pattern: text, http_method: z.enum(HTTP_METHODS), delta: z.int(), position: z.int(), last: flag, ...stamps, links,
  })),
  described(policyChain, "PolicyChain", chain),
  described(oidcConfiguration, "OidcConfiguration", z.object({ id, ...everyOne(OIDC_FLOWS, flag) })),
  described(proxyConfig, "ProxyConfig", z.object({
    id, version: z.int(), environment: z.enum(ENVIRONMENTS),
    content: z.looseObject({
      id, backend_authentication_type: z.literal("service_token"), backend_authentication_value: text,
      proxy: z.looseObject({ id, service_id: id, policy_chain: z.array(z.looseObject({})), proxy_rules: z.array(z.looseObject({})), backend: z.object({ endpoint: text, host: text }) }),
    }).register(z.globalRegistry, { description: "The document that gateways work by, as APIcast reads it." }),
  })),
  described(registryPolicy, "RegistryPolicy", z.object({
    id, name: text, version: text, schema: z.looseObject({}).register(z.globalRegistry, { description: "The JSON Schema of the policy's configuration." }), ...stamps,
  })),
];
