import { createRequire } from "node:module";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Application } from "../../lib/domain/model.ts";
import { createTestAccount, type TestAccount } from "../support/account.ts";
import { startDeployment, type Deployment } from "../support/deployment.ts";
import { startHttps, type HttpsFront } from "../support/https.ts";
import { request } from "../support/request.ts";
import { gatewayOf, planId, reportsIn, type Gateway } from "../support/traffic.ts";

/** What 3scale publishes for Node (npm `3scale`), as its README uses it. It speaks https only. */
type Answer = {
  readonly status_code: number; readonly error_code: string | null; readonly error_msg?: string; readonly plan?: string;
  readonly usage_reports?: readonly { readonly metric: string; readonly period: string; readonly current_value: string; readonly max_value: string }[];
  is_success(): boolean;
};
type Method = (options: object, done: (answer: Answer) => void) => void;
type Client = Readonly<Record<"authorize" | "authorize_with_user_key" | "authrep" | "authrep_with_user_key" | "oauth_authorize" | "oauth_authrep", Method>> & {
  report(serviceId: string, transactions: readonly object[], done: (answer: Answer) => void): void;
};
const { Client: PublishedClient } = createRequire(import.meta.url)("3scale") as { Client: new (options: { host: string; port: number }) => Client };

let latchkey: Deployment;
let account: TestAccount;
let front: HttpsFront;
let client: Client;
let gateway: Gateway;
let application: Application;
const KEY = "app-secret";

const admin = (path: string, form: string, method = "POST") => request(latchkey, method, `/admin/api/${path}`, { token: account.admin.value, form });
const call = (name: Exclude<keyof Client, "report">, options: object) => new Promise<Answer>((resolve) => {
  client[name]({ service_token: gateway.serviceToken, service_id: String(gateway.serviceId), ...options }, resolve);
});
const report = (transactions: readonly object[]) => new Promise<Answer>((resolve) => {
  client.report(String(gateway.serviceId), transactions.map((transaction) => ({ service_token: gateway.serviceToken, ...transaction })), resolve);
});

beforeAll(async () => {
  latchkey = await startDeployment();
  account = await createTestAccount(latchkey);
  front = await startHttps(latchkey.url);
  client = new PublishedClient({ host: front.host, port: front.port });
  const { id: service } = await account.service("Echo");
  await admin(`services/${service}.json`, "backend_version=2", "PUT");
  const { id: plan } = (await admin(`services/${service}/application_plans.json`, "name=Basic")).json.application_plan;
  const { metric } = (await request(latchkey, "GET", `/admin/api/services/${service}/metrics.json`, { token: account.admin.value })).json.metrics[0];
  await admin(`application_plans/${plan}/metrics/${metric.id}/limits.json`, "period=day&value=10");
  gateway = await gatewayOf(latchkey, account.admin, service);
  application = await gateway.application({ planId: planId(plan), keys: [{ value: KEY, createdAt: latchkey.operator.clock() }] });
});
afterAll(async () => {
  await front?.stop();
  await latchkey?.stop();
});

const app = () => ({ app_id: application.appId, app_key: KEY });

describe("the published client for Node", () => {
  it.each(["authorize", "authrep"] as const)("%s: is let in, and told plan and limits", async (name) => {
    const answer = await call(name, { ...app(), usage: { hits: 0 } });
    expect([answer.is_success(), answer.status_code, answer.plan]).toEqual([true, 200, "Basic"]);
    expect(answer.usage_reports).toEqual([expect.objectContaining({ metric: "hits", period: "day", max_value: "10" })]);
  });

  it.each(["authorize_with_user_key", "authrep_with_user_key"] as const)("%s: the same by user key", async (name) => {
    expect((await call(name, { user_key: application.userKey, app_key: KEY, usage: { hits: 0 } })).is_success()).toBe(true);
  });

  it("reports several transactions, which are counted", async () => {
    const before = Number((await call("authorize", app())).usage_reports?.[0]?.current_value);
    expect((await report([{ app_id: application.appId, usage: { hits: 2 } }, { app_id: application.appId, usage: { hits: 1 } }])).is_success()).toBe(true);
    await latchkey.counter.drain();
    expect(Number((await call("authorize", app())).usage_reports?.[0]?.current_value)).toBe(before + 3);
  });

  it("authrep counts a hit when nothing else is said", async () => {
    const other = await gateway.application({ ...(application.planId === undefined ? {} : { planId: application.planId }) });
    expect((await call("authrep", { app_id: other.appId })).is_success()).toBe(true);
    await latchkey.counter.drain();
    expect(reportsIn(await gateway.get("authorize", { app_id: other.appId }))).toEqual({ "hits/day": "1/10" });
  });

  it.each<[string, Exclude<keyof Client, "report">, () => object, number, string | null]>([
    ["a wrong key", "authorize", () => ({ ...app(), app_key: "wrong" }), 409, null],
    ["a usage beyond its limit", "authrep", () => ({ ...app(), usage: { hits: 11 } }), 409, null],
    ["OAuth where there is none", "oauth_authorize", () => app(), 409, null],
    ["a bad service token", "authorize", () => ({ ...app(), service_token: "bad" }), 403, "service_token_invalid"],
    ["another service's id", "authrep", () => ({ ...app(), service_id: "4711" }), 403, "service_token_invalid"],
    ["an unknown application", "authorize", () => ({ app_id: "nobody" }), 404, "application_not_found"],
    ["an unknown metric", "authrep", () => ({ ...app(), usage: { nothing: 1 } }), 404, "metric_invalid"],
  ])("%s is told as a refusal", async (_what, name, options, status, code) => {
    const answer = await call(name, options());
    expect([answer.is_success(), answer.status_code, answer.error_code]).toEqual([false, status, code]);
  });

  it("a report with a bad service token is told as a refusal", async () => {
    const answer = await report([{ service_token: "bad", app_id: application.appId, usage: { hits: 1 } }]);
    expect([answer.is_success(), answer.status_code, answer.error_code]).toEqual([false, 403, "service_token_invalid"]);
  });
});
