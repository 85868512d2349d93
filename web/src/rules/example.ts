/** A first call to make with a token, by what it may reach. */
const FIRST_CALLS = [
  ["account_management", "/admin/api/services.json"],
  ["finance", "/api/invoices.json"],
  ["policy_registry", "/admin/api/registry/policies.json"],
] as const;

/** A command to paste into a terminal. Tokens hold letters, digits and `_` alone, so nothing needs escaping. */
export function curlExample(origin: string, token: string, scopes: readonly string[]): string {
  const [, path] = FIRST_CALLS.find(([scope]) => scopes.includes(scope)) ?? [];
  // The Analytics API is about a service whose id the reader must put in.
  const url = `${origin}${path ?? "/stats/services/SERVICE_ID/usage.json?metric_name=hits&period=day"}`;
  return `curl -H "Authorization: Bearer ${token}" "${url}"`;
}
