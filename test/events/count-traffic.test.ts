import { GetCommand, PutCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { epochSeconds, id, type ApplicationId, type MetricId, type ServiceId } from "../../lib/domain/brands.ts";
import { countIn } from "../../lib/domain/counts.ts";
import type { Application } from "../../lib/domain/model.ts";
import type { Report } from "../../lib/domain/reports.ts";
import { dayOf } from "../../lib/domain/time.ts";
import { updateApplication } from "../../lib/operations/applications.ts";
import { countReports } from "../../lib/operations/count-traffic.ts";
import { newId, newReportId } from "../../lib/secrets/random.ts";
import { credentialsOf } from "../../lib/table/application-traffic.ts";
import { applicationUsageFrom, applicationUsageKey } from "../../lib/table/application-usage.ts";
import { readRow } from "../../lib/table/client.ts";
import { DynamoDbError } from "../../lib/table/dynamodb/error.ts";
import { keys, type Row } from "../../lib/table/model.ts";
import { storeReport } from "../../lib/table/reports.ts";
import { applicationDayKey, serviceDayKey, SERVICE_SHARDS } from "../../lib/table/used.ts";
import { createTestAccount, type TestAccount } from "../support/account.ts";
import { startDeployment, type Deployment } from "../support/deployment.ts";
import { through } from "../support/table.ts";
import { gatewayOf, type Gateway } from "../support/traffic.ts";

let latchkey: Deployment;
let account: TestAccount;
let gateway: Gateway;
let hits: MetricId;
const NOW = epochSeconds(Math.floor(Date.now() / 1000));
const HOUR = `h${new Date(NOW * 1000).toISOString().slice(11, 13)}`;

beforeAll(async () => {
  latchkey = await startDeployment();
  account = await createTestAccount(latchkey);
  gateway = await gatewayOf(latchkey, account.admin, (await account.service("Counted")).id);
  const { Items = [] } = await latchkey.documents.send(new QueryCommand({
    TableName: latchkey.operator.table.name, KeyConditionExpression: "pk = :pk", ExpressionAttributeValues: { ":pk": `ACCOUNT#${account.admin.member.accountId}#METRIC` },
  }));
  hits = id<MetricId>(Items[0]?.["id"]);
});
afterAll(() => latchkey?.stop());

const ours = () => ({ accountId: account.admin.member.accountId, serviceId: id<ServiceId>(gateway.serviceId) });
const reportOf = (applications: readonly Application[], value = 1, metricId: MetricId = hits): Report => ({
  id: newReportId(), ...ours(), at: NOW, uses: applications.map(({ id: applicationId }) => ({ applicationId, metricId, at: NOW, amount: { op: "add", value } })),
});
const store = async (report: Report) => storeReport(latchkey.operator.table, report, report.id);
/** What an application's limits see, by each of its credentials. */
const seenBy = async (application: Application) => Promise.all(credentialsOf(application).map(async (credential) =>
  countIn(applicationUsageFrom(await readRow(latchkey.operator.table, applicationUsageKey(application, credential))).counts, hits, "eternity", NOW)));
const row = async (key: { pk: string; sk: string }) =>
  (await latchkey.documents.send(new GetCommand({ TableName: latchkey.operator.table.name, Key: key, ConsistentRead: true }))).Item as Row | undefined;
const ofApplication = async (application: { id: ApplicationId }, metricId = hits) =>
  (await row(applicationDayKey({ ...ours(), subject: "APPLICATION", id: application.id, metricId }, dayOf(NOW))))?.[HOUR];
const ofService = async (metricId = hits) => {
  const shards = await Promise.all(Array.from({ length: SERVICE_SHARDS }, (_, shard) => row(keys.usedOnDay({ ...ours(), subject: "SERVICE", id: ours().serviceId, metricId }, shard, dayOf(NOW)))));
  return shards.reduce((sum, shard) => sum + Number(shard?.[HOUR] ?? 0), 0);
};

/** The operator's storage; something happens after each answer, before it is heard of. */
function listening(answered: (operation: string) => Promise<void>) {
  const table = through(latchkey.operator.table, async (operation, _input, ask) => {
    const answer = await ask();
    await answered(operation);
    return answer;
  });
  return { ...latchkey.operator, table };
}

/** The operator's storage, whose every n-th write is lost: before it happens, or its answer afterwards. */
function failing(when: "before" | "after", every: number) {
  let written = 0;
  const table = through(latchkey.operator.table, async (operation, _input, ask) => {
    const fails = operation === "TransactWriteItems" && ++written % every === 0;
    const lost = () => new DynamoDbError("TimeoutError", "No answer", { passing: true });
    if (fails && when === "before") throw lost();
    const answer = await ask();
    if (fails) throw lost();
    return answer;
  });
  return { ...latchkey.operator, table };
}

describe("reports", () => {
  it("are counted for the application's limits, by both its credentials, for its own days and for its service's", async () => {
    const application = await gateway.application();
    const before = await ofService();
    await store(reportOf([application], 3));
    await store(reportOf([application], 4));
    expect(await latchkey.counter.drain()).toBe(2);
    expect([await seenBy(application), await ofApplication(application), await ofService() - before]).toEqual([[7, 7], 7, 7]);
  });

  it("of many applications, in many records, add up to exactly what was reported", async () => {
    const applications = await Promise.all(Array.from({ length: 12 }, () => gateway.application()));
    const before = await ofService();
    for (let number = 0; number < 30; number++) await store(reportOf(applications.filter((_, at) => (at + number) % 3 > 0), 1 + (number % 2)));
    await latchkey.counter.drain();
    const counts = await Promise.all(applications.map(seenBy));
    const wanted = applications.map((_, at) => Array.from({ length: 30 }, (_, number) => ((at + number) % 3 > 0 ? 1 + (number % 2) : 0)).reduce((a, b) => a + b, 0));
    expect(counts).toEqual(wanted.map((count) => [count, count]));
    expect(await ofService() - before).toBe(wanted.reduce((a, b) => a + b, 0));
  });

  it("that come again are not counted again: twice, or beside new ones, or to several counters at once", async () => {
    const application = await gateway.application();
    const reports = Array.from({ length: 5 }, () => reportOf([application]));
    await Promise.all([countReports(latchkey.operator, reports), countReports(latchkey.operator, reports.slice(2)), countReports(latchkey.operator, [...reports, reportOf([application])])]);
    await countReports(latchkey.operator, reports);
    expect([await seenBy(application), await ofApplication(application)]).toEqual([[6, 6], 6]);
  });

  it("of one application, counted by several at once, are all counted", async () => {
    const application = await gateway.application();
    await Promise.all(Array.from({ length: 6 }, () => countReports(latchkey.operator, [reportOf([application])])));
    expect([await seenBy(application), await ofApplication(application)]).toEqual([[6, 6], 6]);
  });

  it("of an application whose user key changes at that moment are not lost: its limits see them under the new one", async () => {
    const { id: developerAccountId } = await account.developerAccount("Buyer");
    const application = await gateway.application({ developerAccountId });
    const userKey = `new-${application.userKey}`;
    let reads = 0;
    const deps = listening(async (operation) => {
      // The second read of a count is what the application has used: it is old now.
      if (operation === "BatchGetItem" && ++reads === 2) await updateApplication(latchkey.operator, { kind: "member", member: account.admin.member }, developerAccountId, application.id, { userKey });
    });
    await countReports(deps, [reportOf([application])]);
    expect(reads).toBeGreaterThan(2);
    expect(await seenBy({ ...application, userKey })).toEqual([1, 1]);
  });

  it("of more metrics than a transaction has room for are counted whole, also when it fails half way and is tried again", async () => {
    const application = await gateway.application();
    const metrics = Array.from({ length: 70 }, (_, at) => id<MetricId>(1000 + at));
    const report: Report = { id: newReportId(), ...ours(), at: NOW, uses: metrics.map((metricId) => ({ applicationId: application.id, metricId, at: NOW, amount: { op: "add", value: 2 } })) };
    await expect(countReports(failing("before", 2), [report])).rejects.toThrow("No answer");
    await countReports(latchkey.operator, [report]);
    expect(new Set(await Promise.all(metrics.map((metricId) => ofApplication(application, metricId))))).toEqual(new Set([2]));
  });

  it.each(["before", "after"] as const)("are counted once when the store's answers are lost %s its writes, and they are tried until they succeed", async (when) => {
    const applications = await Promise.all(Array.from({ length: 4 }, () => gateway.application()));
    const reports = Array.from({ length: 8 }, () => reportOf(applications));
    const deps = failing(when, 2);
    let tries = 0;
    while (await countReports(deps, reports).then(() => false, () => true)) expect(++tries).toBeLessThan(20);
    expect(tries).toBeGreaterThan(0);
    expect(await Promise.all(applications.map(seenBy))).toEqual(applications.map(() => [8, 8]));
  });

  it("of an application that is gone count for its service, and hold up nobody", async () => {
    const application = await gateway.application();
    const gone = { ...application, id: id<ApplicationId>(4711) };
    const before = await ofService();
    await countReports(latchkey.operator, [reportOf([gone, application])]);
    expect([await seenBy(application), await ofService() - before]).toEqual([[1, 1], 2]);
  });

  it("that cannot be read go to the dead-letter queue, without what they hold, and the others are counted", async () => {
    const application = await gateway.application();
    const dead = latchkey.aws.deadLetters().length;
    await latchkey.documents.send(new PutCommand({ TableName: latchkey.operator.table.name, Item: { pk: "REPORT#bad", sk: "REPORT", type: "report", id: "bad", uses: "secret" } }));
    await store(reportOf([application]));
    await latchkey.counter.drain();
    expect(await seenBy(application)).toEqual([1, 1]);
    const letters = latchkey.aws.deadLetters().slice(dead);
    expect(letters).toHaveLength(1);
    expect(JSON.stringify(letters)).toContain("REPORT#bad");
    expect(JSON.stringify(letters)).not.toContain("secret");
    expect(latchkey.counter.deadLetters).toEqual([]);
  });

  it("of a busy service lie in a partition each, and its applications count in all of its eight rows: no key gets hot", async () => {
    const application = await gateway.application();
    latchkey.proxy.reset();
    for (let number = 0; number < 20; number++) await gateway.get("authrep", { user_key: application.userKey, "usage[hits]": "1" });
    const stored = latchkey.proxy.calls.filter(({ action }) => action === "PutItem").flatMap((call) => call.keys.map(({ pk }) => pk));
    expect([stored.length, new Set(stored).size]).toEqual([20, 20]);
    const rows = Array.from({ length: 400 }, () => serviceDayKey({ ...ours(), subject: "SERVICE", id: ours().serviceId, metricId: hits }, newId<ApplicationId>(), dayOf(NOW)).pk);
    expect(new Set(rows).size).toBe(SERVICE_SHARDS);
    await latchkey.counter.drain();
  });

  it("of a busy application take one transaction for many of them", async () => {
    const application = await gateway.application();
    for (let number = 0; number < 50; number++) await store(reportOf([application]));
    latchkey.proxy.reset();
    await latchkey.counter.drain();
    expect(latchkey.proxy.calls.filter(({ action }) => action === "TransactWriteItems")).toHaveLength(1);
    expect(await seenBy(application)).toEqual([50, 50]);
  });
});
