import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { id, type ServiceId } from "../../lib/domain/brands.ts";
import type { Application } from "../../lib/domain/model.ts";
import { serviceTokenString } from "../../lib/domain/token-string.ts";
import { createTestAccount, type TestAccount } from "../support/account.ts";
import { startDeployment, type Deployment } from "../support/deployment.ts";
import { request } from "../support/request.ts";
import { errorIn, gatewayOf, planId, reasonIn, reportsIn, usage, type Gateway, type Params } from "../support/traffic.ts";

let latchkey: Deployment;
let account: TestAccount;
/** Services of backend version 1 (user keys), 2 (application ids), and oidc. */
let v1: Gateway;
let v2: Gateway;
let oidc: Gateway;
let app1: Application;
let app2: Application;

const admin = (method: string, path: string, form?: string) =>
  request(latchkey, method, `/admin/api/${path}`, { token: account.admin.value, ...(form === undefined ? {} : { form }) });
const metricOf = async (service: number, name = "hits") =>
  (await admin("GET", `services/${service}/metrics.json`)).json.metrics.map((each: { metric: { system_name: string; id: number } }) => each.metric).find((metric: { system_name: string }) => metric.system_name === name).id as number;
async function planWith(service: number, limits: readonly [metric: string, period: string, value: number][]): Promise<number> {
  const { id: plan } = (await admin("POST", `services/${service}/application_plans.json`, `name=Plan ${Math.random()}`)).json.application_plan;
  for (const [metric, period, value] of limits) {
    const { status } = await admin("POST", `application_plans/${plan}/metrics/${await metricOf(service, metric)}/limits.json`, `period=${period}&value=${value}`);
    expect(status).toBe(201);
  }
  return plan;
}
/** It has the length of a token, and a check that is not its own. */
const wrong = "lk_st_000000000000000000aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa000000";
const counted = () => latchkey.counter.drain();

beforeAll(async () => {
  latchkey = await startDeployment();
  account = await createTestAccount(latchkey);
  const gateway = async (name: string, version: string) => {
    const { id: service } = await account.service(name);
    expect((await admin("PUT", `services/${service}.json`, `backend_version=${version}`)).status).toBe(200);
    await admin("POST", `services/${service}/metrics/${await metricOf(service)}/methods.json`, "friendly_name=Search");
    return gatewayOf(latchkey, account.admin, service);
  };
  [v1, v2, oidc] = await Promise.all([gateway("One", "1"), gateway("Two", "2"), gateway("Open", "oidc")]);
  const day = planId(await planWith(v1.serviceId, [["hits", "day", 10], ["search", "eternity", 4]]));
  app1 = await v1.application({ planId: day });
  app2 = await v2.application({ keys: [{ value: "secret-key", createdAt: latchkey.operator.clock() }] });
});
afterAll(() => latchkey?.stop());

describe("200", () => {
  it("an application that may is told its plan and its limits, in 3scale's words", async () => {
    const answer = await v1.get("authorize", { user_key: app1.userKey });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toBe("application/vnd.3scale-v2.0+xml");
    expect(answer.text).toMatch(new RegExp(`^${[
      '<\\?xml version="1.0" encoding="UTF-8"\\?><status><authorized>true</authorized><plan>Plan [0-9.]+</plan><usage_reports>',
      '<usage_report metric="hits" period="day"><period_start>\\d{4}-\\d\\d-\\d\\d 00:00:00 \\+0000</period_start><period_end>\\d{4}-\\d\\d-\\d\\d 00:00:00 \\+0000</period_end><max_value>10</max_value><current_value>0</current_value></usage_report>',
      '<usage_report metric="search" period="eternity"><max_value>4</max_value><current_value>0</current_value></usage_report></usage_reports></status>',
    ].join("")}$`));
  });

  it.each<[string, () => Gateway, string, () => Params]>([
    ["an application id with its key", () => v2, "authorize", () => ({ app_id: app2.appId, app_key: "secret-key" })],
    ["a user key in a service with application ids", () => v2, "authorize", () => ({ user_key: app2.userKey, app_key: "secret-key" })],
    ["names with white space around", () => v2, "authorize", () => ({ app_id: ` ${app2.appId} `, app_key: " secret-key " })],
    ["a blank user key beside an application id", () => v2, "authorize", () => ({ app_id: app2.appId, app_key: "secret-key", user_key: "" })],
    ["a user key, and a key that nobody asks for", () => v1, "authorize", () => ({ user_key: app1.userKey, app_key: "whatever" })],
    ["a usage of nothing", () => v1, "authrep", () => ({ user_key: app1.userKey, ...usage({ hits: 0 }) })],
    ["a usage within the limits", () => v1, "authorize", () => ({ user_key: app1.userKey, ...usage({ hits: 10 }) })],
  ])("%s", async (_what, gateway, call, params) => {
    const { status, text } = await gateway().get(call, params());
    expect([status, text]).toEqual([200, expect.stringContaining("<authorized>true</authorized>")]);
  });

  it("OAuth: the application's id, first key and address, without a key asked for", async () => {
    const app = await oidc.application({ redirectUrl: "https://app.example/cb", keys: [{ value: "client-secret", createdAt: latchkey.operator.clock() }] });
    for (const call of ["oauth_authorize", "oauth_authrep"]) {
      const { status, text } = await oidc.get(call, { app_id: app.appId, redirect_uri: "https://app.example/cb" });
      expect([status, text]).toEqual([200, expect.stringContaining(`<application><id>${app.appId}</id><key>client-secret</key><redirect_url>https://app.example/cb</redirect_url></application><plan>`)]);
    }
  });

  it("authrep counts what it allows, methods into their metric too, and its answer counts it already", async () => {
    const app = await v1.application({ planId: app1.planId! });
    expect(reportsIn(await v1.get("authrep", { user_key: app.userKey, ...usage({ search: 2, hits: 1 }) }))).toEqual({ "hits/day": "3/10", "search/eternity": "2/4" });
    await counted();
    expect(reportsIn(await v1.get("authorize", { user_key: app.userKey }))).toEqual({ "hits/day": "3/10", "search/eternity": "2/4" });
    expect(reportsIn(await v1.get("authorize", { app_id: app.appId, user_key: app.userKey }))).toEqual({});
  });

  it("authorize counts nothing", async () => {
    const app = await v1.application({ planId: app1.planId! });
    await v1.get("authorize", { user_key: app.userKey, ...usage({ hits: 3 }) });
    await counted();
    expect(reportsIn(await v1.get("authorize", { user_key: app.userKey }))).toMatchObject({ "hits/day": "0/10" });
  });

  it("#n sets a count, of the method and of its metric", async () => {
    const app = await v1.application({ planId: app1.planId! });
    await v1.get("authrep", { user_key: app.userKey, ...usage({ hits: 5 }) });
    await counted();
    await v1.get("authrep", { user_key: app.userKey, ...usage({ search: "#2" }) });
    await counted();
    expect(reportsIn(await v1.get("authorize", { user_key: app.userKey }))).toEqual({ "hits/day": "2/10", "search/eternity": "2/4" });
  });

  it("no_body: the same without the document, also for errors", async () => {
    const options = { "3scale-options": "no_body=1" };
    expect(await v1.get("authorize", { user_key: app1.userKey }, options)).toMatchObject({ status: 200, text: "" });
    expect(await v1.get("authorize", { user_key: "nobody's" }, options)).toMatchObject({ status: 403, text: "" });
    expect(await v1.get("authorize", { user_key: app1.userKey, no_body: "true" })).toMatchObject({ status: 200, text: "" });
  });

  it("limit_headers: how many such calls are left under the tightest limit, and when it begins anew", async () => {
    const app = await v1.application({ planId: app1.planId! });
    const { headers } = await v1.get("authrep", { user_key: app.userKey, ...usage({ hits: 3 }) }, { "3scale-options": "limit_headers=1" });
    expect([headers.get("3scale-limit-remaining"), headers.get("3scale-limit-max-value")]).toEqual(["2", "10"]);
    expect(Number(headers.get("3scale-limit-reset"))).toBeGreaterThan(0);
    const unlimited = await v2.get("authorize", { app_id: app2.appId, app_key: "secret-key" }, { "3scale-options": "limit_headers=1" });
    expect([unlimited.headers.get("3scale-limit-remaining"), unlimited.headers.get("3scale-limit-reset"), unlimited.headers.get("3scale-limit-max-value")]).toEqual(["-1", "-1", null]);
  });
});

describe("202", () => {
  it("a report is counted for each application, with what methods roll up", async () => {
    const [one, other] = [await v1.application({ planId: app1.planId! }), await v1.application({ planId: app1.planId! })];
    const answer = await v1.report({
      "transactions[0][user_key]": one.userKey, "transactions[0][usage][hits]": "1", "transactions[a][user_key]": other.userKey,
      "transactions[a][usage][search]": "2", "transactions[7][user_key]": one.userKey, "transactions[7][usage][hits]": "4",
    });
    expect([answer.status, answer.text, answer.headers.get("latchkey-not-counted")]).toEqual([202, "", null]);
    await counted();
    expect(reportsIn(await v1.get("authorize", { user_key: one.userKey }))).toMatchObject({ "hits/day": "5/10" });
    expect(reportsIn(await v1.get("authorize", { user_key: other.userKey }))).toEqual({ "hits/day": "2/10", "search/eternity": "2/4" });
  });

  it("what passes a limit by report is told as exceeded, and the next call refused", async () => {
    const app = await v1.application({ planId: app1.planId! });
    await v1.report({ "transactions[0][user_key]": app.userKey, "transactions[0][usage][hits]": "11" });
    await counted();
    const answer = await v1.get("authorize", { user_key: app.userKey });
    expect([answer.status, reasonIn(answer), reportsIn(answer)["hits/day"]]).toEqual([409, "usage limits are exceeded", "11/10 exceeded"]);
  });

  it("everything in the query, with an empty body and no content type", async () => {
    const app = await v1.application({ planId: app1.planId! });
    const query = new URLSearchParams({ service_token: v1.serviceToken, service_id: String(v1.serviceId), "transactions[0][user_key]": app.userKey, "[transactions][0][usage][hits]": "2" });
    expect((await request(latchkey, "POST", `/transactions.xml?${query.toString()}`)).status).toBe(202);
    await counted();
    expect(reportsIn(await v1.get("authorize", { user_key: app.userKey }))).toMatchObject({ "hits/day": "2/10" });
  });

  it("repeated with the same idempotency key it counts once, and delivered twice by the stream too", async () => {
    const app = await v1.application({ planId: app1.planId! });
    const send = () => v1.report({ "transactions[0][user_key]": app.userKey, "transactions[0][usage][hits]": "3" }, { "idempotency-key": "batch-1" });
    expect([(await send()).status, (await send()).status]).toEqual([202, 202]);
    await counted();
    await latchkey.counter.redeliver();
    expect((await send()).status).toBe(202);
    await counted();
    expect(reportsIn(await v1.get("authorize", { user_key: app.userKey }))).toMatchObject({ "hits/day": "3/10" });
    const reused = await v1.report({ "transactions[0][user_key]": app.userKey, "transactions[0][usage][hits]": "4" }, { "idempotency-key": "batch-1" });
    expect([reused.status, errorIn(reused)[0]]).toEqual([422, "idempotency_key_reused"]);
  });

  it("an authrep that is repeated with the same key counts once; without one, twice", async () => {
    const app = await v1.application({ planId: app1.planId! });
    const call = (headers?: Record<string, string>) => v1.get("authrep", { user_key: app.userKey, ...usage({ hits: 1 }) }, headers);
    for (const key of ["call-1", "call-1", "call-2"]) expect((await call({ "idempotency-key": key })).status).toBe(200);
    for (let times = 0; times < 2; times++) await call();
    await counted();
    expect(reportsIn(await v1.get("authorize", { user_key: app.userKey }))).toMatchObject({ "hits/day": "4/10" });
  });

  it("what cannot be counted holds up nothing else, and is told", async () => {
    const app = await v1.application({ planId: app1.planId! });
    const answer = await v1.report({
      "transactions[0][user_key]": "nobody's", "transactions[0][usage][hits]": "1", "transactions[1][user_key]": app.userKey, "transactions[1][usage][hits]": "1",
      "transactions[2][user_key]": app.userKey, "transactions[2][usage][nothing]": "1", "transactions[3][user_key]": app.userKey, "transactions[3][usage][hits]": "many",
      "transactions[4][user_key]": app.userKey, "transactions[4][usage][hits]": "1", "transactions[4][timestamp]": "2010-05-07 18:11:25",
      "transactions[5][usage][hits]": "1",
    });
    expect([answer.status, answer.headers.get("latchkey-not-counted")]).toEqual([
      202, "0=user_key_invalid, 2=metric_invalid, 3=usage_value_invalid, 4=transaction_timestamp_too_old, 5=user_key_invalid",
    ]);
    await counted();
    expect(reportsIn(await v1.get("authorize", { user_key: app.userKey }))).toMatchObject({ "hits/day": "1/10" });
  });

  it("a report of more applications than one read can name is counted for all of them", async () => {
    const apps: Application[] = [];
    // All at once would be more than the emulator answers in time where other things run.
    for (let made = 0; made < 120; made += 20) apps.push(...await Promise.all(Array.from({ length: 20 }, () => v1.application({ planId: app1.planId! }))));
    const params = Object.fromEntries(apps.flatMap(({ userKey }, at) => [[`transactions[${at}][user_key]`, userKey], [`transactions[${at}][usage][hits]`, String(1 + (at % 3))]]));
    expect((await v1.report(params)).status).toBe(202);
    await counted();
    for (const at of [0, 98, 99, 100, 119]) {
      expect(reportsIn(await v1.get("authorize", { user_key: apps[at]!.userKey }))).toMatchObject({ "hits/day": `${1 + (at % 3)}/10` });
    }
  });
});

describe("409", () => {
  it.each<[string, () => Gateway, string, () => Params, string, string]>([
    ["a key that is missing", () => v2, "authorize", () => ({ app_id: app2.appId }), "application key is missing", "application_key_invalid"],
    ["a blank key", () => v2, "authrep", () => ({ app_id: app2.appId, app_key: " " }), "application key is missing", "application_key_invalid"],
    ["a wrong key", () => v2, "authorize", () => ({ app_id: app2.appId, app_key: "Secret-key" }), 'application key "Secret-key" is invalid', "application_key_invalid"],
    ["OAuth where there is none", () => v2, "oauth_authorize", () => ({ app_id: app2.appId }), "oauth is not enabled", "oauth_not_enabled"],
    ["a usage beyond a limit", () => v1, "authorize", () => ({ user_key: app1.userKey, ...usage({ hits: 11 }) }), "usage limits are exceeded", "limits_exceeded"],
    ["a method beyond its metric's limit", () => v1, "authrep", () => ({ user_key: app1.userKey, ...usage({ hits: 9, search: 2 }) }), "usage limits are exceeded", "limits_exceeded"],
    ["a usage that sets a count beyond a limit", () => v1, "authrep", () => ({ user_key: app1.userKey, ...usage({ hits: "#11" }) }), "usage limits are exceeded", "limits_exceeded"],
  ])("%s", async (_what, gateway, call, params, reason, code) => {
    const answer = await gateway().get(call, params(), { "3scale-options": "rejection_reason_header=1" });
    expect([answer.status, reasonIn(answer), answer.headers.get("3scale-rejection-reason")]).toEqual([409, reason, code]);
    expect(answer.text).toContain("<authorized>false</authorized>");
  });

  it.each(["suspended", "pending"] as const)("an application that is %s, before anything is said of its usage", async (state) => {
    const app = await v1.application({ state });
    expect(reasonIn(await v1.get("authrep", { user_key: app.userKey, ...usage({ nothing: 1 }) }))).toBe("application is not active");
  });

  it("OAuth: another address, by the name it was given under, and a key that is wrong", async () => {
    const app = await oidc.application({ redirectUrl: "https://app.example/cb", keys: [] });
    const told = async (params: Params) => reasonIn(await oidc.get("oauth_authorize", { app_id: app.appId, ...params }));
    expect(await told({ redirect_uri: "https://evil.example" })).toBe('redirect_uri "https://evil.example" is invalid');
    expect(await told({ redirect_url: "https://evil.example" })).toBe('redirect_url "https://evil.example" is invalid');
    expect(await told({ app_key: "x" })).toBe('application key "x" is invalid');
    expect(await told({ app_key: "" })).toBe("application key is missing");
  });

  it("a refused authrep counts nothing", async () => {
    const app = await v1.application({ planId: app1.planId! });
    expect((await v1.get("authrep", { user_key: app.userKey, ...usage({ hits: 11 }) })).status).toBe(409);
    await counted();
    expect(reportsIn(await v1.get("authorize", { user_key: app.userKey }))).toMatchObject({ "hits/day": "0/10" });
  });

  it("the reason is a header only when it is asked for", async () => {
    expect((await v2.get("authorize", { app_id: app2.appId })).headers.get("3scale-rejection-reason")).toBeNull();
  });
});

describe("403, 404, 422 and 400", () => {
  it.each<[string, () => Params, number, string, string | RegExp]>([
    ["no token", () => ({ service_token: "" }), 403, "provider_key_or_service_token_required", "Provider key or service token are required"],
    ["no service", () => ({ service_id: " " }), 422, "service_id_missing", "Service ID is missing"],
    ["a token that never was", () => ({ service_token: wrong }), 403, "service_token_invalid", /^service token "lk_st_0000…" or service id "\d+" is invalid$/],
    ["a token of this very service with another secret", () => ({ service_token: serviceTokenString(account.admin.member.accountId, id<ServiceId>(v1.serviceId), "a".repeat(43)) }), 403, "service_token_invalid", /^service token/],
    ["an access token", () => ({ service_token: account.admin.value }), 403, "service_token_invalid", /^service token/],
    ["another service's token", () => ({ service_token: v2.serviceToken }), 403, "service_token_invalid", /^service token/],
    ["another service's id", () => ({ service_id: String(v2.serviceId) }), 403, "service_token_invalid", /^service token/],
    ["the id as nobody writes it", () => ({ service_id: `0${v1.serviceId}` }), 403, "service_token_invalid", /^service token/],
    ["a provider key, even beside a good token", () => ({ provider_key: "abc" }), 403, "provider_key_invalid", 'provider key "…" is invalid'],
    ["no application", () => ({ user_key: "" }), 403, "user_key_invalid", "user key is missing"],
    ["an unknown user key", () => ({ user_key: "n&b<dy" }), 403, "user_key_invalid", 'user key "n&amp;b&lt;dy" is invalid'],
    ["another service's user key", () => ({ user_key: app2.userKey }), 403, "user_key_invalid", /^user key/],
    ["an application id where user keys are used", () => ({ user_key: "", app_id: app1.appId }), 403, "user_key_invalid", "user key is missing"],
    ["both", () => ({ app_id: app1.appId }), 403, "authentication_error", "either app_id or user_key is allowed, not both"],
    ["an unknown metric", () => usage({ nothing: 1 }), 404, "metric_invalid", 'metric "nothing" is invalid'],
    ["a usage that is no number", () => usage({ hits: "tons!" }), 403, "usage_value_invalid", 'usage value "tons!" for metric "hits" is invalid'],
    ["a blank usage", () => usage({ hits: "" }), 403, "usage_value_invalid", 'usage value for metric "hits" can not be empty'],
    ["a negative usage", () => usage({ hits: -1 }), 403, "usage_value_invalid", 'usage value "-1" for metric "hits" is invalid'],
    ["a usage of nothing in particular", () => ({ usage: "1" }), 403, "usage_value_invalid", /^usage must name metrics/],
    ["an end user", () => ({ user_id: "7" }), 400, "end_users_no_longer_supported", /^End-users/],
  ])("%s", async (_what, params, status, code, message) => {
    for (const call of ["authorize", "authrep"]) {
      const answer = await v1.get(call, { user_key: app1.userKey, ...params() });
      const [given, said = ""] = errorIn(answer);
      expect([answer.status, given]).toEqual([status, code]);
      expect(typeof message === "string" ? said === message : message.test(said)).toBe(true);
    }
  });

  it.each<[string, string, () => Params, string]>([
    ["no application id", "authorize", () => ({}), "application id is missing"],
    ["an unknown application id", "authrep", () => ({ app_id: "nobody" }), 'application with id="nobody" was not found'],
    ["OAuth without application id", "oauth_authorize", () => ({ user_key: app2.userKey }), "application id is missing"],
  ])("404 in a service with application ids: %s", async (_what, call, params, message) => {
    const answer = await v2.get(call, params());
    expect([answer.status, ...errorIn(answer)]).toEqual([404, "application_not_found", message]);
  });

  it.each<[string, string, number, string]>([
    ["escapes that are none", "user_key=%zz", 400, "bad_request"],
    ["what is not UTF-8", "user_key=%FF", 422, "not_valid_data"],
    ["a name that is a list and a map", "usage[]=1&usage[hits]=1", 404, "metric_invalid"],
    ["an idempotency key that cannot be one", "", 400, "bad_request"],
  ])("%s", async (_what, query, status, code) => {
    const path = `/transactions/authorize.xml?service_token=${v1.serviceToken}&service_id=${v1.serviceId}&${query || `user_key=${app1.userKey}`}`;
    const answer = await request(latchkey, "GET", query.startsWith("usage") ? `${path}&user_key=${app1.userKey}` : path, { headers: query === "" ? { "idempotency-key": "two words" } : {} });
    expect([answer.status, errorIn(answer)[0]]).toEqual([status, code]);
  });

  it.each<[string, Params, number, string]>([
    ["no transactions", {}, 400, "transactions_is_blank"],
    ["blank transactions", { transactions: "" }, 400, "transactions_is_blank"],
    ["transactions that are a text", { transactions: "all" }, 400, "transactions_format_invalid"],
    ["transactions that are a list of texts", { "transactions[]": "x" }, 400, "transactions_format_invalid"],
    ["a transaction that is nothing", { "transactions[0]": "" }, 400, "transactions_has_nil_transaction"],
    ["an end user", { "transactions[0][user_id]": "7" }, 400, "end_users_no_longer_supported"],
    ["a wrong token", { service_token: wrong, transactions: "all" }, 403, "service_token_invalid"],
    ["no token", { service_token: "", transactions: "all" }, 403, "provider_key_or_service_token_required"],
  ])("a report with %s", async (_what, params, status, code) => {
    const answer = await v1.report(params);
    expect([answer.status, errorIn(answer)[0]]).toEqual([status, code]);
  });

  it("a report in a content type that reports do not come in, or one that is too large", async () => {
    const path = `/transactions.xml?service_token=${v1.serviceToken}&service_id=${v1.serviceId}`;
    const typed = await request(latchkey, "POST", path, { json: { transactions: [] } });
    expect([typed.status, ...errorIn(typed)]).toEqual([400, "content_type_invalid", "invalid Content-Type: application/json"]);
    const large = await request(latchkey, "POST", path, { form: `transactions[0][user_key]=${"x".repeat(256 * 1024)}` });
    expect([large.status, errorIn(large)[0]]).toEqual([413, "payload_too_large"]);
  });

  it("a deleted service's token is worth nothing at once", async () => {
    const { id: service } = await account.service("Gone soon");
    const gateway = await gatewayOf(latchkey, account.admin, service);
    const app = await gateway.application();
    expect((await gateway.get("authorize", { user_key: app.userKey })).status).toBe(200);
    expect((await admin("DELETE", `services/${service}.json`)).status).toBe(200);
    const answer = await gateway.get("authorize", { user_key: app.userKey });
    expect([answer.status, errorIn(answer)[0]]).toEqual([403, "service_token_invalid"]);
  });

  it("no other path or method", async () => {
    for (const [method, path] of [["GET", "/transactions/authorize"], ["POST", "/transactions/authrep.xml"], ["GET", "/transactions.xml"]] as const) {
      expect((await request(latchkey, method, path)).status).toBe(404);
    }
  });
});

describe("what a call costs", () => {
  const cost = async (act: () => Promise<unknown>) => {
    latchkey.proxy.reset();
    await act();
    return latchkey.proxy.calls.map(({ action, keys, consistent }) => [action, keys.length, consistent]);
  };

  it("authorize is one round trip of three rows, and asks no key service; garbage costs none", async () => {
    const before = { ...latchkey.aws.calls };
    expect(await cost(() => v1.get("authorize", { user_key: app1.userKey }))).toEqual([["BatchGetItem", 3, true]]);
    expect(latchkey.aws.calls).toEqual(before);
    expect(await cost(() => v1.get("authorize", { user_key: app1.userKey, service_token: wrong }))).toEqual([]);
  });

  it("authrep is one more, which stores what was used; a refused one is not", async () => {
    expect(await cost(() => v1.get("authrep", { user_key: app1.userKey, ...usage({ hits: 1 }) }))).toEqual([["BatchGetItem", 3, true], ["PutItem", 1, false]]);
    expect(await cost(() => v1.get("authrep", { user_key: app1.userKey, ...usage({ hits: 11 }) }))).toEqual([["BatchGetItem", 3, true]]);
  });

  it("nothing secret is in a log", () => {
    expect([v1.serviceToken, v2.serviceToken, app1.userKey, "secret-key"].filter((secret) => latchkey.logs().includes(secret))).toEqual([]);
  });
});
