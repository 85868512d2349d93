import { HTTP_METHODS, type MappingRule } from "../domain/mapping-rules.ts";
import type { ChainedPolicy } from "../domain/policy-chain.ts";
import { OIDC_FLOWS, type OidcFlows, type Proxy } from "../domain/proxy.ts";
import { OPTIONAL_SETTINGS, REQUIRED_SETTINGS, STATUS_SETTINGS, type ProxySettings } from "../domain/proxy-settings.ts";
import { collection, type Collection } from "./collection.ts";
import type { Row } from "./model.ts";
import { idIn, number, oneOf, text, time } from "./row.ts";

const stored = collection<Proxy>({
  kind: "PROXY",
  attributes: (row) => ({
    settings: settingsFrom(row["settings"] as Row),
    rules: (row["rules"] as readonly Row[]).map(ruleFrom),
    policies: JSON.parse(text(row, "policies")) as readonly ChainedPolicy[],
    oidcFlows: Object.fromEntries(OIDC_FLOWS.map((flow) => [flow, (row["oidcFlows"] as Row)[flow] === true])) as OidcFlows,
  }),
});

/** The gateway settings of services. Policies are kept as text: what is in their configurations is nobody's but the gateway's. */
export const proxies: Collection<Proxy> = {
  ...stored,
  row: (proxy) => ({ ...stored.row(proxy), policies: JSON.stringify(proxy.policies) }),
};

function settingsFrom(row: Row): ProxySettings {
  return {
    ...Object.fromEntries(REQUIRED_SETTINGS.map((name) => [name, text(row, name)])),
    ...Object.fromEntries(STATUS_SETTINGS.map((name) => [name, number(row, name)])),
    ...Object.fromEntries(OPTIONAL_SETTINGS.filter((name) => row[name] !== undefined).map((name) => [name, text(row, name)])),
  } as ProxySettings;
}

function ruleFrom(row: Row): MappingRule {
  return {
    id: idIn(row, "id"),
    metricId: idIn(row, "metricId"),
    httpMethod: oneOf(row, "httpMethod", HTTP_METHODS),
    pattern: text(row, "pattern"),
    delta: number(row, "delta"),
    last: row["last"] === true,
    createdAt: time(row, "createdAt"),
    updatedAt: time(row, "updatedAt"),
  };
}
