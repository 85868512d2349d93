import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { id, type MappingRuleId, type ServiceId } from "../../lib/domain/brands.ts";
import { fits } from "../../lib/domain/proxy.ts";
import { proxies } from "../../lib/table/proxies.ts";
import { transact } from "../../lib/table/transact.ts";
import { createTestAccount, type Person, type TestAccount } from "../support/account.ts";
import { startDeployment, type Deployment } from "../support/deployment.ts";
import { request, type Answer, type RequestOptions } from "../support/request.ts";

let latchkey: Deployment;
let account: TestAccount;
let service: ServiceId;
let hidden: ServiceId;
let limited: Person;
let readOnly: Person;
let hits: number;

beforeAll(async () => {
  latchkey = await startDeployment();
  account = await createTestAccount(latchkey);
  service = (await account.service("Echo")).id;
  hidden = (await account.service("Hidden")).id;
  limited = await account.member({ sections: ["partners"], serviceAccess: [id<ServiceId>(service)] });
  readOnly = await account.token(account.admin, { permission: "ro" });
  hits = (await admin("GET", `services/${service}/metrics.json`)).json.metrics[0].metric.id;
});
afterAll(() => latchkey?.stop());

const as = (person: Person) => (method: string, path: string, options: RequestOptions = {}): Promise<Answer> =>
  request(latchkey, method, `/admin/api/${path}`, { token: person.value, ...options });
const admin = (method: string, path: string, options?: RequestOptions) => as(account.admin)(method, path, options);
const proxy = (method: string, rest = "", options?: RequestOptions) => admin(method, `services/${service}/proxy${rest}.json`, options);
const rules = async (of: ServiceId): Promise<{ id: number; pattern: string; position: number }[]> =>
  (await admin("GET", `services/${of}/proxy/mapping_rules.json`)).json.mapping_rules.map((each: { mapping_rule: object }) => each.mapping_rule);

describe("200", () => {
  it("a service is born with the settings of 3scale, under 3scale's names", async () => {
    const { id: fresh } = await account.service("Fresh");
    expect((await admin("GET", `services/${fresh}/proxy.json`)).json).toEqual({ proxy: {
      service_id: fresh, endpoint: null, sandbox_endpoint: null, api_backend: null, credentials_location: "query", auth_app_key: "app_key", auth_app_id: "app_id", auth_user_key: "user_key",
      error_auth_failed: "Authentication failed", error_auth_missing: "Authentication parameters missing", error_no_match: "No Mapping Rule matched",
      error_limits_exceeded: "Usage limit exceeded", error_status_auth_failed: 403, error_status_auth_missing: 403, error_status_no_match: 404,
      error_status_limits_exceeded: 429, error_headers_auth_failed: "text/plain; charset=us-ascii", error_headers_auth_missing: "text/plain; charset=us-ascii",
      error_headers_no_match: "text/plain; charset=us-ascii", error_headers_limits_exceeded: "text/plain; charset=us-ascii",
      secret_token: expect.stringMatching(/^Shared_secret_sent_from_proxy_to_API_backend_[0-9a-f]{16}$/), api_test_path: "/",
      policies_config: [{ name: "apicast", version: "builtin", configuration: {}, enabled: true }],
      created_at: expect.any(String), updated_at: expect.any(String), deployment_option: "hosted", lock_version: 1,
      links: [
        { rel: "mapping_rules", href: `/admin/api/services/${fresh}/proxy/mapping_rules` }, { rel: "self", href: `/admin/api/services/${fresh}/proxy` },
        { rel: "service", href: `/admin/api/services/${fresh}` },
      ],
    } });
    expect(await rules(fresh)).toMatchObject([{ pattern: "/", http_method: "GET", delta: 1, position: 1, last: false }]);
  });

  it("ports are written out, and a blank unsets what may be unset", async () => {
    const json = { proxy: { endpoint: "https://api.example.com", sandbox_endpoint: "http://test.example.com", api_backend: "wss://echo.example.com/v1" } };
    expect((await proxy("PATCH", "", { json })).json.proxy).toMatchObject({
      endpoint: "https://api.example.com:443", sandbox_endpoint: "http://test.example.com:80", api_backend: "wss://echo.example.com:443/v1",
    });
    expect((await proxy("PUT", "", { form: "sandbox_endpoint=&api_test_path=" })).json.proxy).toMatchObject({ api_test_path: "/" });
    expect((await proxy("GET")).json.proxy).toMatchObject({ sandbox_endpoint: null });
  });

  it("the whole entity may come back, its policies ignored and whatever is not the caller's to say", async () => {
    const before = (await proxy("GET")).json.proxy;
    const answer = await proxy("PUT", "", { json: { ...before, policies_config: "x".repeat(20_000), lock_version: 99, created_at: "2000-01-01T00:00:00Z" } });
    expect([answer.status, answer.json.proxy]).toEqual([200, before]);
  });

  it("what is about OpenID Connect is shown of services that use it", async () => {
    const { id: oidc } = await account.service("OIDC");
    await admin("PUT", `services/${oidc}.json`, { form: "backend_version=oidc" });
    const { json } = await admin("PUT", `services/${oidc}/proxy.json`, { form: "oidc_issuer_endpoint=https://id.example.com/realm&jwt_claim_with_client_id=azp&jwt_claim_with_client_id_type=plain" });
    expect(json.proxy).toMatchObject({ oidc_issuer_endpoint: "https://id.example.com/realm", oidc_issuer_type: "keycloak", jwt_claim_with_client_id_type: "plain" });
  });

  it("the flows of OpenID Connect are a thing of their own", async () => {
    const flows = { id: service, standard_flow_enabled: true, implicit_flow_enabled: false, service_accounts_enabled: false, direct_access_grants_enabled: false };
    expect((await proxy("GET", "/oidc_configuration")).json).toEqual({ oidc_configuration: flows });
    const { json } = await proxy("PATCH", "/oidc_configuration", { json: { oidc_configuration: { ...flows, service_accounts_enabled: true, standard_flow_enabled: false } } });
    expect(json.oidc_configuration).toEqual({ ...flows, service_accounts_enabled: true, standard_flow_enabled: false });
  });

  it("rules stand where they are put, and the others make room", async () => {
    const { id: ordered } = await account.service("Ordered");
    const metric = (await admin("GET", `services/${ordered}/metrics.json`)).json.metrics[0].metric.id;
    const put = async (pattern: string, more = "") =>
      (await admin("POST", `services/${ordered}/proxy/mapping_rules.json`, { form: `http_method=GET&delta=1&metric_id=${metric}&pattern=${pattern}${more}` })).json.mapping_rule;
    const [first, last] = [await put("/a", "&position=1"), await put("/z")];
    expect([first, last]).toMatchObject([{ pattern: "/a", position: 1 }, { pattern: "/z", position: 3 }]);
    const patterns = async () => (await rules(ordered)).map(({ pattern, position }) => `${position} ${pattern}`);
    expect(await patterns()).toEqual(["1 /a", "2 /", "3 /z"]);
    const moved = await admin("PUT", `services/${ordered}/proxy/mapping_rules/${last.id}.json`, { json: { mapping_rule: { ...last, position: 1, last: true, delta: 5 } } });
    expect(moved.json.mapping_rule).toMatchObject({ id: last.id, position: 1, last: true, delta: 5 });
    expect(await patterns()).toEqual(["1 /z", "2 /a", "3 /"]);
    const gone = await admin("DELETE", `services/${ordered}/proxy/mapping_rules/${first.id}.json`);
    expect([gone.status, gone.text, await patterns()]).toEqual([200, "", ["1 /z", "2 /"]]);
    expect((await admin("GET", `services/${ordered}/proxy/mapping_rules/${first.id}.json`)).status).toBe(404);
  });

  it("a metric takes its rules along", async () => {
    const { metric } = (await admin("POST", `services/${service}/metrics.json`, { form: "friendly_name=Short&unit=hit" })).json;
    await proxy("POST", "/mapping_rules", { json: { http_method: "GET", pattern: "/short", delta: 1, metric_id: metric.id } });
    await admin("DELETE", `services/${service}/metrics/${metric.id}.json`);
    expect((await rules(service)).map(({ pattern }) => pattern)).toEqual(["/"]);
  });

  const CORS = { name: "cors", version: "builtin", configuration: { allow: ["*"], nothing: null, huge: 1e300 }, enabled: true };
  const APICAST = { name: "apicast", version: "builtin", configuration: {}, enabled: true };
  it.each<[string, RequestOptions, object[]]>([
    ["a list", { json: { policies_config: [{ ...CORS, id: 1, humanName: "CORS", data: {}, removable: true }] } }, [CORS, APICAST]],
    ["a list under the proxy's name", { json: { proxy: { policies_config: [APICAST, CORS] } } }, [APICAST, CORS]],
    ["the text of a list", { json: { policies_config: JSON.stringify([CORS]) } }, [CORS, APICAST]],
    ["a form with the text of a list", { form: `policies_config=${encodeURIComponent(JSON.stringify([CORS]))}` }, [CORS, APICAST]],
    ["one policy", { json: { policies_config: CORS } }, [CORS, APICAST]],
    ["one that is off", { json: { policies_config: [{ name: "cors", version: "1.0", configuration: {} }] } }, [{ name: "cors", version: "1.0", configuration: {}, enabled: false }, APICAST]],
    ["nothing", { json: { policies_config: [] } }, [APICAST]],
  ])("a chain is given as %s", async (_form, options, chain) => {
    expect((await proxy("PUT", "/policies", options)).json).toEqual({ policies_config: chain });
    expect((await proxy("GET", "/policies")).json).toEqual({ policies_config: chain });
  });

  it("a token for the policy registry reaches the chain and nothing else of the proxy", async () => {
    const both = await account.token(account.admin, { scopes: ["policy_registry"] });
    expect((await as(both)("PUT", `services/${service}/proxy/policies.json`, { json: { policies_config: [] } })).status).toBe(200);
    expect((await as(both)("GET", `services/${service}/proxy.json`)).json).toMatchObject({ code: "insufficient_scope", missing: ["scope:account_management"] });
  });
});

describe("403", () => {
  it.each([
    ["PUT", "", "auth_user_key=x"], ["POST", "/deploy", ""], ["PUT", "/policies", "policies_config=[]"], ["PUT", "/oidc_configuration", "implicit_flow_enabled=true"],
    ["POST", "/mapping_rules", "http_method=GET"],
  ])("a read-only token does not %s %s", async (method, path, form) => {
    expect((await as(readOnly)(method, `services/${service}/proxy${path}.json`, { form })).json.code).toBe("read_only");
  });
});

describe("404", () => {
  it.each([["GET", ""], ["PUT", ""], ["POST", "/deploy"], ["GET", "/policies"], ["PUT", "/policies"], ["GET", "/oidc_configuration"], ["PUT", "/oidc_configuration"], ["GET", "/mapping_rules"], ["GET", "/mapping_rules/1"], ["DELETE", "/mapping_rules/1"]])(
    "a hidden service has no %s proxy%s, like one that is not there", async (method, path) => {
      const [of, none] = await Promise.all([hidden, 1].map((each) => as(limited)(method, `services/${each}/proxy${path}.json`)));
      expect([of?.status, of?.text]).toEqual([404, none?.text]);
    });

  it("a metric of another service gets no rule here, nor does one that never was", async () => {
    const other = (await admin("GET", `services/${hidden}/metrics.json`)).json.metrics[0].metric.id;
    for (const metric of [other, 1, "x"]) {
      expect((await proxy("POST", "/mapping_rules", { json: { http_method: "GET", pattern: "/", delta: 1, metric_id: metric } })).status).toBe(404);
    }
  });
});

describe("422", () => {
  it.each<[object, object]>([
    [{ endpoint: "api.example.com" }, { endpoint: ["the accepted format is 'protocol://address(:port)'"] }],
    [{ endpoint: "https://api.example.com/path" }, { endpoint: ["the accepted format is 'protocol://address(:port)'"] }],
    [{ sandbox_endpoint: "http://localhost:8080" }, { sandbox_endpoint: ["can't be localhost"] }],
    [{ api_backend: "ftp://echo.example.com" }, { api_backend: ["the accepted format is 'scheme://address(:port)(/path)'. Accepted schemes are http, https, ws and wss"] }],
    [{ api_backend: "http://127.0.0.1:3000" }, { api_backend: ["Sorry, this domain is protected"] }],
    [{ credentials_location: "cookie" }, { credentials_location: ["is not included in the list"] }],
    [{ auth_user_key: "user key", secret_token: "" }, { auth_user_key: ["invalid"], secret_token: ["invalid"] }],
    [{ error_status_no_match: 600 }, { error_status_no_match: ["must be less than 600"] }],
    [{ error_status_no_match: "teapot" }, { error_status_no_match: ["is not a number"] }],
    [{ error_auth_failed: "<b>no</b>" }, { error_auth_failed: ["invalid"] }],
    [{ error_no_match: "x".repeat(256) }, { error_no_match: ["is too long (maximum is 255 characters)"] }],
    [{ hostname_rewrite: "https://x" }, { hostname_rewrite: ["invalid"] }],
    [{ api_test_path: "no slash" }, { api_test_path: ["only URI characters allowed"] }],
    [{ oauth_login_url: "nowhere" }, { oauth_login_url: ["invalid auth login url. (hint: make sure it uses https scheme)"] }],
    [{ oidc_issuer_type: "saml" }, { oidc_issuer_type: ["is not included in the list"] }],
    [{ endpoint: { a: 1 } }, { endpoint: ["invalid"] }],
  ])("no proxy with %j", async (json, errors) => {
    const before = (await proxy("GET")).text;
    const answer = await proxy("PATCH", "", { json });
    expect([answer.status, answer.json.errors]).toEqual([422, errors]);
    expect((await proxy("GET")).text).toBe(before);
  });

  it.each<[object, object]>([
    [{ http_method: "TRACE" }, { http_method: ["is not included in the list"] }],
    [{ http_method: undefined }, { http_method: ["can't be blank"] }],
    [{ delta: 0 }, { delta: ["must be greater than 0"] }],
    [{ delta: "many" }, { delta: ["is not a number"] }],
    [{ delta: 1.5 }, { delta: ["must be an integer"] }],
    [{ metric_id: undefined }, { metric_id: ["can't be blank"] }],
    [{ pattern: "" }, { pattern: [expect.stringMatching(/^a Mapping Rule can't be empty, has to start with '\/' and can only contain valid URL characters and\n/)] }],
    [{ pattern: "no-slash" }, { pattern: [expect.stringMatching(/^a Mapping Rule has to start with '\/'/)] }],
  ])("no mapping rule with %j", async (given, errors) => {
    const answer = await proxy("POST", "/mapping_rules", { json: { http_method: "GET", pattern: "/a", delta: 1, metric_id: hits, ...given } });
    expect([answer.status, answer.json.errors]).toEqual([422, errors]);
  });

  it("a policy that lacks something is told beside it, the others are left as they are", async () => {
    const good = { name: "cors", version: "builtin", configuration: {}, enabled: true };
    const answer = await proxy("PUT", "/policies", { json: { policies_config: [good, { name: "x", configuration: [] }] } });
    expect([answer.status, answer.json]).toEqual([422, {
      policies_config: [good, { name: "x", configuration: [], errors: { version: ["can't be blank"], configuration: ["can't be blank"] } }], code: "invalid",
    }]);
  });

  it.each([["no JSON", '"{"'], ["a number", "5"], ["nested without end", `${"[".repeat(5000)}${"]".repeat(5000)}`]])("no chain that is %s", async (_what, chain) => {
    const answer = await proxy("PUT", "/policies", { body: `{"policies_config":${chain}}`, headers: { "content-type": "application/json" } });
    expect([answer.status, answer.json.errors]).toEqual([422, { policies_config: ['has invalid format. The Correct format is: [{ "name": "apicast"... }]'] }]);
  });

  it("a chain may be long, but not longer than a row of the table holds", async () => {
    const chain = (bytes: number) => ({ json: { policies_config: [{ name: "big", version: "1", configuration: { text: "x".repeat(bytes) }, enabled: true }] } });
    const { id: big } = await account.service("Big");
    const put = (bytes: number) => admin("PUT", `services/${big}/proxy/policies.json`, chain(bytes));
    await admin("PUT", `services/${big}/proxy.json`, { form: "api_backend=https://echo.example.com" });
    expect((await put(250_000)).status).toBe(200);
    expect((await put(263_000)).json.errors).toEqual({ policies_config: ["is too long (maximum is 262144 characters)"] });
    expect((await admin("GET", `services/${big}/proxy/configs/sandbox/latest.json`)).json.proxy_config.version).toBe(2);
  });

  it("rules may be many, but not more than fit into the row beside the chain", async () => {
    const { id: full } = await account.service("Full");
    await admin("PUT", `services/${full}/proxy/policies.json`, { json: { policies_config: [{ name: "big", version: "1", configuration: { text: "x".repeat(250_000) }, enabled: true }] } });
    const { table } = latchkey.operator;
    const stored = (await proxies.read(table, account.admin.member.accountId, id(full)))!;
    const rule = (at: number) => ({ ...stored.rules[0]!, id: id<MappingRuleId>(at), pattern: `/${"x".repeat(254)}` });
    const most = [...stored.rules];
    while (fits({ ...stored, rules: [...most, rule(most.length + 1)] })) most.push(rule(most.length + 1));
    await transact(table, [{ put: proxies.row({ ...stored, rules: most }) }]);
    const answer = await admin("POST", `services/${full}/proxy/mapping_rules.json`, { json: { http_method: "GET", pattern: `/${"x".repeat(254)}`, delta: 1, metric_id: stored.rules[0]!.metricId } });
    expect([answer.status, answer.json]).toEqual([422, { errors: { base: ["There are too many mapping rules and policies for one service"] }, code: "invalid" }]);
    expect(await rules(id(full))).toHaveLength(most.length);
  });
});
