import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { epochSeconds, id, type ApplicationId, type DeveloperAccountId, type PlanId, type ServiceId } from "../../lib/domain/brands.ts";
import { applications as stored } from "../../lib/table/applications.ts";
import { developerAccounts } from "../../lib/table/developers.ts";
import type { Row } from "../../lib/table/model.ts";
import { createTestAccount, type Person, type TestAccount } from "../support/account.ts";
import { startDeployment, type Deployment } from "../support/deployment.ts";
import { request, type Answer, type RequestOptions } from "../support/request.ts";
import { gatewayOf, usage as reported } from "../support/traffic.ts";
import { use } from "../support/used.ts";
import { send } from "./wrong-input.ts";

const XML = '<?xml version="1.0" encoding="UTF-8"?>';
const DAY = "metric_name=hits&period=day&since=2026-01-01";
const zeros = (length: number, values: Readonly<Record<number, number>> = {}) => Array.from({ length }, (_, at) => values[at] ?? 0);

let latchkey: Deployment;
let account: TestAccount;
let service: number;
let hidden: number;
let hits: { readonly id: number };
/** Twelve that use the service, so in several shards; the first has a plan and belongs to somebody. */
let applications: readonly number[];
let plan: { readonly id: number };
let hiddenApplication: number;
let stats: Person;
let limited: Person;

const accountId = () => account.admin.member.accountId;
const put = (Item: Row) => latchkey.documents.send(new PutCommand({ TableName: latchkey.operator.table.name, Item }));
const admin = async (method: string, path: string, json?: unknown) => (await request(latchkey, method, `/admin/api/${path}`, { token: account.admin.value, json })).json;

beforeAll(async () => {
  latchkey = await startDeployment();
  account = await createTestAccount(latchkey);
  service = (await account.service("Echo")).id;
  hidden = (await account.service("Hidden")).id;
  hits = (await admin("GET", `services/${service}/metrics.json`)).metrics[0].metric;
  plan = (await admin("POST", `services/${service}/application_plans.json`, { name: "Gold, \"pure\"" })).application_plan;
  applications = await Promise.all(Array.from({ length: 12 }, (_, at) => account.application(id(service), `App ${at}`)));
  hiddenApplication = await account.application(id(hidden), "Secret");
  stats = await account.token(account.admin, { scopes: ["stats"], permission: "ro" });
  limited = await account.member({ sections: ["monitoring"], serviceAccess: [id<ServiceId>(service)] }, { scopes: ["stats"] });

  const developer = id<DeveloperAccountId>(77);
  const stamps = { version: 1, createdAt: epochSeconds(0), updatedAt: epochSeconds(0) };
  await put(developerAccounts.row({ accountId: accountId(), id: developer, orgName: "Acme <Ltd>", state: "approved", ...stamps }));
  const first = await stored.read(latchkey.operator.table, accountId(), id<ApplicationId>(applications[0]));
  if (first === undefined) throw new Error("There is no application");
  await put(stored.row({ ...first, description: "The first", planId: id<PlanId>(plan.id), developerAccountId: developer }));

  const user = (applicationId: number) => ({ accountId: accountId(), serviceId: service, applicationId, metricId: hits.id });
  await Promise.all([
    // The nth of twelve uses n in the hour of its number, the last of them nothing.
    ...applications.map((application, at) => (at === 11 ? undefined : use(latchkey, user(application), `2026-01-01T${String(at).padStart(2, "0")}`, at + 1))),
    use(latchkey, user(applications[0]!), "2026-01-01T23", 100),
    use(latchkey, user(applications[0]!), "2025-12-31T23", 33),
    use(latchkey, user(applications[0]!), "2026-01-02T00", 7000),
    use(latchkey, user(applications[0]!), "2020-05-05T05", 50_000),
    ...[3, 5, 4].map((at) => use(latchkey, user(applications[at]!), "2018-03-03T03", 10)),
  ]);
});
afterAll(() => latchkey?.stop());

const get = (path: string, query: string, options: RequestOptions = {}): Promise<Answer> => request(latchkey, "GET", `/stats/${path}?${query}`, { token: stats.value, ...options });
const usage = (query: string, options?: RequestOptions) => get(`services/${service}/usage.json`, query, options);
const used = (query: string) => get(`applications/${applications[0]}/usage.json`, query);
const top = (query: string, options?: RequestOptions) => get(`services/${service}/top_applications.json`, query, options);

describe("200: what is used of a service", () => {
  const METRIC = () => ({ id: hits.id, name: "Hits", system_name: "hits", unit: "hit" });

  it("is summed over all its applications, hour by hour, zero where nothing was", async () => {
    const answer = await usage(DAY);
    expect([answer.status, answer.json]).toEqual([200, {
      metric: METRIC(),
      period: { name: "day", since: "2026-01-01T00:00:00Z", until: "2026-01-01T23:59:59Z", timezone: "Etc/UTC", granularity: "hour" },
      total: 166, values: zeros(24, { 0: 1, 1: 2, 2: 3, 3: 4, 4: 5, 5: 6, 6: 7, 7: 8, 8: 9, 9: 10, 10: 11, 23: 100 }),
    }]);
    expect(Object.keys(answer.json)).toEqual(["metric", "period", "total", "values"]);
    expect(answer.headers.get("content-type")).toBe("application/json; charset=utf-8");
  });

  it.each<[string, string, object]>([
    ["a month by days", "period=month&since=2026-01-01", { total: 7166, values: zeros(31, { 0: 166, 1: 7000 }) }],
    ["a week by quarters of days", "period=week&since=2026-01-01", { total: 7166, values: zeros(28, { 0: 21, 1: 45, 3: 100, 4: 7000 }) }],
    ["a year by months", "period=year&since=2026-01-01", { total: 7166, values: zeros(12, { 0: 7166 }) }],
    ["all there ever was", "period=eternity", { total: 57_229, values: [57_229], period: expect.objectContaining({ name: "eternity", since: "1970-01-01T00:00:00Z", granularity: "eternity" }) }],
    ["from a day to another", "granularity=day&since=2025-12-30&until=2026-01-02", { total: 7199, values: [0, 33, 166, 7000], period: expect.objectContaining({ name: null, granularity: "day", until: "2026-01-02T23:59:59Z" }) }],
    ["where the day begins an hour earlier", "period=day&since=2026-01-01&timezone=Madrid", { total: 99, values: zeros(24, { 0: 33, 1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 6, 7: 7, 8: 8, 9: 9, 10: 10, 11: 11 }), period: { name: "day", since: "2026-01-01T00:00:00+01:00", until: "2026-01-01T23:59:59+01:00", timezone: "Europe/Madrid", granularity: "hour" } }],
    ["up to now", "period=day", { total: 0, values: expect.toSatisfy((values: number[]) => [24, 25].includes(values.length) && values.every((value) => value === 0)) }],
  ])("%s", async (_what, query, expected) => {
    expect((await usage(`metric_name=hits&${query}`)).json).toMatchObject(expected);
  });

  it.each([
    ["a half empty day before", "2026-01-01", "day", { previous_total: 33, change: ((166 - 33) / 33) * 100 }],
    ["nothing before", "2025-12-31", "day", { previous_total: 0, change: 100 }],
    ["nothing at all", "2025-06-01", "day", { previous_total: 0, change: 0 }],
    ["a year before", "2026-01-01", "year", { previous_total: 33, change: ((7166 - 33) / 33) * 100 }],
  ])("is compared when that is asked for: with %s", async (_what, since, period, expected) => {
    const query = `metric_name=hits&period=${period}&since=${since}`;
    const { json } = await usage(`${query}&skip_change=false`);
    expect(json.change).toBeCloseTo(expected.change, 10);
    expect(json).toMatchObject({ previous_total: expected.previous_total });
    for (const other of ["", "&skip_change=true", "&skip_change=0", "&skip_change[]=false"]) expect((await usage(query + other)).json).not.toHaveProperty("change");
  });

  it("of all time is compared with nothing", async () => {
    const { status, json } = await usage("metric_name=hits&period=eternity&skip_change=false");
    expect([status, json.total]).toEqual([200, 57_229]);
    expect(json).not.toHaveProperty("previous_total");
  });

  it("may be asked for with a JSON body and with blanks, as programs do, which also send what nobody knows", async () => {
    const body = { metric_name: "hits", period: "day", since: "2026-01-01", granularity: "", until: null, timezone: "", skip_change: false, page: 1 };
    const answer = await send(latchkey.url, { target: `/stats/services/${service}/usage.json`, token: stats.value, type: "application/json", body: JSON.stringify(body) });
    expect([answer.status, JSON.parse(answer.text)]).toMatchObject([200, { total: 166, previous_total: 33 }]);
  });

  it("is XML by extension", async () => {
    const answer = await get(`services/${service}/usage.xml`, DAY);
    expect(answer.headers.get("content-type")).toBe("application/xml; charset=utf-8");
    expect(answer.text).toBe(
      `${XML}<usage><metric><id>${hits.id}</id><name>Hits</name><system_name>hits</system_name><unit>hit</unit></metric>`
      + "<period><since>2026-01-01 00:00:00 UTC</since><until>2026-01-01 23:59:59 UTC</until><name>day</name><granularity>hour</granularity></period>"
      + `<data><total>166</total><values length="24">${zeros(24, { 0: 1, 1: 2, 2: 3, 3: 4, 4: 5, 5: 6, 6: 7, 7: 8, 8: 9, 9: 10, 10: 11, 23: 100 }).join(",")}</values></data></usage>`,
    );
  });

  it.each([
    ["granularity=day&since=2026-01-01&until=2026-01-02", ["2026-01-01 00:00:00 UTC,166", "2026-01-02 00:00:00 UTC,7000"]],
    ["granularity=month&since=2026-01-01&until=2026-01-02&timezone=Madrid", ["2026-01-01 00:00:00 +0100,7199"]],
    ["period=eternity", ["1970-01-01 00:00:00 UTC,57229"]],
  ])("is CSV by extension, a file: %s", async (query, lines) => {
    const answer = await get(`services/${service}/usage.csv`, `metric_name=hits&${query}`);
    expect(answer.headers.get("content-type")).toBe("text/csv; header=present");
    expect(answer.headers.get("content-disposition")).toMatch(/^attachment; filename="usage-\d{10}\.csv"$/);
    expect(answer.text).toBe(["Metric System Name,Metric Name,Date,Value", ...lines.map((line) => `hits,Hits,${line}`), ""].join("\n"));
  });

  it("is the same to a member who reaches the service", async () => {
    expect((await usage(DAY, { token: limited.value })).json).toEqual((await usage(DAY)).json);
  });
});

describe("200: what one application used", () => {
  it("is its own, with what it is", async () => {
    expect((await used(DAY)).json).toMatchObject({
      total: 101, values: zeros(24, { 0: 1, 23: 100 }),
      application: {
        id: applications[0], name: "App 0", state: "live", description: "The first", link: expect.stringMatching(/^https?:\/\/.*\/admin\/api\/applications\/find\.json\?application_id=\d+$/),
        plan: { id: plan.id, name: 'Gold, "pure"' }, account: { id: 77, name: "Acme <Ltd>", link: expect.stringMatching(/\/admin\/api\/accounts\/77$/) }, service: { id: service },
      },
    });
  });

  it("without a plan and an owner says nothing of them", async () => {
    const { json } = await get(`applications/${applications[1]}/usage.json`, DAY);
    expect([json.total, Object.keys(json.application)]).toEqual([2, ["id", "name", "state", "link", "description", "service"]]);
  });

  it("is compared with itself", async () => {
    expect((await used(`${DAY}&skip_change=false`)).json).toMatchObject({ total: 101, previous_total: 33 });
  });

  it("is XML and CSV by extension", async () => {
    const xml = (await get(`applications/${applications[0]}/usage.xml`, DAY)).text;
    expect(xml).toContain(
      `</data><application><id>${applications[0]}</id><name>App 0</name><plan><id>${plan.id}</id><name>Gold, &quot;pure&quot;</name></plan>`
      + "<account><name>Acme &lt;Ltd&gt;</name><id>77</id></account></application></usage>",
    );
    expect((await get(`applications/${applications[0]}/usage.csv`, "metric_name=hits&granularity=month&since=2026-01-01&until=2026-01-01")).text)
      .toBe("Metric System Name,Metric Name,Date,Value\nhits,Hits,2026-01-01 00:00:00 UTC,7101\n");
  });
});

describe("200: what was reported", () => {
  it("is what is shown, of the service and of the application, methods under their metric too", async () => {
    const { id: counted } = await account.service("Counted");
    const [metric] = (await admin("GET", `services/${counted}/metrics.json`)).metrics;
    await admin("POST", `services/${counted}/metrics/${metric.metric.id}/methods.json`, { friendly_name: "Search" });
    const gateway = await gatewayOf(latchkey, account.admin, counted);
    const [one, two] = [await gateway.application(), await gateway.application()];
    await gateway.get("authrep", { user_key: one.userKey, ...reported({ hits: 3 }) });
    await gateway.get("authrep", { user_key: two.userKey, ...reported({ search: 4 }) });
    await latchkey.counter.drain();
    const totals = await Promise.all([`services/${counted}`, `applications/${one.id}`, `applications/${two.id}`].flatMap((of) =>
      ["hits", "search"].map(async (name) => (await get(`${of}/usage.json`, `metric_name=${name}&period=day`)).json.total)));
    expect(totals).toEqual([7, 4, 3, 0, 4, 4]);
  });
});

describe("200: who used most", () => {
  it("is told from the most on, ten at most, and nobody who used nothing", async () => {
    const { json } = await top(DAY);
    expect(json.applications.map(({ name, value }: { name: string; value: number }) => [name, value]))
      .toEqual([["App 0", 101], ...Array.from({ length: 9 }, (_, at) => [`App ${10 - at}`, 11 - at])]);
    expect(json.applications[0]).toEqual({
      name: "App 0", id: applications[0], value: 101, account: { id: 77, name: "Acme <Ltd>" }, plan: { id: plan.id, name: 'Gold, "pure"' }, service: { id: service },
    });
    expect(json.applications[1]).toEqual({ name: "App 10", id: applications[10], value: 11, service: { id: service } });
    expect(json).toMatchObject({ metric: { id: hits.id, system_name: "hits" }, period: { name: "day", since: "2026-01-01T00:00:00Z", until: "2026-01-01T23:59:59Z" } });
  });

  it.each([
    ["the week, from Monday on", "period=week&since=2026-01-04", "2025-12-29T00:00:00Z", 7134],
    ["the month", "period=month&since=2026-01-15", "2026-01-01T00:00:00Z", 7101],
    ["the year", "period=year&since=2020-12-31", "2020-01-01T00:00:00Z", 50_000],
    ["all time", "period=eternity&since=2020-12-31", "1970-01-01T00:00:00Z", 57_134],
    ["a day elsewhere", "period=day&since=2026-01-01&timezone=Madrid", "2026-01-01T00:00:00+01:00", 34],
  ])("in %s", async (_what, query, since, value) => {
    const { json } = await top(`metric_name=hits&${query}`);
    const first = json.applications.find(({ id: each }: { id: number }) => each === applications[0]);
    expect([json.period.since, first.value]).toEqual([since, value]);
  });

  it("of those that used as much, the older stands first; what an application has not, its line leaves empty", async () => {
    const query = "metric_name=hits&period=month&since=2018-03-01";
    const alike = [3, 4, 5].map((at) => ({ id: applications[at]!, name: `App ${at}` })).toSorted((one, other) => one.id - other.id);
    expect((await top(query)).json.applications.map(({ id: each, name }: { id: number; name: string }) => ({ id: each, name }))).toEqual(alike);
    const csv = await get(`services/${service}/top_applications.csv`, query);
    expect(csv.text.split("\n").slice(1)).toEqual([...alike.map(({ id: each, name }) => `${name},${each},,,,,10`), ""]);
    expect((await get(`services/${service}/top_applications.xml`, query)).text).toContain(`<application><value>10</value><id>${alike[0]?.id}</id><name>${alike[0]?.name}</name></application>`);
  });

  it("is nobody when nobody used anything", async () => {
    expect((await top("metric_name=hits&period=day&since=2019-01-01")).json.applications).toEqual([]);
    expect((await get(`services/${service}/top_applications.xml`, "metric_name=hits&period=day&since=2019-01-01")).text).toContain("<applications></applications></top>");
  });

  it("is XML and CSV by extension", async () => {
    const query = "metric_name=hits&period=year&since=2020-01-01";
    expect((await get(`services/${service}/top_applications.xml`, query)).text).toBe(
      `${XML}<top><metric><id>${hits.id}</id><name>Hits</name><system_name>hits</system_name><unit>hit</unit></metric>`
      + "<period><name>year</name><since>2020-01-01 00:00:00 UTC</since><until>2020-12-31 23:59:59 UTC</until></period>"
      + `<applications><application><value>50000</value><id>${applications[0]}</id><name>App 0</name><plan><id>${plan.id}</id><name>Gold, &quot;pure&quot;</name></plan>`
      + "<account><name>Acme &lt;Ltd&gt;</name><id>77</id></account></application></applications></top>",
    );
    const csv = await get(`services/${service}/top_applications.csv`, query);
    expect(csv.headers.get("content-disposition")).toMatch(/^attachment; filename="top-applications-\d{10}\.csv"$/);
    expect(csv.text).toBe(
      `Application Name,Application ID,Plan Name,Plan ID,Account Name,Account ID,Total\nApp 0,${applications[0]},"Gold, ""pure""",${plan.id},Acme <Ltd>,77,50000\n`,
    );
  });
});

describe("400", () => {
  const text = (name: string) => `Required parameter missing: ${name}`;
  it.each<[string, string, string]>([
    ["usage", "", text("metric_name")],
    ["usage", "metric_name=&period=day", text("metric_name")],
    ["usage", "metric_name[]=hits&period=day", text("metric_name")],
    ["usage", "metric_name=hits", text("granularity")],
    ["usage", "metric_name=hits&granularity=day", text("since")],
    ["top_applications", "", text("metric_name")],
    ["top_applications", "metric_name=hits", text("period")],
    ["top_applications", "metric_name=hits&period=day", text("since")],
  ])("%s without a parameter that it needs is bare text in every format: %j", async (what, query, expected) => {
    for (const format of ["json", "xml", "csv"]) {
      const answer = await get(`services/${service}/${what}.${format}`, query);
      expect([answer.status, answer.headers.get("content-type"), answer.text]).toEqual([400, "text/plain; charset=utf-8", expected]);
    }
  });

  it.each<[string, string, string]>([
    ["usage", "metric_name=foo&period=day", "metric foo not found"],
    ["top_applications", "metric_name=foo&period=day&since=2026-01-01", "metric foo not found"],
    ["usage", "metric_name=foo&period=foo", 'Period must be one of ["eternity", "year", "month", "week", "day"] not "foo"'],
    ["usage", "metric_name=hits&granularity=day&since=2026-01-01", "You need to specify either 'range' or 'since' and 'until'"],
    ["usage", "metric_name=hits&granularity=hour&since=1970-01-01&until=2026-01-01", "Time range for the granularity must be less than 90 days"],
    ["top_applications", "metric_name=hits&period=day&since=foo", "Date parameters should have valid date/time format."],
    ["usage", "metric_name=hits&period=day&timezone=Atlantis", "Time zone Atlantis not found"],
  ])("%s with a parameter that makes no sense: %s", async (what, query, error) => {
    const [json, xml, csv] = await Promise.all(["json", "xml", "csv"].map((format) => get(`services/${service}/${what}.${format}`, query)));
    expect([json?.status, json?.json]).toEqual([400, { error, code: "invalid_parameter" }]);
    expect([xml?.status, xml?.text]).toEqual([400, `${XML}<error>${error.replaceAll("'", "&apos;").replaceAll('"', "&quot;")}</error>`]);
    expect([csv?.status, csv?.headers.get("content-type"), csv?.text]).toEqual([400, "text/plain; charset=utf-8", error]);
  });

  it("the metric of another service is none of this one", async () => {
    await admin("POST", `services/${hidden}/metrics.json`, { friendly_name: "Elsewhere", unit: "hit" });
    expect((await usage("metric_name=elsewhere&period=day")).json.error).toBe("metric elsewhere not found");
  });
});

describe("403", () => {
  const everything = (token: string) => Promise.all([
    usage(DAY, { token }), top(DAY, { token }), get(`applications/${applications[0]}/usage.json`, DAY, { token }), get("services/1/usage.json", "", { token }),
  ]);

  it("a token without the scope stats reads nothing, whatever else it has", async () => {
    const token = await account.token(account.admin, { scopes: ["account_management", "finance", "policy_registry"] });
    for (const { status, json } of await everything(token.value)) expect([status, json]).toMatchObject([403, { code: "insufficient_scope", missing: ["scope:stats"] }]);
  });

  it("a member without the section monitoring reads nothing from then on", async () => {
    const person = await account.member({ sections: ["monitoring", "partners"] }, { scopes: ["stats"] });
    await request(latchkey, "PUT", `/admin/api/users/${person.member.id}/permissions.json`, { token: account.admin.value, json: { allowed_sections: ["partners"] } });
    for (const { status, json } of await everything(person.value)) expect([status, json]).toMatchObject([403, { code: "insufficient_rights", missing: ["section:monitoring"] }]);
  });

  it("with access to zero services, everything is denied, in the format that was asked for", async () => {
    const nothing = await account.member({ sections: ["monitoring"], serviceAccess: [] }, { scopes: ["stats"] });
    for (const { status, json } of await everything(nothing.value)) expect([status, json]).toEqual([403, { error: "Access denied", code: "no_service_access" }]);
    expect((await get(`services/${service}/usage.csv`, DAY, { token: nothing.value })).text).toBe("Access denied");
  });

  it("nobody without a credential", async () => {
    expect((await request(latchkey, "GET", `/stats/services/${service}/usage.json?${DAY}`)).json).toEqual({ error: "Access denied", code: "access_denied" });
  });
});

describe("404", () => {
  it("a hidden service, another account's, one that is gone and one that never was are not told apart, nor their applications", async () => {
    const other = await createTestAccount(latchkey);
    const foreign = (await other.service("Foreign")).id;
    const foreignApplication = await other.application(id(foreign), "Foreign");
    const gone = (await account.service("Gone")).id;
    const goneApplication = await account.application(id(gone), "Gone");
    await admin("DELETE", `services/${gone}.json`);
    const seen = async (path: string) => {
      const { status, json } = await get(path, DAY, { token: limited.value });
      return [status, json];
    };
    for (const none of [hidden, foreign, gone, 1, "abc", "0", "9007199254740993"]) {
      for (const what of ["usage", "top_applications"]) expect(await seen(`services/${none}/${what}.json`)).toEqual([404, { error: "Service not found", code: "subject_not_found" }]);
    }
    for (const none of [hiddenApplication, foreignApplication, goneApplication, 1, "abc"]) {
      expect(await seen(`applications/${none}/usage.json`)).toEqual([404, { error: "Application not found", code: "subject_not_found" }]);
    }
  });

  it("is told before what else is wrong, in every format", async () => {
    expect((await get("services/1/usage.xml", "")).text).toBe(`${XML}<error>Service not found</error>`);
    const csv = await get("applications/1/usage.csv", "");
    expect([csv.status, csv.headers.get("content-type"), csv.text]).toEqual([404, "text/plain; charset=utf-8", "Application not found"]);
  });

  it("of what is not offered", async () => {
    for (const path of ["services.json", `services/${service}.json`, `applications/${applications[0]}/top_applications.json`]) {
      expect((await get(path, DAY)).json).toEqual({ status: "Not found", code: "not_found" });
    }
  });
});

describe("406", () => {
  it("a format that is not spoken", async () => {
    expect((await get(`services/${service}/usage.pdf`, DAY)).json).toMatchObject({ code: "not_acceptable" });
  });
});
