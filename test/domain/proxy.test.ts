import { describe, expect, it } from "vitest";
import { epochSeconds, id } from "../../lib/domain/brands.ts";
import { fits, newProxy } from "../../lib/domain/proxy.ts";

const now = epochSeconds(1_800_000_000);
const proxy = newProxy(id(1), id(2), now, { ruleId: id(3), hits: id(4), secretToken: "Shared_secret" });

describe("the gateway of a new service", () => {
  it("counts a hit for every GET, runs apicast, and lets people sign in", () => {
    expect(proxy).toMatchObject({
      accountId: 1, id: 2, version: 1, createdAt: now, updatedAt: now,
      rules: [{ id: 3, metricId: 4, httpMethod: "GET", pattern: "/", delta: 1, last: false, createdAt: now, updatedAt: now }],
      policies: [{ name: "apicast", version: "builtin", configuration: {}, enabled: true }],
      oidcFlows: { standard_flow_enabled: true, implicit_flow_enabled: false, service_accounts_enabled: false, direct_access_grants_enabled: false },
    });
  });

  it("answers as 3scale's does, until something else is said", () => {
    expect(proxy.settings).toEqual({
      credentials_location: "query", auth_app_key: "app_key", auth_app_id: "app_id", auth_user_key: "user_key",
      error_auth_failed: "Authentication failed", error_auth_missing: "Authentication parameters missing",
      error_no_match: "No Mapping Rule matched", error_limits_exceeded: "Usage limit exceeded",
      error_headers_auth_failed: "text/plain; charset=us-ascii", error_headers_auth_missing: "text/plain; charset=us-ascii",
      error_headers_no_match: "text/plain; charset=us-ascii", error_headers_limits_exceeded: "text/plain; charset=us-ascii",
      error_status_auth_failed: 403, error_status_auth_missing: 403, error_status_no_match: 404, error_status_limits_exceeded: 429,
      secret_token: "Shared_secret", api_test_path: "/", oidc_issuer_type: "keycloak",
    });
  });
});

describe("the settings of a gateway", () => {
  const bytes = (value: unknown) => Buffer.byteLength(JSON.stringify(value));
  const [policy] = proxy.policies;
  const [rule] = proxy.rules;
  const taken = bytes({ settings: proxy.settings, rules: proxy.rules }) + bytes(proxy.policies);

  it("fit into a row of 380,000 bytes, whichever of them are long", () => {
    const room = 380_000 - taken;
    const long = (length: number) => "x".repeat(length);
    for (const [length, expected] of [[room, true], [room + 1, false]] as const) {
      expect(fits({ ...proxy, settings: { ...proxy.settings, secret_token: `${proxy.settings.secret_token}${long(length)}` } })).toBe(expected);
      expect(fits({ ...proxy, rules: [{ ...rule!, pattern: `/${long(length)}` }] })).toBe(expected);
      expect(fits({ ...proxy, policies: [{ ...policy!, name: `apicast${long(length)}` }] })).toBe(expected);
    }
  });
});
