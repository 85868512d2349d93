import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { epochSeconds, id, type MetricId, type ServiceId } from "../../lib/domain/brands.ts";
import type { Application } from "../../lib/domain/model.ts";
import { serviceTokenString } from "../../lib/domain/token-string.ts";
import { createApplication } from "../../lib/operations/applications.ts";
import { topApplications } from "../../lib/operations/analytics.ts";
import { countReports } from "../../lib/operations/count-traffic.ts";
import { listMetrics } from "../../lib/operations/metrics.ts";
import { createLimit, createPlan } from "../../lib/operations/plans.ts";
import { judgeCall, reportTraffic, type Call, type Presented, type Transaction } from "../../lib/operations/service-management.ts";
import { revealServiceToken } from "../../lib/operations/service-tokens.ts";
import { newReportId, newSecret } from "../../lib/secrets/random.ts";
import { applicationPlans } from "../../lib/table/catalogue.ts";
import { readRow } from "../../lib/table/client.ts";
import { keys } from "../../lib/table/model.ts";
import { reportFrom, reportId } from "../../lib/table/reports.ts";
import { readServiceToken, serviceTokenRow } from "../../lib/table/services.ts";
import { transact } from "../../lib/table/transact.ts";
import { everyRow } from "../support/rows.ts";
import { through } from "../support/table.ts";
import { PLAN, Workshop } from "../support/workshop.ts";

/** What a call or a report costs, what it is remembered by, and how much of it is taken. */
const w = new Workshop();
let service: ServiceId;
let hits: MetricId;
let application: Application;
let presented: Presented;
let usable: { readonly id: ServiceId; readonly planId: NonNullable<Application["planId"]> };
beforeAll(async () => {
  await w.open();
  const plan = await w.plan();
  usable = { id: plan.serviceId, planId: plan.id };
  service = plan.serviceId;
  hits = (await listMetrics(w.operator, w.admin, service))[0]!.id;
  application = await app();
  presented = { serviceToken: (await revealServiceToken(w.operator, w.admin, service)).value, serviceId: String(service), providerKey: undefined };
});
afterAll(() => w.close());

const accountId = () => w.account.admin.member.accountId;
const app = () => createApplication(w.operator, w.admin, { serviceId: usable.id, planId: usable.planId, name: `App ${w.next()}`, description: "", userKey: `key-${w.next()}` });
const call = (more: Partial<Call> = {}): Call => ({
  kind: "authrep", appId: undefined, userKey: application.userKey, usage: { hits: "1" }, appKey: undefined, redirect: undefined, namesEndUser: false, idempotencyKey: undefined, ...more,
});
const reports = async () => (await everyRow(w.latchkey)).filter(({ type }) => type === "report").length;
const judged = (more?: Partial<Call>) => judgeCall(w.operator, presented, call(more));
const REUSED = { code: "idempotency_key_reused", message: "this idempotency key came with another request before" };

describe("an authrep with an idempotency key", () => {
  it("is stored once, however often it comes", async () => {
    const idempotencyKey = `once-${w.next()}`;
    const before = await reports();
    for (let time = 0; time < 3; time++) expect((await judged({ idempotencyKey })).refusal).toBeUndefined();
    expect(await reports()).toBe(before + 1);
  });

  it.each<[string, () => Promise<Partial<Call>>]>([
    ["other use", async () => ({ usage: { hits: "2" } })],
    ["another application", async () => ({ userKey: (await app()).userKey })],
  ])("is refused with %s", async (_what, other) => {
    const idempotencyKey = `other-${w.next()}`;
    await judged({ idempotencyKey });
    const before = await reports();
    await expect(judged({ idempotencyKey, ...await other() })).rejects.toMatchObject(REUSED);
    expect(await reports()).toBe(before);
  });
});

describe("a call", () => {
  it("is judged by the limits of its application's own plan, whichever others its service has", async () => {
    const { serviceId: of, id: free } = await w.plan();
    const { id: closed } = await createPlan(w.operator, w.admin, of, { ...PLAN, name: "Closed" });
    await createLimit(w.operator, w.admin, closed, (await listMetrics(w.operator, w.admin, of))[0]!.id, { period: "day", value: 0 });
    const { value } = await revealServiceToken(w.operator, w.admin, of);
    for (const [planId, code, told] of [[free, undefined, 0], [closed, "limits_exceeded", 1], [undefined, undefined, 0]] as const) {
      const userKey = `key-${w.next()}`;
      await createApplication(w.operator, w.admin, { serviceId: of, planId, name: "App", description: "", userKey });
      const { refusal, reports: shown } = await judgeCall(w.operator, { ...presented, serviceToken: value, serviceId: String(of) }, call({ userKey }));
      expect([refusal?.code, shown.length]).toEqual([code, told]);
    }
  });

  it("with a token, whole in itself, of a service that never was is refused as with any that is unknown", async () => {
    const never = id<ServiceId>(4711);
    const whose = { ...presented, serviceToken: serviceTokenString(accountId(), never, newSecret()), serviceId: String(never) };
    await expect(judgeCall(w.operator, whose, call())).rejects.toMatchObject({ name: "TrafficError", code: "service_token_invalid" });
  });

  it("on a plan that has gone is judged by no limits, and names none", async () => {
    const at = await w.plan();
    const its = await createApplication(w.operator, w.admin, { serviceId: at.serviceId, planId: at.id, name: "App", description: "", userKey: "planless" });
    const { value } = await revealServiceToken(w.operator, w.admin, at.serviceId);
    const token = (await readServiceToken(w.operator.table, accountId(), at.serviceId))!;
    await w.lose(keys.entity(applicationPlans.kind, accountId(), at.id));
    await transact(w.operator.table, [{ put: serviceTokenRow({ ...token, traffic: { ...token.traffic, plans: [] } }) }]);
    const { refusal, planName, reports: told, application: found } = await judgeCall(w.operator, { ...presented, serviceToken: value, serviceId: String(at.serviceId) }, call({ userKey: "planless" }));
    expect([refusal, planName, told, found.applicationId]).toEqual([undefined, "", [], its.id]);
  });

  it.each<[string, Partial<Call>, string]>([
    ["two names", { appId: "some-id" }, "authentication_error"], ["no name", { userKey: undefined }, "user_key_invalid"],
    ["an id where keys are asked for", { userKey: undefined, appId: "some-id" }, "user_key_invalid"], ["a key of nobody's", { userKey: "nobody's" }, "user_key_invalid"],
  ])("with %s is of no application, after one reading", async (_what, more, code) => {
    const asked: string[] = [];
    const table = through(w.operator.table, (operation, _input, ask) => (asked.push(operation), ask()));
    await expect(judgeCall({ ...w.operator, table }, presented, call(more))).rejects.toMatchObject({ code });
    expect(asked).toEqual(["BatchGetItem"]);
  });
});

describe("a report", () => {
  const now = Math.floor(Date.now() / 1000);
  /** So many uses, of so many minutes and metrics, that each counts by itself. */
  const uses = (count: number): Transaction[] => Array.from({ length: count }, (_, at) => ({
    appId: undefined, userKey: application.userKey, usage: { hits: "1" }, timestamp: String(now - 60 * at),
  }));

  it("of one minute is one count, whatever it was made of", async () => {
    const minute = now - (now % 60);
    const transactions = Array.from({ length: 5 }, (_, at) => ({ appId: undefined, userKey: application.userKey, usage: { hits: "2" }, timestamp: String(minute + at - 60) }));
    expect(await reportTraffic(w.operator, presented, transactions, "five-in-one")).toEqual([]);
    const row = await readRow(w.operator.table, keys.report(reportId(accountId(), service, "five-in-one")));
    expect(reportFrom(row!).uses).toEqual([{ applicationId: application.id, metricId: hits, at: minute - 60, amount: { op: "add", value: 10 } }]);
  });

  it("is at most 5,000 counts, which fit into one row", async () => {
    const many = Array.from({ length: 4 }, () => uses(1250)).flat();
    const at = await w.plan();
    const named = await Promise.all(Array.from({ length: 4 }, async (_, place) => createApplication(w.operator, w.admin, { serviceId: at.serviceId, planId: at.id, name: `App ${place}`, description: "" })));
    const { value } = await revealServiceToken(w.operator, w.admin, at.serviceId);
    const whose: Presented = { serviceToken: value, serviceId: String(at.serviceId), providerKey: undefined };
    const given = many.map((use, place) => ({ ...use, userKey: named[Math.floor(place / 1250)]!.userKey }));
    expect(await reportTraffic(w.operator, whose, given, "largest")).toEqual([]);
    expect(reportFrom((await readRow(w.operator.table, keys.report(reportId(accountId(), at.serviceId, "largest"))))!).uses).toHaveLength(5000);
    const onceMore = [...given, { ...given[0]!, timestamp: String(now - 60 * 1250) }];
    await expect(reportTraffic(w.operator, whose, onceMore, "larger")).rejects.toMatchObject({ code: "bad_request", message: "a report holds at most 5000 different counts" });
    expect(await readRow(w.operator.table, keys.report(reportId(accountId(), at.serviceId, "larger")))).toBeUndefined();
  });

  it("of nothing is not stored", async () => {
    const before = await reports();
    expect(await reportTraffic(w.operator, presented, uses(3).map((use) => ({ ...use, usage: {} })), undefined)).toEqual([]);
    expect(await reports()).toBe(before);
  });

  it("is a failure when it cannot be read which application it is about: so it comes again, and nothing of it is lost", async () => {
    const { userKey } = await app();
    const row = await readRow(w.operator.table, keys.credentialApplication(accountId(), service, { kind: "user_key", value: userKey! }));
    await transact(w.operator.table, [{ put: { ...row!, type: "other" } }]);
    const before = await reports();
    await expect(reportTraffic(w.operator, presented, [{ ...uses(1)[0]!, userKey }], undefined)).rejects.toThrow("has a bad type");
    expect(await reports()).toBe(before);
  });

  it("tells which of its transactions nobody can count, and why, and counts the others", async () => {
    const [good] = uses(1);
    const given = [good!, { ...good!, userKey: "nobody's" }, { ...good!, usage: { unknown: "1" } }, { ...good!, usage: { hits: "x" } }, { ...good!, appId: "both" }];
    const before = await reports();
    expect(await reportTraffic(w.operator, presented, given, undefined)).toEqual([
      { at: 1, code: "user_key_invalid" }, { at: 2, code: "metric_invalid" }, { at: 3, code: "usage_value_invalid" }, { at: 4, code: "authentication_error" },
    ]);
    expect(await reports()).toBe(before + 1);
  });
});

describe("what is counted", () => {
  const share = (to: Application, value = 1) => ({
    id: newReportId(), accountId: accountId(), serviceId: service, at: epochSeconds(1_700_000_000), uses: [{ applicationId: to.id, metricId: hits, at: epochSeconds(1_700_000_000), amount: { op: "add" as const, value } }],
  });

  it("lies in rows of types of their own: what is marked as counted, and what reports show", async () => {
    const to = await app();
    await countReports(w.operator, [share(to)]);
    const types = (await everyRow(w.latchkey)).filter((row) => JSON.stringify(row).includes(String(to.id))).map(({ type }) => type);
    expect(new Set(types)).toEqual(new Set(["application", "application_traffic", "counted_share", "event", "used"]));
  });

  it("is added to what there was, or takes its place where the report says so", async () => {
    const to = await app();
    const { uses: [use], ...set } = share(to);
    await countReports(w.operator, [share(to, 3)]);
    await countReports(w.operator, [share(to, 4)]);
    const counts = async () => (await everyRow(w.latchkey)).filter(({ type, pk }) => type === "used" && pk.includes(`#${to.id}#`)).map((row) => row["h22"]);
    expect(await counts()).toEqual([7]);
    await countReports(w.operator, [{ ...set, id: newReportId(), uses: [{ ...use!, amount: { op: "set", value: 5 } }] }]);
    expect(await counts()).toEqual([5]);
  });

  it("together is as much as a transaction has room for: 95 reports of one metric and day beside what is always written", async () => {
    const to = await app();
    const written: number[] = [];
    const table = through(w.operator.table, (operation, input: object, ask) => {
      if (operation === "TransactWriteItems") written.push((input as { readonly TransactItems: readonly unknown[] }).TransactItems.length);
      return ask();
    });
    await countReports({ ...w.operator, table }, Array.from({ length: 95 }, () => share(to)));
    expect(written).toEqual([100]);
    written.length = 0;
    await countReports({ ...w.operator, table }, Array.from({ length: 96 }, () => share(to)));
    // The two are counted at once: one that meets the other is tried again.
    expect(new Set(written)).toEqual(new Set([6, 100]));
  });
});

describe("the applications that used most", () => {
  it("are told once each, also when there are more than are read at once", async () => {
    const at = await w.plan();
    const [metricId, apps] = [(await listMetrics(w.operator, w.admin, at.serviceId))[0]!.id, [] as Application[]];
    while (apps.length < 17) apps.push(await createApplication(w.operator, w.admin, { serviceId: at.serviceId, planId: at.id, name: `App ${apps.length}`, description: "" }));
    const day = epochSeconds(Date.UTC(2026, 0, 1, 12) / 1000);
    await countReports(w.operator, apps.map((each, place) => ({
      id: newReportId(), accountId: accountId(), serviceId: at.serviceId, at: day, uses: [{ applicationId: each.id, metricId, at: day, amount: { op: "add" as const, value: place + 1 } }],
    })));
    const asked = { metricName: "hits", period: "day", since: "2026-01-01" } as Parameters<typeof topApplications>[3];
    const { applications: most } = await topApplications(w.operator, w.admin, id<ServiceId>(at.serviceId), asked);
    expect(most.map(({ application: { id: which }, value }) => [which, value])).toEqual(apps.map((each, place) => [each.id, place + 1]).reverse().slice(0, 10));
  });
});
