import type { AccountId, EpochSeconds, MappingRuleId, MetricId, ServiceId } from "./brands.ts";
import type { MappingRule } from "./mapping-rules.ts";
import type { Versioned } from "./model.ts";
import { APICAST, bytesOf, type ChainedPolicy } from "./policy-chain.ts";
import { newSettings, type ProxySettings } from "./proxy-settings.ts";

/**
 * What a provider has said about the gateways of a service: one thing under the service's own id, so that one reading
 * is a whole and one condition guards it. `updatedAt` is of settings and policies; rules have times of their own.
 */
export type Proxy = Versioned & {
  readonly accountId: AccountId;
  readonly id: ServiceId;
  readonly settings: ProxySettings;
  /** In the order in which they are tried. */
  readonly rules: readonly MappingRule[];
  readonly policies: readonly ChainedPolicy[];
  readonly oidcFlows: OidcFlows;
};

/** The OAuth flows that clients of an OpenID Connect service may use; 3scale's names. */
export type OidcFlows = Readonly<Record<(typeof OIDC_FLOWS)[number], boolean>>;
export const OIDC_FLOWS = ["standard_flow_enabled", "implicit_flow_enabled", "service_accounts_enabled", "direct_access_grants_enabled"] as const;

/** DynamoDB's rows end at 400 kB. */
const MAX_BYTES = 380_000;

/** The gateway settings that a service is born with: every GET counts one hit (3scale: Service, after_create). */
export function newProxy(
  accountId: AccountId, id: ServiceId, now: EpochSeconds, made: { readonly ruleId: MappingRuleId; readonly hits: MetricId; readonly secretToken: string },
): Proxy {
  const stamps = { createdAt: now, updatedAt: now };
  return {
    accountId, id, version: 1, ...stamps,
    settings: newSettings(made.secretToken),
    rules: [{ id: made.ruleId, metricId: made.hits, httpMethod: "GET", pattern: "/", delta: 1, last: false, ...stamps }],
    policies: [APICAST],
    oidcFlows: { standard_flow_enabled: true, implicit_flow_enabled: false, service_accounts_enabled: false, direct_access_grants_enabled: false },
  };
}

/** Whether it all fits into its row. */
export function fits({ settings, rules, policies }: Proxy): boolean {
  return bytesOf({ settings, rules }) + bytesOf(policies) <= MAX_BYTES;
}
