import path from "node:path";
import process from "node:process";

type Part = { readonly mutate: readonly string[]; readonly tests: readonly string[]; readonly packaged: boolean };

/** Rules run in the tests' own thread. Here and below sources are named from lib/ on, and tests from test/ on, without their extensions. */
const rules = (mutate: string, tests: string): Part => ({ mutate: [`lib/${mutate}.ts`], tests: [`test/${tests}.test.ts`], packaged: false });
/** All else runs as it would be deployed, out of zips that are made of the changed sources (test/support/mutants.ts). */
const deployed = (mutate: readonly string[], tests: readonly string[]): Part =>
  ({ mutate: mutate.map((file) => path.posix.join("lib", `${file}.ts`)), tests: tests.map((file) => `test/${file}.test.ts`), packaged: true });

/**
 * What is changed, and the tests that are about it and should notice. Which of those reach what, Stryker finds out first. Nearly all
 * that is deployed is reached by nearly every test of the API: tried with all of them, what stays unnoticed would take minutes each.
 */
export const PARTS: Readonly<Record<string, Part>> = {
  domain: rules("domain/**/*", "domain/**/*"),
  authorizer: deployed(
    ["../functions/authorizer", "http/credential", "http/principal", "operations/authenticate"],
    ["http/{credential,principal}", "api/{authorizer*,access-tokens-end,odd-requests,pepper-rotation,account-tokens,refusals}"],
  ),
  edge: deployed(
    ["http/{cookies,errors,fields,lambda,log,operation,paging,params,path,refusals,reply,route,runtime,same-origin}"],
    ["http/*", "secrets/cursor", "openapi/*", "api/{refusals,wrong-input,services-list,analytics,authorizer-context}"],
  ),
  tokens: deployed(
    ["operations/{access-tokens,audit,context,once,own-rights,record-use}", "http/{idempotency,use-log}", "http/represent/{access-token,audit-record,rights}"],
    ["operations/{access-tokens,audit,context,record-use}", "http/{use-log,wire/people}", "api/{access-tokens*,imported-tokens,account-tokens,member-tokens,own-rights,idempotency,audit,developer-accounts}", "cli/import", "events/what-is-recorded"],
  ),
  members: deployed(
    ["operations/{accounts,members}", "http/represent/{account,member}"],
    ["http/wire/people", "operations/members", "api/{users*,permissions,provider,live-rights,idempotency}", "cli/accounts", "events/what-is-recorded"],
  ),
  services: deployed(
    ["operations/{bus-event,clean-up,reconcile,service-tokens,services}", "http/{announced,dead-letters,queue}", "http/represent/{service,service-token}"],
    ["http/wire/services", "api/{services-*,service-tokens}", "operations/{clean-up,reconcile,services}", "events/{clean-up,import-service,publish-events,orders,what-is-recorded}", "cli/reconcile"],
  ),
  catalogue: deployed(
    ["operations/{entities,metrics,plans}", "http/represent/catalogue"],
    ["http/wire/services", "domain/catalogue", "api/{metrics-plans,idempotency,services-delete}", "events/what-is-recorded", "operations/{catalogue,clean-up,developers,gateways}"],
  ),
  gateways: deployed(
    ["operations/{gateway,mapping-rules,proxies,proxy-configs,registry-policies}", "http/represent/{proxy,proxy-config,registry-policy}"],
    ["http/wire/services", "operations/{gateways,registry-policies}", "api/{proxy,proxy-configs,registry-policies,metrics-plans}", "events/what-is-recorded"],
  ),
  developers: deployed(
    ["operations/{account-plans,developer-accounts,developer-users,signup}", "http/represent/developer"],
    ["http/wire/people", "operations/developers", "api/{account-plans,developer-*,idempotency}", "events/what-is-recorded"],
  ),
  applications: deployed(
    ["operations/{application-keys,applications,find-applications,shown-applications}", "http/represent/application"],
    ["http/wire/sales", "operations/{applications,developers}", "api/{account-applications,application-keys,applications}", "events/what-is-recorded"],
  ),
  billing: deployed(["operations/{billed,invoices,line-items}", "http/represent/invoice"], ["http/wire/sales", "api/{invoices,line-items}", "events/what-is-recorded"]),
  traffic: deployed(
    ["operations/{analytics,count-traffic,service-management,traffic-view}", "http/traffic/*", "http/represent/usage"],
    ["http/{traffic-*,wire/sales}", "operations/traffic", "api/{analytics,service-management}", "events/count-traffic"],
  ),
  portal: deployed(["operations/{sessions,sign-in}", "http/{issuer,session-cookie,signing-in-cookie}", "http/portal/*"], ["http/{cookies,issuer,return-to,session-cookie}", "secrets/sealed-cookie", "operations/sign-in", "portal/*"]),
};

/** The part that run.ts was asked for. */
export function part(): Part {
  const name = process.env["LATCHKEY_MUTATION_PART"] ?? "";
  const found = PARTS[name];
  if (found === undefined) throw new Error(`There is no part ${name}`);
  return found;
}
