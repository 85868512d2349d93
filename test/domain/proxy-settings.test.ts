import { describe, expect, it } from "vitest";
import { differing, newSettings, OPTIONAL_SETTINGS, REQUIRED_SETTINGS, settingsAfter, STATUS_SETTINGS, type ProxySettings, type SettingName } from "../../lib/domain/proxy-settings.ts";

const settings = newSettings("secret");
const after = (name: SettingName, text: string, hosted = true) => settingsAfter(settings, { [name]: text }, hosted);
const becomes = (name: SettingName, value: string | number | undefined): { settings: ProxySettings } => ({ settings: { ...settings, [name]: value } as ProxySettings });
const faulty = (name: SettingName, ...faults: readonly string[]) => ({ faults: { [name]: faults } });
const TOO_LONG = "is too long (maximum is 255 characters)";

const ADDRESS = "the accepted format is 'protocol://address(:port)'";
const API_ADDRESS = "the accepted format is 'scheme://address(:port)(/path)'. Accepted schemes are http, https, ws and wss";
const LOGIN = "invalid auth login url. (hint: make sure it uses https scheme)";

describe("a change of settings", () => {
  it("changes what is given, and leaves the rest as it was, also what would not be taken now", () => {
    const before = { ...settings, endpoint: "no address any more" };
    expect(settingsAfter(before, { auth_app_id: "id", auth_app_key: undefined }, true)).toEqual({ settings: { ...before, auth_app_id: "id" } });
    expect(settingsAfter(before, {}, true)).toEqual({ settings: before });
  });

  it("says everything that is wrong, and changes nothing then", () => {
    expect(settingsAfter(settings, { auth_app_id: "a b", auth_app_key: "fine", endpoint: "x" }, true)).toEqual({ faults: { auth_app_id: ["invalid"], endpoint: [ADDRESS] } });
  });

  it("has a rule for every setting, each of which a line break breaks", () => {
    for (const name of [...REQUIRED_SETTINGS, ...STATUS_SETTINGS, ...OPTIONAL_SETTINGS]) expect([name, "faults" in after(name, "a\nb")]).toEqual([name, true]);
  });
});

describe("a setting takes", () => {
  it.each<[SettingName, string, string | number]>([
    ...(["endpoint", "sandbox_endpoint"] as const).flatMap((name): [SettingName, string, string][] => [
      [name, "https://api.example.com", "https://api.example.com:443"], [name, "http://API.example.com:8080", "http://API.example.com:8080"],
    ]),
    ["api_backend", "https://echo.example.com/v1", "https://echo.example.com:443/v1"], ["api_backend", "ws://echo", "ws://echo:80"],
    ...(["query", "headers", "authorization"] as const).map((text): [SettingName, string, string] => ["credentials_location", text, text]),
    ...(["auth_app_key", "auth_app_id", "auth_user_key", "secret_token"] as const).flatMap((name): [SettingName, string, string][] => ["a", "X-key_9", "x".repeat(255)].map((text) => [name, text, text])),
    ...(["error_auth_failed", "error_auth_missing", "error_no_match", "error_limits_exceeded", "error_headers_auth_failed", "error_headers_auth_missing", "error_headers_no_match", "error_headers_limits_exceeded"] as const)
      .flatMap((name): [SettingName, string, string][] => ["x", String.raw`{"error": [1, 2.5]; #@~%&()?=/\:+-}`, " ", "x".repeat(255)].map((text) => [name, text, text])),
    ...STATUS_SETTINGS.flatMap((name): [SettingName, string, number][] => [[name, "200", 200], [name, "599", 599], [name, " 404 ", 404]]),
    ["hostname_rewrite", "echo:80", "echo:80"], ["hostname_rewrite", "echo.example.com", "echo.example.com"],
    ["oauth_login_url", "https://login.example.com:443/a-b_c?d", "https://login.example.com:443/a-b_c?d"], ["oauth_login_url", "http://a", "http://a"],
    ["api_test_path", "/", "/"], ["api_test_path", "/status?deep=1&x=%2F~.!$'()*+,;:@-_9", "/status?deep=1&x=%2F~.!$'()*+,;:@-_9"], ["api_test_path", `/${"x".repeat(8191)}`, `/${"x".repeat(8191)}`],
    ["oidc_issuer_endpoint", "https://id:secret@id.example.com/realm é", "https://id:secret@id.example.com/realm é"], ["oidc_issuer_type", "keycloak", "keycloak"], ["oidc_issuer_type", "rest", "rest"],
    ["jwt_claim_with_client_id", "azp", "azp"], ["jwt_claim_with_client_id_type", "plain", "plain"], ["jwt_claim_with_client_id_type", "liquid", "liquid"],
  ])("%s: %j", (name, text, stored) => {
    expect(after(name, text)).toEqual(becomes(name, stored));
  });

  it.each<[SettingName, string | undefined]>([
    ["endpoint", undefined], ["sandbox_endpoint", undefined], ["api_backend", undefined], ["hostname_rewrite", undefined], ["oauth_login_url", undefined], ["oidc_issuer_endpoint", undefined],
    ["jwt_claim_with_client_id", undefined], ["jwt_claim_with_client_id_type", undefined], ["api_test_path", "/"], ["oidc_issuer_type", "keycloak"],
  ])("%s: nothing, which then is %j", (name, value) => {
    const before = { ...settings, [name]: "what was there" };
    for (const blank of ["", "  "]) expect(settingsAfter(before, { [name]: blank }, true)).toEqual({ settings: { ...before, [name]: value } });
  });
});

describe("a setting refuses", () => {
  it.each<[SettingName, string, ...(readonly string[])]>([
    ...(["endpoint", "sandbox_endpoint"] as const).flatMap((name): [SettingName, string, string][] => [
      [name, "api.example.com", ADDRESS], [name, "ws://api.example.com", ADDRESS], [name, "wss://a", ADDRESS], [name, "https://a/", ADDRESS], [name, "xhttp://a", ADDRESS],
      [name, "http://localhost", "can't be localhost"], [name, "https://127.0.0.1:8080", "can't be localhost"],
    ]),
    ["endpoint", `https://${"a.".repeat(126)}a:8443`, TOO_LONG],
    ["api_backend", "echo", API_ADDRESS], ["api_backend", "ftp://echo", API_ADDRESS], ["api_backend", "http://localhost", "Sorry, this domain is protected"], ["api_backend", "http://127.0.0.1/v1", "Sorry, this domain is protected"],
    ["api_backend", `http://a/${"x".repeat(247)}`, TOO_LONG],
    ["credentials_location", "body", "is not included in the list"], ["credentials_location", "", "is not included in the list"],
    ...(["auth_app_key", "auth_app_id", "auth_user_key", "secret_token"] as const).flatMap((name): [SettingName, string, ...string[]][] =>
      [[name, "", "invalid"], [name, "a b", "invalid"], [name, "a.b", "invalid"], [name, "é", "invalid"], [name, " a", "invalid"], [name, "a\n", "invalid"], [name, "x".repeat(256), TOO_LONG]]),
    ...(["error_auth_failed", "error_headers_no_match"] as const).flatMap((name): [SettingName, string, ...string[]][] =>
      [[name, "", "invalid"], [name, "<b>", "invalid"], [name, "a\nb", "invalid"], [name, "é", "invalid"], [name, "'", "invalid"], [name, "a!", "invalid"], [name, "!a", "invalid"], [name, "x".repeat(256), TOO_LONG], [name, "é".repeat(256), "invalid", TOO_LONG]]),
    ...STATUS_SETTINGS.flatMap((name): [SettingName, string, string][] => [
      [name, "", "can't be blank"], [name, " ", "can't be blank"], [name, "x", "is not a number"], [name, "4.5", "is not a number"], [name, "0x190", "is not a number"], [name, "4 4", "is not a number"], [name, "x404", "is not a number"], [name, "404x", "is not a number"],
      [name, "2000000000", "is not a number"], [name, "199", "must be greater than or equal to 200"], [name, "-404", "must be greater than or equal to 200"], [name, "600", "must be less than 600"], [name, "123456789", "must be less than 600"],
    ]),
    ["hostname_rewrite", "http://echo", "invalid"], ["hostname_rewrite", "a b", "invalid"], ["hostname_rewrite", `${"a.".repeat(127)}ab`, TOO_LONG],
    ["oauth_login_url", "login", LOGIN], ["oauth_login_url", "ftp://login", LOGIN], ["oauth_login_url", "https://", LOGIN], ["oauth_login_url", "https://a b", LOGIN], ["oauth_login_url", "https://a#", LOGIN], ["oauth_login_url", "xhttps://a", LOGIN],
    ["oauth_login_url", `https://${"x".repeat(248)}`, TOO_LONG],
    ["api_test_path", "status", "only URI characters allowed"], ["api_test_path", "/a b", "only URI characters allowed"], ["api_test_path", "/%2", "only URI characters allowed"], ["api_test_path", "/%g0", "only URI characters allowed"], ["api_test_path", "/%0g", "only URI characters allowed"],
    ["api_test_path", "/é", "only URI characters allowed"], ["api_test_path", "x/", "only URI characters allowed"], ["api_test_path", `/${"x".repeat(8192)}`, "is too long (maximum is 8192 characters)"],
    ...(["oidc_issuer_endpoint", "jwt_claim_with_client_id"] as const).flatMap((name): [SettingName, string, string][] =>
      [[name, "a\tb", "invalid"], [name, "a\u0085", "invalid"], [name, "a\uFFFE", "invalid"], [name, "a\uFFFF", "invalid"], [name, "\uD800", "invalid"], [name, "x".repeat(256), TOO_LONG]]),
    ["oidc_issuer_type", "auth0", "is not included in the list"], ["jwt_claim_with_client_id_type", "json", "is not included in the list"],
  ])("%s: %j", (name, text, ...faults) => {
    expect(after(name, text)).toEqual(faulty(name, ...faults));
  });
});

describe("a gateway that is not hosted", () => {
  it("may be reached on the machine itself; the provider's own servers may not be there", () => {
    expect(after("endpoint", "http://localhost:8080", false)).toEqual(becomes("endpoint", "http://localhost:8080"));
    expect(after("sandbox_endpoint", "http://127.0.0.1", false)).toEqual(becomes("sandbox_endpoint", "http://127.0.0.1:80"));
    expect(after("api_backend", "http://localhost", false)).toEqual(faulty("api_backend", "Sorry, this domain is protected"));
  });
});

describe("the settings in which two differ", () => {
  it("are told by their names, of every kind", () => {
    expect(differing(settings, settings)).toEqual([]);
    expect(differing(settings, { ...settings, secret_token: "other", error_status_no_match: 400, endpoint: "http://a:80" })).toEqual(["secret_token", "error_status_no_match", "endpoint"]);
    expect(differing({ ...settings, endpoint: "http://a:80" }, settings)).toEqual(["endpoint"]);
  });
});
