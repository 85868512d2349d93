import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { epochSeconds, id, type MappingRuleId, type MetricId, type ServiceId } from "../../lib/domain/brands.ts";
import { contentOf, deploymentOf, environmentIn, hostsOf } from "../../lib/domain/configuration.ts";
import { DEPLOYMENT_OPTIONS, type Service } from "../../lib/domain/model.ts";
import { newProxy, type Proxy } from "../../lib/domain/proxy.ts";
import { differing, settingsAfter, type GivenSettings, type ProxySettings } from "../../lib/domain/proxy-settings.ts";
import { BY_DEFAULT } from "../../lib/domain/service-settings.ts";

const now = epochSeconds(1_800_000_000);
const serviceId = id<ServiceId>(1913545581558);
const service: Service = { accountId: id(1), id: serviceId, name: "Echo", systemName: "echo", state: "incomplete", settings: BY_DEFAULT, version: 1, createdAt: now, updatedAt: now };
const proxy = newProxy(service.accountId, serviceId, now, { ruleId: id(3), hits: id(4), secretToken: "secret" });
const metrics = [{ id: id<MetricId>(4), systemName: "hits" }];

/** Settings as somebody may have left them: each as it was, set, or blank. */
const given: fc.Arbitrary<GivenSettings> = fc.record({
  endpoint: fc.constantFrom("", "https://API.example.com", "http://a:8080"), sandbox_endpoint: fc.constantFrom("", "https://api.example.com", "http://b"),
  api_backend: fc.constantFrom("", "wss://echo.example.com/v1", "http://10.0.0.1:81"), hostname_rewrite: fc.constantFrom("", "echo:80"),
  oauth_login_url: fc.constantFrom("", "https://login.example.com"), oidc_issuer_endpoint: fc.constantFrom("", "https://id.example.com/realm"),
  jwt_claim_with_client_id: fc.constantFrom("", "azp"), jwt_claim_with_client_id_type: fc.constantFrom("", "plain", "liquid"),
  error_status_no_match: fc.constantFrom("200", "599"), credentials_location: fc.constantFrom("headers", "authorization"), api_test_path: fc.constantFrom("", "/status?deep=1"),
}, { requiredKeys: [] });

function after(before: ProxySettings, changes: GivenSettings): ProxySettings {
  const verdict = settingsAfter(before, changes, true);
  if ("faults" in verdict) throw new Error(JSON.stringify(verdict.faults));
  return verdict.settings;
}
const asText = (settings: ProxySettings): GivenSettings => Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined).map(([name, value]) => [name, String(value)]));

describe("settings", () => {
  it("that were accepted are accepted again, and are no change: programs send back what they read", () => {
    fc.assert(fc.property(given, (changes) => {
      const settings = after(proxy.settings, changes);
      expect(differing(settings, after(settings, asText(settings)))).toEqual([]);
    }));
  });
});

describe("the document", () => {
  /** APIcast takes a null of these for nothing; any other it would take for a value. */
  const HARMLESS = ["api_backend", "oidc_issuer_endpoint", "redirect_url", "jwt_claim_with_client_id", "staging_domain", "production_domain"];

  it("holds a null only where gateways know what it means, and no number that Lua would round", () => {
    fc.assert(fc.property(given, (changes) => {
      const harmful: string[] = [];
      JSON.stringify(contentOf(service, { ...proxy, settings: after(proxy.settings, changes) }, metrics), (name, value: unknown) => {
        if ((value === null && !HARMLESS.includes(name)) || (typeof value === "number" && value >= 1e14)) harmful.push(name);
        return value;
      });
      expect(harmful).toEqual([]);
    }));
  });

  it("is found by the hosts of its endpoints, in lower case and each once", () => {
    const at = (changes: GivenSettings) => hostsOf({ ...proxy, settings: after(proxy.settings, changes) });
    expect(at({})).toEqual([]);
    expect(at({ endpoint: "https://API.Example.com:8443", sandbox_endpoint: "http://api.example.com" })).toEqual(["api.example.com"]);
    expect(at({ endpoint: "https://api.example.com", sandbox_endpoint: "http://test.example.com" })).toEqual(["api.example.com", "test.example.com"]);
  });

  it("leaves out policies that are off, and rules whose metric is gone", () => {
    const off: Proxy = { ...proxy, policies: [{ name: "cors", version: "builtin", configuration: {}, enabled: false }, ...proxy.policies] };
    expect(contentOf(service, off, []).proxy).toMatchObject({ policy_chain: [{ name: "apicast", version: "builtin", configuration: {} }], proxy_rules: [] });
  });
});

describe("the whole document", () => {
  const flags = {
    intentions_required: false, buyers_manage_apps: true, buyers_manage_keys: true, referrer_filters_required: false, custom_keys_enabled: true,
    buyer_key_regenerate_enabled: true, mandatory_app_key: true, buyer_can_select_plan: false,
  };
  const time = "2027-01-15T08:00:00Z";
  const bare = {
    id: serviceId, account_id: 1, name: "Echo", description: "", system_name: "echo", state: "incomplete", backend_version: "1", deployment_option: "hosted",
    created_at: time, updated_at: time, ...flags, buyer_plan_change_permission: "request", support_email: "", "proxiable?": true,
    proxy: {
      ...proxy.settings, id: serviceId, service_id: serviceId, created_at: time, updated_at: time, hostname_rewrite: "", oidc_issuer_endpoint: null, jwt_claim_with_client_id: null,
      apicast_configuration_driven: true, authentication_method: "1", staging_domain: null, production_domain: null, hostname_rewrite_for_sandbox: "none", endpoint_port: 80,
      "valid?": true, api_backend: null, service_backend_version: "1", hosts: [], policy_chain: [{ name: "apicast", version: "builtin", configuration: {} }],
      proxy_rules: [{
        id: 3, proxy_id: serviceId, http_method: "GET", pattern: "/", metric_id: 4, metric_system_name: "hits", delta: 1, created_at: time, updated_at: time, redirect_url: null,
        position: 1, last: false, owner_id: serviceId, owner_type: "Proxy", parameters: [], querystring_parameters: {},
      }],
    },
  };

  it("of a service of which nothing is said", () => {
    expect(contentOf(service, proxy, metrics)).toStrictEqual(bare);
  });

  it("of one of which everything is said", () => {
    const settings = after(proxy.settings, {
      endpoint: "https://API.example.com:8443", sandbox_endpoint: "http://test.example.com", api_backend: "wss://echo.example.com/v1", hostname_rewrite: "inner:81",
      oidc_issuer_endpoint: "https://id.example.com/realm", jwt_claim_with_client_id: "azp", jwt_claim_with_client_id_type: "plain",
    });
    const said: Service = { ...service, settings: { ...BY_DEFAULT, backendVersion: "oidc", description: "Says it again", supportEmail: "help@example.com" } };
    const rules = [...proxy.rules, { ...proxy.rules[0]!, id: id<MappingRuleId>(5), pattern: "/{word}?q={x}", last: true, delta: 2 }];
    expect(contentOf(said, { ...proxy, settings, rules }, metrics)).toEqual({
      ...bare, description: "Says it again", support_email: "help@example.com", backend_version: "oauth",
      proxy: {
        ...bare.proxy, endpoint: "https://API.example.com:8443", sandbox_endpoint: "http://test.example.com:80", hostname_rewrite: "inner:81",
        oidc_issuer_endpoint: "https://id.example.com/realm", jwt_claim_with_client_id: "azp", jwt_claim_with_client_id_type: "plain", authentication_method: "oidc",
        staging_domain: "test.example.com", production_domain: "api.example.com", hostname_rewrite_for_sandbox: "inner:81", endpoint_port: 8443, api_backend: "wss://echo.example.com:443/v1",
        service_backend_version: "oauth", hosts: ["api.example.com", "test.example.com"],
        proxy_rules: [...bare.proxy.proxy_rules, { ...bare.proxy.proxy_rules[0], id: 5, pattern: "/{word}?q={x}", last: true, delta: 2, position: 2, parameters: ["word"], querystring_parameters: { q: "{x}" } }],
      },
    });
  });

  it.each([["1", "1"], ["2", "2"], ["oauth", "oauth"], ["oidc", "oauth"]] as const)("calls %s %s, as the Service Management API does", (backendVersion, told) => {
    const content = contentOf({ ...service, settings: { ...BY_DEFAULT, backendVersion } }, proxy, metrics);
    expect([content["backend_version"], content.proxy["service_backend_version"], content.proxy["authentication_method"]]).toEqual([told, told, backendVersion]);
  });

  it("sends a gateway's requests to the host of the API where no other is named, and there is none of a service that is not reached", () => {
    const { proxy: written } = contentOf(service, { ...proxy, settings: after(proxy.settings, { api_backend: "http://echo.example.com" }) }, metrics);
    expect([written["hostname_rewrite"], written["hostname_rewrite_for_sandbox"]]).toEqual(["", "echo.example.com"]);
  });
});

describe("a deployment", () => {
  const WITH = { ...proxy, settings: after(proxy.settings, { api_backend: "https://echo.example.com" }) };

  it.each(DEPLOYMENT_OPTIONS.flatMap((option) => [[option, true], [option, false]] as const))("of %s, backend known: %s", (deploymentOption, known) => {
    const expected = deploymentOption === "service_mesh_istio" ? ["sandbox", "production"] : known && /^(hosted|self_managed)$/.test(deploymentOption) ? ["sandbox"] : [];
    expect(deploymentOf({ ...service, settings: { ...BY_DEFAULT, deploymentOption } }, known ? WITH : proxy)).toEqual(expected);
  });

  it.each([["sandbox", "sandbox"], ["staging", "sandbox"], ["production", "production"], ["Production", undefined], ["", undefined], ["constructor", undefined]])("%j is the environment %s", (path, environment) => {
    expect(environmentIn(path)).toBe(environment);
  });
});
