import { isHostname, isLocalhost, parseAddress, withPort } from "./addresses.ts";
import type { FieldErrors } from "./errors.ts";

/**
 * How a gateway serves a service (3scale: app/models/proxy.rb), under 3scale's own names, for they go in and out of
 * the API and into the configuration document unchanged. Those that may be unset are absent then.
 */
export type ProxySettings = Readonly<Record<RequiredSetting, string>> & Readonly<Record<StatusSetting, number>> & { readonly [K in OptionalSetting]?: string };

export const REQUIRED_SETTINGS = [
  "credentials_location", "auth_app_key", "auth_app_id", "auth_user_key",
  "error_auth_failed", "error_auth_missing", "error_no_match", "error_limits_exceeded",
  "error_headers_auth_failed", "error_headers_auth_missing", "error_headers_no_match", "error_headers_limits_exceeded",
  "secret_token", "api_test_path", "oidc_issuer_type",
] as const;
export const STATUS_SETTINGS = ["error_status_auth_failed", "error_status_auth_missing", "error_status_no_match", "error_status_limits_exceeded"] as const;
export const OPTIONAL_SETTINGS = [
  "endpoint", "sandbox_endpoint", "api_backend", "hostname_rewrite", "oauth_login_url", "oidc_issuer_endpoint", "jwt_claim_with_client_id",
  "jwt_claim_with_client_id_type",
] as const;
type RequiredSetting = (typeof REQUIRED_SETTINGS)[number];
type StatusSetting = (typeof STATUS_SETTINGS)[number];
type OptionalSetting = (typeof OPTIONAL_SETTINGS)[number];
export type SettingName = RequiredSetting | StatusSetting | OptionalSetting;

const PLAIN_TEXT = "text/plain; charset=us-ascii";

/** The settings of a new service's gateway. `secretToken` is what it will show to the provider's own servers. */
export function newSettings(secretToken: string): ProxySettings {
  return {
    credentials_location: "query", auth_app_key: "app_key", auth_app_id: "app_id", auth_user_key: "user_key",
    error_auth_failed: "Authentication failed", error_auth_missing: "Authentication parameters missing",
    error_no_match: "No Mapping Rule matched", error_limits_exceeded: "Usage limit exceeded",
    error_headers_auth_failed: PLAIN_TEXT, error_headers_auth_missing: PLAIN_TEXT, error_headers_no_match: PLAIN_TEXT, error_headers_limits_exceeded: PLAIN_TEXT,
    error_status_auth_failed: 403, error_status_auth_missing: 403, error_status_no_match: 404, error_status_limits_exceeded: 429,
    secret_token: secretToken, api_test_path: "/", oidc_issuer_type: "keycloak",
  };
}

/** New values as text; blank means none. */
export type GivenSettings = { readonly [K in SettingName]?: string | undefined };

/**
 * The settings after a change, or what is wrong with it, in 3scale's words. Only what is given is looked at, so that
 * a setting that was allowed once does not stand in the way of others. `hosted` gateways run elsewhere than the caller.
 */
export function settingsAfter(
  before: ProxySettings, given: GivenSettings, hosted: boolean,
): { readonly settings: ProxySettings } | { readonly faults: FieldErrors } {
  const after: Record<string, string | number | undefined> = { ...before };
  const faults: Record<string, string[]> = {};
  for (const name of [...REQUIRED_SETTINGS, ...STATUS_SETTINGS, ...OPTIONAL_SETTINGS]) {
    const text = given[name];
    if (text === undefined) continue;
    const rule = RULES[name];
    if (text.trim() === "" && rule.blank !== undefined) {
      after[name] = rule.blank === "unset" ? undefined : rule.blank;
      continue;
    }
    const found = rule.faults(text, hosted);
    if (found.length > 0) faults[name] = [...found];
    else after[name] = rule.stored?.(text) ?? text;
  }
  return Object.keys(faults).length > 0 ? { faults } : { settings: after as ProxySettings };
}

/** The names of the settings in which two differ. */
export function differing(one: ProxySettings, other: ProxySettings): SettingName[] {
  return [...REQUIRED_SETTINGS, ...STATUS_SETTINGS, ...OPTIONAL_SETTINGS].filter((name) => one[name] !== other[name]);
}

type Rule = {
  /** What a blank stands for. Without it, a blank is judged like any other value. */
  readonly blank?: string;
  readonly faults: (text: string, hosted: boolean) => readonly string[];
  readonly stored?: (text: string) => string | number;
};

function rule(message: string, fits: (text: string) => boolean, maxLength = 255): Rule["faults"] {
  return (text) => [...(fits(text) ? [] : [message]), ...(text.length > maxLength ? [`is too long (maximum is ${maxLength} characters)`] : [])];
}

const oneOf = (...values: readonly string[]) => rule("is not included in the list", (text) => values.includes(text));
/** Of what was found to be an address. */
const portWritten = (text: string) => withPort(parseAddress(text)!);

const parameterName: Rule = { faults: rule("invalid", (text) => /^[\w-]+$/.test(text)) };
const headerText: Rule = { faults: rule("invalid", (text) => /^[{}[\]\d,.;@#~%&()?\w"= /\\:+-]+$/.test(text)) };
const printable: Rule["faults"] = rule("invalid", (text) => text.isWellFormed() && !/[\p{Cc}\uFFFE\uFFFF]/u.test(text));

const address: Rule = {
  blank: "unset",
  faults: (text, hosted) => {
    const found = parseAddress(text);
    if (found === undefined || !["http", "https"].includes(found.scheme) || found.path !== "") return ["the accepted format is 'protocol://address(:port)'"];
    return hosted && isLocalhost(found.host) ? ["can't be localhost"] : printable(text, hosted);
  },
  stored: portWritten,
};

const status: Rule = {
  faults: (text) => {
    if (text.trim() === "") return ["can't be blank"];
    if (!/^-?\d{1,9}$/.test(text.trim())) return ["is not a number"];
    return Number(text) < 200 ? ["must be greater than or equal to 200"] : Number(text) < 600 ? [] : ["must be less than 600"];
  },
  stored: Number,
};

const RULES: Readonly<Record<SettingName, Rule>> = {
  endpoint: address,
  sandbox_endpoint: address,
  api_backend: {
    blank: "unset",
    faults: (text, hosted) => {
      const found = parseAddress(text);
      if (found === undefined) return ["the accepted format is 'scheme://address(:port)(/path)'. Accepted schemes are http, https, ws and wss"];
      return isLocalhost(found.host) ? ["Sorry, this domain is protected"] : printable(text, hosted);
    },
    stored: portWritten,
  },
  credentials_location: { faults: oneOf("query", "headers", "authorization") },
  auth_app_key: parameterName,
  auth_app_id: parameterName,
  auth_user_key: parameterName,
  error_auth_failed: headerText,
  error_auth_missing: headerText,
  error_no_match: headerText,
  error_limits_exceeded: headerText,
  error_headers_auth_failed: headerText,
  error_headers_auth_missing: headerText,
  error_headers_no_match: headerText,
  error_headers_limits_exceeded: headerText,
  error_status_auth_failed: status,
  error_status_auth_missing: status,
  error_status_no_match: status,
  error_status_limits_exceeded: status,
  secret_token: parameterName,
  hostname_rewrite: { blank: "unset", faults: rule("invalid", isHostname) },
  oauth_login_url: {
    blank: "unset", faults: rule("invalid auth login url. (hint: make sure it uses https scheme)", (text) => /^https?:\/\/[a-zA-Z0-9._:/?-]+$/.test(text)),
  },
  api_test_path: { blank: "/", faults: rule("only URI characters allowed", (text) => /^\/(?:[\w.~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*$/.test(text), 8192) },
  oidc_issuer_endpoint: { blank: "unset", faults: printable },
  oidc_issuer_type: { blank: "keycloak", faults: oneOf("keycloak", "rest") },
  jwt_claim_with_client_id: { blank: "unset", faults: printable },
  jwt_claim_with_client_id_type: { blank: "unset", faults: oneOf("plain", "liquid") },
};
