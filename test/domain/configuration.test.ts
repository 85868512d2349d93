import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { epochSeconds, id, type MetricId, type ServiceId } from "../../lib/domain/brands.ts";
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
