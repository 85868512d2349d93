import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { id, type ServiceId } from "../../lib/domain/brands.ts";
import { createTestAccount, type Person, type TestAccount } from "../support/account.ts";
import { startDeployment, type Deployment } from "../support/deployment.ts";
import { request, type Answer, type RequestOptions } from "../support/request.ts";
import { everyRow } from "../support/rows.ts";
import { walk } from "../support/walk.ts";

let latchkey: Deployment;
let account: TestAccount;
let readOnly: Person;

beforeAll(async () => {
  latchkey = await startDeployment();
  account = await createTestAccount(latchkey);
  readOnly = await account.token(account.admin, { permission: "ro" });
});
afterAll(() => latchkey?.stop());

const as = (person: Person) => (method: string, path: string, options: RequestOptions = {}): Promise<Answer> =>
  request(latchkey, method, `/admin/api/${path}`, { token: person.value, ...options });
const admin = (method: string, path: string, options?: RequestOptions) => as(account.admin)(method, path, options);

let made = 0;
/** A service that is served at `api-n` and, in the sandbox, at `test-n`; its version 1 is in the sandbox. */
async function served(): Promise<{ readonly id: ServiceId; readonly host: string; readonly sandboxHost: string }> {
  const [host, sandboxHost] = [`api-${++made}.example.com`, `test-${made}.example.com`];
  const service = await account.service(`Service ${made}`);
  const json = { proxy: { endpoint: `https://${host}`, sandbox_endpoint: `http://${sandboxHost}:8080`, api_backend: "https://echo.example.com" } };
  expect((await admin("PATCH", `services/${service.id}/proxy.json`, { json })).status).toBe(200);
  return { id: service.id, host, sandboxHost };
}
const configs = (service: number, rest: string) => `services/${service}/proxy/configs/${rest}.json`;
const promote = (service: number, version: number, to = "production") => admin("POST", configs(service, `sandbox/${version}/promote`), { form: `to=${to}` });
const change = (service: number) => admin("PUT", `services/${service}/proxy.json`, { form: `auth_user_key=key_${++made}` });
const versions = async (service: number, environment: string): Promise<number[]> =>
  (await admin("GET", configs(service, environment))).json.proxy_configs.map((each: { proxy_config: { version: number } }) => each.proxy_config.version);
const idsIn = (answer: Answer): number[] => answer.json.proxy_configs.map((each: { proxy_config: { content: { id: number } } }) => each.proxy_config.content.id);
const secretOf = async (service: number): Promise<string> => (await admin("GET", `services/${service}/service_token.json`)).json.service_token.value;

describe("what APIcast asks (3scale: gateway/src/apicast/configuration_loader/remote_v2.lua)", () => {
  /** The token is the user part of THREESCALE_PORTAL_ENDPOINT, and there is no Accept. */
  const apicast = (path: string) => request(latchkey, "GET", path, {
    headers: { authorization: `Basic ${Buffer.from(`${readOnly.value}:`).toString("base64")}`, "user-agent": "APIcast/3.15 (Linux; x64; env:production)" },
  });
  /** What its Lua reads of a document, and what it would make of a null there. */
  const read = (content: Record<string, unknown>) => {
    const proxy = content["proxy"] as Record<string, unknown>;
    const texts = [
      "endpoint", "authentication_method", "credentials_location", "auth_user_key", "auth_app_id", "auth_app_key", "error_auth_failed", "error_auth_missing",
      "error_no_match", "error_limits_exceeded", "error_headers_auth_failed", "error_headers_auth_missing", "error_headers_no_match",
      "error_headers_limits_exceeded", "secret_token", "hostname_rewrite", "api_backend",
    ];
    for (const name of texts) expect([name, typeof proxy[name]]).toEqual([name, "string"]);
    for (const name of ["auth_failed", "auth_missing", "no_match", "limits_exceeded"]) expect(proxy[`error_status_${name}`]).toEqual(expect.any(Number));
    for (const name of ["jwt_claim_with_client_id_type", "oauth_login_url", "deployed_at"]) expect(proxy[name]).not.toBeNull();
    expect(content["id"]).toBeLessThan(1e14);
    expect(["1", "2", "oauth"]).toContain(content["backend_version"]);
    expect([content["system_name"], content["backend_authentication_type"]]).toEqual([expect.any(String), "service_token"]);
    expect(proxy["hosts"]).not.toHaveLength(0);
    expect(proxy["backend"]).toEqual({ endpoint: expect.stringMatching(/^https:\/\/[^/]+$/), host: expect.stringMatching(/^[^:/]+$/) });
    for (const policy of proxy["policy_chain"] as unknown[]) expect(policy).toEqual({ name: expect.any(String), version: expect.any(String), configuration: expect.any(Object) });
    for (const rule of proxy["proxy_rules"] as Record<string, unknown>[]) {
      expect(rule).toMatchObject({
        http_method: expect.any(String), pattern: expect.any(String), metric_system_name: expect.any(String), delta: expect.any(Number), last: expect.any(Boolean),
        owner_type: "Proxy", parameters: expect.any(Array), querystring_parameters: expect.any(Object),
      });
      expect(Array.isArray(rule["querystring_parameters"])).toBe(false);
      for (const name of ["id", "metric_id", "owner_id", "proxy_id"]) expect(rule[name]).toBeLessThan(1e14);
    }
    return { service: content["id"], token: content["backend_authentication_value"], hosts: proxy["hosts"] };
  };

  it("at its start it gets the latest of every service, page by page, each with the token that its service has", async () => {
    const [one, two] = [await served(), await served()];
    for (const { id: service } of [one, two]) expect((await promote(service, 1)).status).toBe(201);
    const first = await apicast("/admin/api/account/proxy_configs/production.json?version=latest&page=1&per_page=500");
    expect([first.status, first.headers.get("content-type")]).toEqual([200, "application/json; charset=utf-8"]);
    for (const { id: service, host, sandboxHost } of [one, two]) {
      const { content } = first.json.proxy_configs.find((each: { proxy_config: { content: { id: number } } }) => each.proxy_config.content.id === service).proxy_config;
      expect(read(content)).toEqual({ service, token: await secretOf(service), hosts: [host, sandboxHost] });
    }
    expect((await apicast("/admin/api/account/proxy_configs/production.json?version=latest&page=2&per_page=500")).json).toEqual({ proxy_configs: [] });
  });

  it("lazily it gets the one service of a host, from nothing but that host's rows", async () => {
    const [one] = [await served(), await served()];
    await promote(one.id, 1);
    const calls = latchkey.proxy.calls.length;
    const answer = await apicast(`/admin/api/account/proxy_configs/production.json?host=${one.host}&version=latest&page=1&per_page=500`);
    expect(idsIn(answer)).toEqual([one.id]);
    read(answer.json.proxy_configs[0].proxy_config.content);
    const queries = latchkey.proxy.calls.slice(calls).filter(({ action }) => action === "Query");
    expect(queries.map(({ index }) => String(index)).sort()).toEqual(["gsi1", "gsi2"]);
    expect(queries.flatMap(({ keys }) => keys).every((key) => JSON.stringify(key).includes("#HOST#"))).toBe(true);
  });

  it("of a host that several services have it gets them in their order, whichever of their hosts it is, and changed last", async () => {
    const shared = `shared-${++made}.example.com`;
    const services = [await served(), await served(), await served()].map(({ id: service }) => service);
    const endpoints = ["endpoint", "sandbox_endpoint", "endpoint"];
    for (const at of [2, 0, 1]) expect((await admin("PATCH", `services/${services[at]}/proxy.json`, { json: { proxy: { [endpoints[at]!]: `https://${shared}` } } })).status).toBe(200);
    expect(idsIn(await apicast(`/admin/api/account/proxy_configs/sandbox.json?host=${shared}&version=latest&page=1&per_page=500`))).toEqual(services.toSorted((one, other) => one - other));
  });

  it("staging is the sandbox, and a host that nobody has is an empty list", async () => {
    const { id: service, sandboxHost } = await served();
    expect(idsIn(await apicast(`/admin/api/account/proxy_configs/staging.json?host=${sandboxHost}&version=latest&page=1&per_page=500`))).toEqual([service]);
    const nobody = await apicast("/admin/api/account/proxy_configs/production.json?host=nobody.example.com&version=latest&page=1&per_page=500");
    expect([nobody.status, nobody.json]).toEqual([200, { proxy_configs: [] }]);
  });

  it("by service it reads the list of services, and the version that it was told", async () => {
    const { id: service } = await served();
    await promote(service, 1);
    const listed = (await apicast("/admin/api/services.json?page=1&per_page=500")).json.services.map((each: { service: { id: number } }) => each.service.id);
    expect(listed).toContain(service);
    for (const version of ["1", "latest"]) {
      const { proxy_config: config } = (await apicast(`/admin/api/services/${service}/proxy/configs/production/${version}.json`)).json;
      expect(config).toMatchObject({ id: expect.any(Number), version: 1, environment: "production" });
      read(config.content);
    }
  });
});

describe("200", () => {
  it("any number of configurations costs one call to KMS, and none costs none", async () => {
    await served();
    const calls = () => latchkey.aws.calls["kms:Decrypt"] ?? 0;
    const before = calls();
    expect(idsIn(await admin("GET", "account/proxy_configs/sandbox.json?version=latest")).length).toBeGreaterThan(1);
    expect(calls()).toBe(before + 1);
    await admin("GET", "account/proxy_configs/sandbox.json?version=latest&host=nobody.example.com");
    expect(calls()).toBe(before + 1);
  });

  it("the value of the token is in no row, and reading it leaves no record", async () => {
    const { id: service } = await served();
    const value = await secretOf(service);
    const before = await everyRow(latchkey);
    expect((await admin("GET", configs(service, "sandbox/latest"))).text).toContain(value);
    expect(await everyRow(latchkey)).toEqual(before);
    expect(JSON.stringify(before)).not.toContain(value);
  });

  it("a version never changes, and the latest is the highest, whatever was promoted last", async () => {
    const { id: service } = await served();
    const first = (await admin("GET", configs(service, "sandbox/1"))).text;
    await change(service);
    await change(service);
    expect(await versions(service, "sandbox")).toEqual([1, 2, 3]);
    expect((await admin("GET", configs(service, "sandbox/1"))).text).toBe(first);
    for (const version of [3, 1]) expect((await promote(service, version)).json.proxy_config).toMatchObject({ version, environment: "production" });
    expect((await admin("GET", configs(service, "production/latest"))).json.proxy_config.version).toBe(3);
    expect(await versions(service, "production")).toEqual([1, 3]);
  });

  it("a deployment makes a version when something has changed since the last one, and only then", async () => {
    const { id: service } = await served();
    const deploy = async () => expect((await admin("POST", `services/${service}/proxy/deploy.json`, { headers: { "content-type": "application/json" } })).status).toBe(201);
    await deploy();
    expect(await versions(service, "sandbox")).toEqual([1]);
    const metric = (await admin("POST", `services/${service}/metrics.json`, { form: "friendly_name=Orders&unit=order" })).json.metric;
    await admin("POST", `services/${service}/proxy/mapping_rules.json`, { form: `http_method=POST&pattern=/orders/{id}?a={x}&delta=2&metric_id=${metric.id}&position=1` });
    expect(await versions(service, "sandbox")).toEqual([1]);
    await deploy();
    await deploy();
    expect(await versions(service, "sandbox")).toEqual([1, 2]);
    const { proxy } = (await admin("GET", configs(service, "sandbox/latest"))).json.proxy_config.content;
    expect(proxy.proxy_rules).toMatchObject([
      { http_method: "POST", pattern: "/orders/{id}?a={x}", metric_system_name: "orders", delta: 2, position: 1, parameters: ["id"], querystring_parameters: { a: "{x}" } },
      { http_method: "GET", pattern: "/", metric_system_name: "hits", delta: 1, position: 2, parameters: [], querystring_parameters: {} },
    ]);
  });

  it("the same settings again make no version, others make one, policies too", async () => {
    const { id: service } = await served();
    const { proxy } = (await admin("GET", `services/${service}/proxy.json`)).json;
    await admin("PUT", `services/${service}/proxy.json`, { json: proxy });
    expect(await versions(service, "sandbox")).toEqual([1]);
    await admin("PUT", `services/${service}/proxy.json`, { json: { ...proxy, error_status_no_match: 418 } });
    await admin("PUT", `services/${service}/proxy/policies.json`, { json: { policies_config: [
      { name: "cors", version: "builtin", configuration: { a: null, n: 1e300 }, enabled: true }, { name: "logging", version: "builtin", configuration: {}, enabled: false },
    ] } });
    expect(await versions(service, "sandbox")).toEqual([1, 2, 3]);
    const { content } = (await admin("GET", configs(service, "sandbox/latest"))).json.proxy_config;
    expect(content.proxy).toMatchObject({
      error_status_no_match: 418,
      policy_chain: [{ name: "cors", version: "builtin", configuration: { a: null, n: 1e300 } }, { name: "apicast", version: "builtin", configuration: {} }],
    });
  });

  it("without a backend there is nothing to deploy, which is no error", async () => {
    const { id: service } = await account.service("Bare");
    expect((await admin("POST", `services/${service}/proxy/deploy.json`)).status).toBe(201);
    expect((await admin("GET", configs(service, "sandbox"))).json).toEqual({ proxy_configs: [] });
  });

  it("a service mesh has its changes in production at once", async () => {
    const { id: service } = await account.service("Mesh");
    await admin("PUT", `services/${service}.json`, { form: "deployment_option=service_mesh_istio&backend_version=oidc" });
    await admin("POST", `services/${service}/proxy/deploy.json`);
    expect([await versions(service, "sandbox"), await versions(service, "production")]).toEqual([[1], [1]]);
    const { content } = (await admin("GET", configs(service, "production/latest"))).json.proxy_config;
    expect(content).toMatchObject({ backend_version: "oauth", proxy: { authentication_method: "oidc", api_backend: null, hosts: [] } });
    expect(content.proxy).not.toHaveProperty("endpoint");
  });

  it("a host that a service gave up finds it no longer", async () => {
    const { id: service, sandboxHost } = await served();
    await admin("PUT", `services/${service}/proxy.json`, { form: "sandbox_endpoint=https://Moved.example.com" });
    const of = async (host: string, version = "latest") => idsIn(await admin("GET", `account/proxy_configs/sandbox.json?version=${version}&host=${host}`));
    expect([await of(sandboxHost), await of("moved.example.com")]).toEqual([[], [service]]);
    expect([await of(sandboxHost, "1"), await of(sandboxHost, "2"), await of(sandboxHost, "")]).toEqual([[service], [], [service]]);
  });

  it("whoever reaches some services is told of those alone, and pages are filled after that", async () => {
    const [one, two, three] = [await served(), await served(), await served()];
    const limited = await account.member({ sections: ["partners"], serviceAccess: [three.id, one.id] });
    const list = (query: string) => as(limited)("GET", `account/proxy_configs/sandbox.json?${query}`);
    for (const version of ["latest", "1", ""]) expect(idsIn(await list(`version=${version}`))).toEqual([one.id, three.id]);
    const second = await list("version=latest&page=2&per_page=1");
    expect([idsIn(second), second.json.metadata]).toEqual([[three.id], { per_page: 1, total_entries: 2, total_pages: 2, current_page: 2 }]);
    expect(idsIn(await list(`version=latest&host=${two.sandboxHost}`))).toEqual([]);
    expect(idsIn(await list(`version=latest&host=${one.sandboxHost}`))).toEqual([one.id]);
    expect(idsIn(await list("version=latest&page=3&per_page=1"))).toEqual([]);
    for (const version of ["latest", "1", ""]) {
      const pages = await walk(latchkey, `/admin/api/account/proxy_configs/sandbox.json?version=${version}&per_page=1`, limited.value);
      expect(pages.map(idsIn)).toEqual([[one.id], [three.id]]);
    }
  });

  it("a deleted service is in no list from then on, and later in no row", async () => {
    const { id: service, sandboxHost } = await served();
    await promote(service, 1);
    expect((await admin("DELETE", `services/${service}.json`)).status).toBe(200);
    for (const query of ["version=latest", "version=1", "", `version=latest&host=${sandboxHost}`]) {
      expect(idsIn(await admin("GET", `account/proxy_configs/sandbox.json?${query}`))).not.toContain(service);
    }
    await latchkey.pump.drain();
    await latchkey.bus.deliver();
    const left = (await everyRow(latchkey)).filter((row) => ["proxy", "proxy_config"].includes(String(row["type"])) && (row["serviceId"] === service || row["id"] === service));
    expect(left).toEqual([]);
  });
});

describe("400", () => {
  it.each(["GET configs/development", "GET configs/development/latest", "POST configs/development/1/promote"])("below a service there are two environments: %s", async (what) => {
    const { id: service } = await account.service(`Any ${++made}`);
    const [method = "", path] = what.split(" ");
    const answer = await admin(method, `services/${service}/proxy/${path}.json`, method === "POST" ? { form: "to=production" } : {});
    expect([answer.status, answer.json.error]).toEqual([400, "invalid environment"]);
  });

  it("nobody guesses where to promote to", async () => {
    const { id: service } = await served();
    const answer = await admin("POST", configs(service, "sandbox/1/promote"));
    expect([answer.status, answer.text]).toEqual([400, "Required parameter missing: to"]);
  });
});

describe("403", () => {
  it("a read-only token promotes nothing, and who reaches no service reads nothing", async () => {
    const { id: service } = await served();
    expect((await as(readOnly)("POST", configs(service, "sandbox/1/promote"), { form: "to=production" })).json.code).toBe("read_only");
    const none = await account.member({ sections: ["partners"], serviceAccess: [] });
    expect((await as(none)("GET", "account/proxy_configs/sandbox.json?version=latest")).json.error).toBe("Access denied");
  });

  it("a metric that gateways count stays until they no longer do", async () => {
    const { id: service } = await served();
    const metric = (await admin("POST", `services/${service}/metrics.json`, { form: "friendly_name=Orders&unit=order" })).json.metric;
    const rule = (await admin("POST", `services/${service}/proxy/mapping_rules.json`, { form: `http_method=GET&pattern=/o&delta=1&metric_id=${metric.id}` })).json.mapping_rule;
    await admin("POST", `services/${service}/proxy/deploy.json`);
    const refused = await admin("DELETE", `services/${service}/metrics/${metric.id}.json`);
    expect([refused.status, refused.json.errors]).toEqual([403, { base: ["Metric is used by the latest gateway configuration and cannot be deleted"] }]);
    await admin("DELETE", `services/${service}/proxy/mapping_rules/${rule.id}.json`);
    await admin("POST", `services/${service}/proxy/deploy.json`);
    expect((await admin("DELETE", `services/${service}/metrics/${metric.id}.json`)).status).toBe(200);
  });
});

describe("404", () => {
  it("there is none yet: to the byte what 3scale's operator knows it by", async () => {
    const { id: service } = await account.service(`Fresh ${++made}`);
    for (const path of ["sandbox/latest", "production/latest", "sandbox/1", "sandbox/0", "sandbox/x"]) {
      const answer = await admin("GET", configs(service, path));
      expect([answer.status, answer.text]).toEqual([404, '{"status":"Not found"}']);
    }
  });

  it("a hidden service, a missing one and another account's have none, alike", async () => {
    const { id: service } = await served();
    const limited = await account.member({ sections: ["partners"], serviceAccess: [id<ServiceId>((await served()).id)] });
    const stranger = await createTestAccount(latchkey);
    for (const path of ["sandbox", "sandbox/latest", "sandbox/1"]) {
      for (const [person, of] of [[limited, service], [limited, 1], [stranger.admin, service]] as const) {
        const answer = await as(person)("GET", configs(of, path));
        expect([answer.status, answer.text]).toEqual([404, '{"status":"Not found"}']);
      }
    }
    expect((await as(limited)("POST", configs(service, "sandbox/1/promote"), { form: "to=production" })).status).toBe(404);
  });

  it("a version that is not there is not promoted", async () => {
    const { id: service } = await served();
    expect((await promote(service, 2)).text).toBe('{"status":"Not found"}');
  });
});

describe("422", () => {
  it("a version is promoted once, and to an environment that is called by its name", async () => {
    const { id: service } = await served();
    for (const to of ["staging", "development"]) expect((await promote(service, 1, to)).json.errors).toEqual({ environment: ["is not included in the list"] });
    expect((await promote(service, 1)).status).toBe(201);
    for (const to of ["production", "sandbox"]) {
      const answer = await promote(service, 1, to);
      expect([answer.status, answer.json.errors]).toEqual([422, { version: ["has already been taken"] }]);
    }
  });

  it("of an account there are two environments", async () => {
    const answer = await admin("GET", "account/proxy_configs/development.json?version=latest");
    expect([answer.status, answer.json]).toEqual([422, { error: "invalid environment", code: "invalid_environment" }]);
  });
});

describe("at the same time", () => {
  it("deployments make each version once, without a gap, and promotions one", async () => {
    const { id: service } = await served();
    const changes = await Promise.all(["error_status_no_match=410", "error_status_auth_failed=401"].map((form) => admin("PUT", `services/${service}/proxy.json`, { form })));
    expect(changes.map(({ status }) => status)).toEqual([200, 200]);
    expect(await versions(service, "sandbox")).toEqual([1, 2, 3]);
    const promotions = await Promise.all([1, 2, 3].map(() => promote(service, 3)));
    expect(promotions.map(({ status }) => String(status)).sort()).toEqual(["201", "422", "422"]);
  });
});
