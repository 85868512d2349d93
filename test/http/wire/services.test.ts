import { describe, expect, it } from "vitest";
import { id } from "../../../lib/domain/brands.ts";
import type { ApplicationPlan, Limit, Metric } from "../../../lib/domain/catalogue.ts";
import type { Service } from "../../../lib/domain/model.ts";
import { BY_DEFAULT } from "../../../lib/domain/service-settings.ts";
import { applicationPlan, limit, method, metric } from "../../../lib/http/represent/catalogue.ts";
import { mappingRule, oidcConfiguration, policyChain, proxy } from "../../../lib/http/represent/proxy.ts";
import { proxyConfig } from "../../../lib/http/represent/proxy-config.ts";
import { registryPolicy } from "../../../lib/http/represent/registry-policy.ts";
import { maskedServiceToken, revealedServiceToken } from "../../../lib/http/represent/service-token.ts";
import { service } from "../../../lib/http/represent/service.ts";
import type { ServiceProxy } from "../../../lib/operations/proxies.ts";
import type { ServedConfig } from "../../../lib/operations/proxy-configs.ts";
import { BASE, DATES, inJson, inXml, namesOf, STAMPS } from "./written.ts";

const FLAGS = BY_DEFAULT.flags;
const FLAGS_IN_XML = Object.entries(FLAGS).map(([name, value]) => `<${name}>${String(value)}</${name}>`).join("");
const echo: Service = { accountId: id(1), id: id(2), name: "Echo", systemName: "echo", state: "incomplete", settings: BY_DEFAULT, ...STAMPS };
const told: Service = { ...echo, settings: { ...BY_DEFAULT, description: "Says it again", supportEmail: "help@example.com" } };

describe("a service", () => {
  it("in JSON", () => {
    const whole = { id: 2, name: "Echo", state: "incomplete", system_name: "echo", backend_version: "1", deployment_option: "hosted", ...FLAGS, annotations: {}, ...DATES, links: [{ rel: "self", href: `${BASE}/admin/api/services/2` }] };
    expect(inJson(service, echo)).toEqual(whole);
    expect(inJson(service, told)).toEqual({ ...whole, support_email: "help@example.com", description: "Says it again" });
  });

  it("in XML", () => {
    const [before, after] = ["<id>2</id><account_id>1</account_id><name>Echo</name><state>incomplete</state><system_name>echo</system_name><backend_version>1</backend_version>", `${FLAGS_IN_XML}<deployment_option>hosted</deployment_option>`];
    expect(inXml(service, echo)).toBe(before + after);
    expect(inXml(service, told)).toBe(`${before}<description>Says it again</description>${after}<support_email>help@example.com</support_email>`);
  });

  it("has a token, whose value is told where it is asked for and hidden in lists", () => {
    const fixed = { service_id: 2, service_name: "Echo", scope: "Service management API", permission: "rw", created_at: DATES.created_at };
    const token = { accountId: echo.accountId, serviceId: echo.id, createdAt: STAMPS.createdAt };
    expect(inJson(revealedServiceToken, { service: echo, token, value: "lk_st_x" })).toEqual({ ...fixed, value: "lk_st_x" });
    expect(inJson(maskedServiceToken, echo)).toEqual({ ...fixed, value: "••••••••", links: [{ rel: "reveal", href: `${BASE}/admin/api/services/2/service_token.json` }] });
  });
});

describe("what a service sells", () => {
  const hits: Metric = { accountId: id(1), id: id(3), serviceId: id(2), systemName: "hits", friendlyName: "Hits", description: "All", unit: "hit", ...STAMPS };
  const child: Metric = { ...hits, id: id(4), systemName: "search", friendlyName: "Search", parentId: id(3) };

  it("a metric, and a method among metrics", () => {
    const whole = { id: 3, name: "hits", system_name: "hits", friendly_name: "Hits", description: "All", unit: "hit", ...DATES, links: [{ rel: "service", href: `${BASE}/admin/api/services/2` }, { rel: "self", href: `${BASE}/admin/api/services/2/metrics/3` }] };
    expect(inJson(metric, hits)).toEqual(whole);
    expect(inJson(metric, child)).toMatchObject({ id: 4, parent_id: 3 });
  });

  it("a method", () => {
    expect(inJson(method, child)).toEqual({
      id: 4, name: "search", system_name: "search", friendly_name: "Search", description: "All", parent_id: 3, ...DATES,
      links: [{ rel: "parent", href: `${BASE}/admin/api/services/2/metrics/3` }, { rel: "self", href: `${BASE}/admin/api/services/2/metrics/3/methods/4` }],
    });
  });

  it("a plan, with its money in whole units", () => {
    const plan: ApplicationPlan = {
      accountId: id(1), id: id(5), serviceId: id(2), name: "Gold", systemName: "gold", state: "published", approvalRequired: true, isDefault: false, trialPeriodDays: 7, setupFeeCents: 150, costPerMonthCents: 999, ...STAMPS,
    };
    expect(inJson(applicationPlan, plan)).toEqual({
      id: 5, name: "Gold", state: "published", setup_fee: 1.5, cost_per_month: 9.99, trial_period_days: 7, cancellation_period: 0, approval_required: true, default: false, ...DATES, custom: false, system_name: "gold",
      links: [{ rel: "service", href: `${BASE}/admin/api/services/2` }, { rel: "self", href: `${BASE}/admin/api/services/2/application_plans/5` }],
    });
  });

  it("a limit", () => {
    const most: Limit = { accountId: id(1), id: id(6), serviceId: id(2), planId: id(5), metricId: id(3), period: "day", value: 10, ...STAMPS };
    expect(inJson(limit, most)).toEqual({
      id: 6, period: "day", value: 10, metric_id: 3, plan_id: 5, ...DATES,
      links: [{ rel: "metric", href: `${BASE}/admin/api/services/2/metrics/3` }, { rel: "self", href: `${BASE}/admin/api/application_plans/5/metrics/3/limits/6` }, { rel: "plan", href: `${BASE}/admin/api/services/2/application_plans/5` }],
    });
  });
});

describe("what gateways obey", () => {
  const OIDC = { oidc_issuer_endpoint: "https://id.example", oidc_issuer_type: "keycloak", jwt_claim_with_client_id: "azp", jwt_claim_with_client_id_type: "plain" };
  const shown = (backendVersion: Service["settings"]["backendVersion"], settings: object) => ({
    accountId: id(1), id: id(2), settings, policies: [{ name: "apicast" }], rules: [], oidcFlows: { implicit_flow_enabled: true, standard_flow_enabled: false }, service: { ...echo, settings: { ...BY_DEFAULT, backendVersion } }, ...STAMPS, version: 4,
  }) as unknown as ServiceProxy;
  const links = [{ rel: "mapping_rules", href: "/admin/api/services/2/proxy/mapping_rules" }, { rel: "self", href: "/admin/api/services/2/proxy" }, { rel: "service", href: "/admin/api/services/2" }];
  const whole = { service_id: 2, endpoint: null, sandbox_endpoint: null, api_backend: null, auth_user_key: "key", policies_config: [{ name: "apicast" }], ...DATES, deployment_option: "hosted", lock_version: 4, links };

  it("the settings: endpoints are there when they are not set, OpenID Connect's are those of services that use it", () => {
    expect(inJson(proxy, shown("1", { auth_user_key: "key", ...OIDC }))).toEqual(whole);
    expect(inJson(proxy, shown("oauth", { auth_user_key: "key", ...OIDC }))).toEqual(whole);
    expect(inJson(proxy, shown("oidc", { auth_user_key: "key", ...OIDC }))).toEqual({ ...whole, ...OIDC });
    const set = { endpoint: "https://a.example", sandbox_endpoint: "https://b.example", api_backend: "https://c.example" };
    expect(inJson(proxy, shown("1", { auth_user_key: "key", ...set }))).toEqual({ ...whole, ...set });
  });

  it("the flows of OpenID Connect, and the chain of policies", () => {
    expect(inJson(oidcConfiguration, shown("oidc", {}))).toEqual({ id: 2, implicit_flow_enabled: true, standard_flow_enabled: false });
    const { status, json } = policyChain.reply(shown("1", {}));
    expect([status, policyChain.status, policyChain.shape, policyChain.as, json?.(BASE)]).toEqual([200, 200, "one", { one: "policies_config", many: "policies_config" }, { policies_config: [{ name: "apicast" }] }]);
  });

  it("a mapping rule", () => {
    const rule = { id: id(7), serviceId: id(2), metricId: id(3), pattern: "/a", httpMethod: "GET", delta: 2, position: 1, last: true, ...STAMPS } as unknown as Parameters<typeof mappingRule.json>[0];
    expect(inJson(mappingRule, rule)).toEqual({
      id: 7, metric_id: 3, pattern: "/a", http_method: "GET", delta: 2, position: 1, last: true, ...DATES,
      links: [{ rel: "self", href: "/admin/api/services/2/proxy/mapping_rules/7" }, { rel: "service", href: "/admin/api/services/2" }, { rel: "proxy", href: "/admin/api/services/2/proxy" }],
    });
  });

  it("a configuration, with the token of its service and where that is to be presented", () => {
    const config = { id: id(8), version: 3, environment: "sandbox", content: { id: 2, backend_authentication_value: "old", proxy: { hosts: ["a"], backend: "old" } }, tokenValue: "lk_st_x" } as unknown as ServedConfig;
    expect(inJson(proxyConfig, config)).toEqual({
      id: 8, version: 3, environment: "sandbox",
      content: { id: 2, backend_authentication_type: "service_token", backend_authentication_value: "lk_st_x", proxy: { hosts: ["a"], backend: { endpoint: BASE, host: "latchkey.example" } } },
    });
  });

  it("a policy of the registry", () => {
    const policy = { accountId: id(1), id: id(9), name: "cors", policyVersion: "1.0", schema: { name: "cors" }, ...STAMPS } as unknown as Parameters<typeof registryPolicy.json>[0];
    expect(inJson(registryPolicy, policy)).toEqual({ id: 9, name: "cors", version: "1.0", schema: { name: "cors" }, ...DATES });
  });
});

it("each is called what 3scale calls it", () => {
  expect([service, revealedServiceToken, maskedServiceToken, metric, method, applicationPlan, limit, proxy, oidcConfiguration, mappingRule, proxyConfig, registryPolicy].map((each) => namesOf(each as typeof service))).toEqual([
    ["service", "services", undefined], ["service_token", "service_tokens", undefined], ["service_token", "service_tokens", undefined], ["metric", "metrics", undefined], ["method", "methods", undefined],
    ["application_plan", "plans", undefined], ["limit", "limits", undefined], ["proxy", "proxies", undefined], ["oidc_configuration", "oidc_configurations", undefined], ["mapping_rule", "mapping_rules", undefined],
    ["proxy_config", "proxy_configs", undefined], ["policy", "policies", undefined],
  ]);
});
