import { describe, expect, it } from "vitest";
import { epochSeconds, id, tenThousandths, type Month } from "../../../lib/domain/brands.ts";
import type { ApplicationPlan } from "../../../lib/domain/catalogue.ts";
import type { DeveloperAccount } from "../../../lib/domain/developers.ts";
import type { Invoice, LineItem, PaymentTransaction } from "../../../lib/domain/invoices.ts";
import type { Application, Service } from "../../../lib/domain/model.ts";
import { BY_DEFAULT } from "../../../lib/domain/service-settings.ts";
import { UTC } from "../../../lib/domain/time-zones.ts";
import { application, applicationKey } from "../../../lib/http/represent/application.ts";
import { invoice, invoices, lineItem, paymentTransaction } from "../../../lib/http/represent/invoice.ts";
import { top, usage } from "../../../lib/http/represent/usage.ts";
import { xmlDocument } from "../../../lib/http/reply.ts";
import type { TopApplications, Usage } from "../../../lib/operations/analytics.ts";
import type { ShownApplication } from "../../../lib/operations/shown-applications.ts";
import { BASE, DATES, DATES_IN_XML, inJson, inXml, namesOf, STAMPS } from "./written.ts";

const served = (backendVersion: Service["settings"]["backendVersion"]) => ({ id: id(2), name: "Echo", settings: { ...BY_DEFAULT, backendVersion } }) as unknown as Service;
const app: Application = {
  accountId: id(1), id: id(10), serviceId: id(2), name: "App", description: "Mine", state: "live", userKey: "uk", appId: "ai", providerVerificationKey: "pvk",
  keys: [{ value: "k1", createdAt: STAMPS.createdAt }, { value: "k2", createdAt: STAMPS.createdAt }], ...STAMPS,
};
const plan = {
  accountId: id(1), id: id(5), serviceId: id(2), name: "Gold", systemName: "gold", state: "published", approvalRequired: true, isDefault: false, trialPeriodDays: 7, setupFeeCents: 150, costPerMonthCents: 999, ...STAMPS,
} as unknown as ApplicationPlan;
const buyer = { accountId: id(1), id: id(7), orgName: "Buyer", state: "approved", ...STAMPS } as unknown as DeveloperAccount;
const bare: ShownApplication = { ...app, service: served("1") };
const bought: ShownApplication = { ...bare, developerAccountId: buyer.id, developerAccount: buyer, plan };
const SERVICE = { rel: "service", href: `${BASE}/admin/api/services/2` };
const SELF = `${BASE}/admin/api/accounts/7/applications/10`;

describe("an application", () => {
  const whole = {
    id: 10, state: "live", enabled: true, ...DATES, service_id: 2, service_name: "Echo", first_traffic_at: null, first_daily_traffic_at: null,
    user_key: "uk", provider_verification_key: "pvk", name: "App", description: "Mine", links: [SERVICE],
  };

  it("of nobody, and of a buyer on a plan", () => {
    expect(inJson(application, bare)).toEqual(whole);
    const links = [{ rel: "self", href: SELF }, SERVICE, { rel: "account", href: `${BASE}/admin/api/accounts/7` }, { rel: "plan", href: `${BASE}/admin/api/services/2/application_plans/5` }, { rel: "keys", href: `${SELF}/keys` }];
    expect(inJson(application, bought)).toEqual({ ...whole, plan_id: 5, plan_name: "Gold", account_id: 7, org_name: "Buyer", links });
    const { plan: _, ...planless } = bought;
    expect(inJson(application, planless)).toEqual({ ...whole, account_id: 7, org_name: "Buyer", links: links.filter(({ rel }) => rel !== "plan") });
  });

  it.each<[string, ShownApplication, boolean]>([
    ["live", bare, true], ["suspended", { ...bare, state: "suspended" }, false], ["pending", { ...bought, state: "pending" }, false], ["of an approved buyer", bought, true],
    ["of a buyer who is rejected", { ...bought, developerAccount: { ...buyer, state: "rejected" } }, false], ["of a buyer who is pending", { ...bought, developerAccount: { ...buyer, state: "pending" } }, false],
  ])("that is %s is enabled: %s %s", (_what, shown, enabled) => {
    expect(inJson(application, shown)).toMatchObject({ enabled });
  });

  it.each<[Service["settings"]["backendVersion"], object, object, string]>([
    ["1", {}, { user_key: "uk", provider_verification_key: "pvk" }, "<user_key>uk</user_key><provider_verification_key>pvk</provider_verification_key>"],
    ["2", {}, { application_id: "ai" }, "<application_id>ai</application_id><keys><key>k1</key><key>k2</key></keys>"],
    ["oidc", {}, { application_id: "ai", client_id: "ai", client_secret: "k1" }, "<application_id>ai</application_id><keys><key>k1</key><key>k2</key></keys>"],
    ["oidc", { keys: [], redirectUrl: "https://r.example" }, { application_id: "ai", redirect_url: "https://r.example", client_id: "ai" }, "<application_id>ai</application_id><redirect_url>https://r.example</redirect_url><keys></keys>"],
    ["oauth", {}, { application_id: "ai", client_id: "ai", client_secret: "k1" }, "<application_id>ai</application_id><keys><key>k1</key><key>k2</key></keys>"],
  ])("of a service of version %s with %j shows %j", (version, over, credentials, xml) => {
    const shown = { ...bare, ...over, service: served(version) };
    const { user_key: _, provider_verification_key: __, ...others } = whole;
    expect(inJson(application, shown)).toEqual({ ...others, ...credentials });
    expect(inXml(application, shown)).toBe(`<id>10</id>${DATES_IN_XML}<state>live</state><first_traffic_at></first_traffic_at><first_daily_traffic_at></first_daily_traffic_at><service_id>2</service_id>${xml}<name>App</name><description>Mine</description>`);
  });

  it("of a buyer on a plan, in XML", () => {
    expect(inXml(application, bought)).toBe(
      `<id>10</id>${DATES_IN_XML}<state>live</state><user_account_id>7</user_account_id><first_traffic_at></first_traffic_at><first_daily_traffic_at></first_daily_traffic_at><service_id>2</service_id>`
      + "<user_key>uk</user_key><provider_verification_key>pvk</provider_verification_key>"
      + '<plan custom="false" default="false"><id>5</id><name>Gold</name><type>application_plan</type><state>published</state><approval_required>true</approval_required><setup_fee>1.5</setup_fee><cost_per_month>9.99</cost_per_month>'
      + "<trial_period_days>7</trial_period_days><cancellation_period>0</cancellation_period><service_id>2</service_id></plan><name>App</name><description>Mine</description>",
    );
  });

  it("has keys", () => {
    const key = { ...app.keys[0]!, of: bought };
    const made = { created_at: DATES.created_at, updated_at: DATES.created_at };
    expect(inJson(applicationKey, key)).toEqual({ value: "k1", ...made, links: [{ rel: "application", href: SELF }] });
    expect(inXml(applicationKey, key)).toBe(`<value>k1</value><created_at>${made.created_at}</created_at><updated_at>${made.updated_at}</updated_at>`);
  });
});

describe("an invoice", () => {
  const open: Invoice = { accountId: id(1), id: id(20), developerAccountId: id(7), friendlyId: "2026-02-00000001", period: "2026-02" as Month, state: "open", currency: "USD", total: tenThousandths(123_456), creationType: "manual", ...STAMPS };
  const paid: Invoice = { ...open, state: "paid", issuedOn: "2026-03-01", dueOn: "2026-03-15", paidAt: epochSeconds(3600) };
  const whole = {
    id: 20, friendly_id: "2026-02-00000001", ...DATES, state: "open", currency: "USD", cost: 12.3456, vat_rate: null, vat_amount: 0, cost_without_vat: 12.3456, period: "2026-02", creation_type: "manual",
    links: [
      { rel: "account", href: `${BASE}/admin/api/accounts/7` }, { rel: "self", href: `${BASE}/api/invoices/20` }, { rel: "payment_transactions", href: `${BASE}/api/invoices/20/payment_transactions` },
      { rel: "line_items", href: `${BASE}/api/invoices/20/line_items` },
    ],
  };
  const xml = (state: string, paidAt = "", due = "", issued = "") =>
    `<id>20</id><friendly_id>2026-02-00000001</friendly_id><creation_type>manual</creation_type><state>${state}</state><paid_at>${paidAt}</paid_at><due_on>${due}</due_on><issued_on>${issued}</issued_on>`
    + "<currency>USD</currency><cost>12.3456</cost><cost_without_vat>12.3456</cost_without_vat><period><from>2026-02-01</from><to>2026-02-28</to></period>";
  const bill = (value: Parameters<typeof invoice.json>[0]) => xmlDocument({ invoice: invoice.xml!(value) }).replace(/^<\?xml[^>]*\?>/, "");

  it("says what it is of, and when it was issued, due and paid", () => {
    expect(inJson(invoice, open)).toEqual(whole);
    expect(inJson(invoice, paid)).toEqual({ ...whole, state: "paid", paid_at: "1970-01-01T01:00:00Z", due_on: "2026-03-15", issued_on: "2026-03-01" });
    expect(bill(open)).toBe(`<invoice version="1.0">${xml("open")}</invoice>`);
    expect(bill(paid)).toBe(`<invoice version="1.0">${xml("paid", "1970-01-01T01:00:00Z", "2026-03-15", "2026-03-01")}</invoice>`);
  });

  const item: LineItem = { accountId: id(1), id: id(21), invoiceId: id(20), developerAccountId: id(7), kind: "plan_cost", cost: tenThousandths(10_000), ...STAMPS };
  const itemInXml = "<id>21</id><type>LineItem::PlanCost</type><cost>1.0</cost>";

  it("in full tells in XML who is billed by whom, and for what", () => {
    const full = { providerName: "Acme", buyerName: "Buyer", lineItems: [item], paymentTransactionsCount: 3 };
    const { buyerName: _, ...nobody } = full;
    const rest = `<line-items><line-item>${itemInXml}</line-item></line-items><payment_transactions_count>3</payment_transactions_count>`;
    expect(bill({ ...open, full })).toBe(`<invoice version="1.0">${xml("open")}<provider><id>1</id><org_name>Acme</org_name></provider><buyer><id>7</id><org_name>Buyer</org_name></buyer>${rest}</invoice>`);
    expect(bill({ ...open, full: nobody })).toContain("<buyer><id>7</id><status>deleted</status></buyer>");
    expect(bill({ ...open, full: { ...full, lineItems: [] } })).toContain("<line-items></line-items>");
  });

  it("pages always say in XML which page they are", () => {
    const page = (items: Invoice[], total: number | undefined, more = {}) => xmlDocument(invoices.reply({ items, perPage: 20, page: 1, ...(total === undefined ? {} : { total }), ...more } as never).xml!()).replace(/^<\?xml[^>]*\?>/, "");
    expect(page([], 0)).toBe('<invoices version="1.0"><pagination total_pages="1" current_page="1" per_page="20" total_entries="0"></pagination></invoices>');
    expect(page([open], 21)).toBe(`<invoices version="1.0"><pagination total_pages="2" current_page="1" per_page="20" total_entries="21"></pagination><invoice version="1.0">${xml("open")}</invoice></invoices>`);
    expect(page([open], undefined, { page: undefined, next: "c" })).toContain('<pagination per_page="20" next="c">');
    expect(invoices.reply({ items: [open], perPage: 20, page: 1, total: 1 } as never).json!(BASE)).toMatchObject({ invoices: [{ invoice: { id: 20 } }] });
  });

  it("has items", () => {
    const bareItem = { id: 21, cost: 1, type: "LineItem::PlanCost", ...DATES, links: [{ rel: "invoice", href: `${BASE}/api/invoices/20` }] };
    expect([inJson(lineItem, item), inXml(lineItem, item)]).toEqual([bareItem, itemInXml]);
    const rich: LineItem = { ...item, kind: "variable_cost", name: "Calls", description: "Many", quantity: 5, metricId: id(3), planId: id(5), applicationId: id(10) };
    expect(inJson(lineItem, rich)).toEqual({
      ...bareItem, type: "LineItem::VariableCost", name: "Calls", description: "Many", quantity: 5, metric_id: 3, plan_id: 5, contract_id: 10, contract_type: "Cinstance", links: [{ rel: "application", href: SELF }, ...bareItem.links],
    });
    expect(inXml(lineItem, rich)).toBe("<id>21</id><name>Calls</name><description>Many</description><quantity>5</quantity><type>LineItem::VariableCost</type><metric_id>3</metric_id><plan_id>5</plan_id><contract_id>10</contract_id><contract_type>Cinstance</contract_type><cost>1.0</cost>");
    expect(inJson(lineItem, { ...item, kind: "plain" })).toMatchObject({ type: "" });
  });

  it("has attempts to pay it", () => {
    const attempt: PaymentTransaction = { accountId: id(1), id: id(22), invoiceId: id(20), developerAccountId: id(7), success: false, amount: tenThousandths(5000), currency: "USD", action: "purchase", test: true, ...STAMPS };
    const told = { id: 22, ...DATES, success: false, amount: 0.5, currency: "USD", action: "purchase", test: true, links: [{ rel: "invoice", href: `${BASE}/api/invoices/20` }, { rel: "account", href: `${BASE}/admin/api/accounts/7` }] };
    expect(inJson(paymentTransaction, attempt)).toEqual(told);
    expect(inJson(paymentTransaction, { ...attempt, reference: "r", message: "m" })).toEqual({ ...told, reference: "r", message: "m" });
    expect(inXml(paymentTransaction, { ...attempt, reference: "r", message: "m" })).toBe(`<id>22</id>${DATES_IN_XML}<invoice_id>20</invoice_id><account_id>7</account_id><reference>r</reference><success>false</success><amount>0.5</amount><currency>USD</currency><action>purchase</action><message>m</message><test>true</test>`);
  });
});

describe("what was used", () => {
  const hits = { id: id(3), friendlyName: "Hits", systemName: "hits", unit: "hit" } as unknown as Usage["metric"];
  const window = { name: "day", zone: UTC, granularity: "hour", borders: [0, 3600, 7200] } as unknown as Usage["window"];
  const METRIC = { id: 3, name: "Hits", system_name: "hits", unit: "hit" };
  const plain = { at: STAMPS.createdAt, metric: hits, window, total: 3, values: [1, 2], of: undefined, before: undefined } as Usage;
  const of = { application: app, plan, developer: buyer };
  const lonely = { application: app, plan: undefined, developer: undefined };
  const whole = { metric: METRIC, period: { name: "day", since: "1970-01-01T00:00:00Z", until: "1970-01-01T01:59:59Z", timezone: "Etc/UTC", granularity: "hour" }, total: 3, values: [1, 2] };
  const xml = "<metric><id>3</id><name>Hits</name><system_name>hits</system_name><unit>hit</unit></metric><period><since>1970-01-01 00:00:00 UTC</since><until>1970-01-01 01:59:59 UTC</until><name>day</name><granularity>hour</granularity></period>"
    + '<data><total>3</total><values length="2">1,2</values></data>';
  const link = `${BASE}/admin/api/applications/find.json?application_id=10`;

  it("in JSON, with what was used before, and by which application, where that was asked for", () => {
    expect(inJson(usage, plain)).toEqual(whole);
    expect(inJson(usage, { ...plain, before: { total: 1, change: 200 } })).toEqual({ ...whole, previous_total: 1, change: 200 });
    const shown = { id: 10, name: "App", state: "live", link, description: "Mine", service: { id: 2 } };
    expect(inJson(usage, { ...plain, of: lonely })).toEqual({ ...whole, application: shown });
    expect(inJson(usage, { ...plain, of })).toEqual({ ...whole, application: { ...shown, plan: { id: 5, name: "Gold" }, account: { id: 7, name: "Buyer", link: `${BASE}/admin/api/accounts/7` } } });
  });

  it("in XML", () => {
    expect(inXml(usage, plain)).toBe(xml);
    expect(inXml(usage, { ...plain, window: { ...window, name: null } })).toContain("<name></name><granularity>");
    expect(inXml(usage, { ...plain, of: lonely })).toBe(`${xml}<application><id>10</id><name>App</name></application>`);
    expect(inXml(usage, { ...plain, of })).toBe(`${xml}<application><id>10</id><name>App</name><plan><id>5</id><name>Gold</name></plan><account><name>Buyer</name><id>7</id></account></application>`);
  });

  it("as a table", () => {
    expect(usage.csv!(plain)).toEqual({ name: `usage-${STAMPS.createdAt}.csv`, rows: [["Metric System Name", "Metric Name", "Date", "Value"], ["hits", "Hits", "1970-01-01 00:00:00 UTC", 1], ["hits", "Hits", "1970-01-01 01:00:00 UTC", 2]] });
  });

  it("most: in JSON, in XML and as a table", () => {
    const most = { at: STAMPS.createdAt, metric: hits, window, applications: [{ ...of, value: 9 }, { ...lonely, value: 1 }] } as TopApplications;
    expect(inJson(top, most)).toEqual({
      applications: [{ name: "App", id: 10, value: 9, account: { id: 7, name: "Buyer" }, plan: { id: 5, name: "Gold" }, service: { id: 2 } }, { name: "App", id: 10, value: 1, service: { id: 2 } }],
      metric: METRIC, period: { name: "day", since: "1970-01-01T00:00:00Z", until: "1970-01-01T01:59:59Z" },
    });
    expect(inXml(top, most)).toBe(
      "<metric><id>3</id><name>Hits</name><system_name>hits</system_name><unit>hit</unit></metric><period><name>day</name><since>1970-01-01 00:00:00 UTC</since><until>1970-01-01 01:59:59 UTC</until></period>"
      + "<applications><application><value>9</value><id>10</id><name>App</name><plan><id>5</id><name>Gold</name></plan><account><name>Buyer</name><id>7</id></account></application><application><value>1</value><id>10</id><name>App</name></application></applications>",
    );
    expect(top.csv!(most)).toEqual({
      name: `top-applications-${STAMPS.createdAt}.csv`,
      rows: [["Application Name", "Application ID", "Plan Name", "Plan ID", "Account Name", "Account ID", "Total"], ["App", 10, "Gold", 5, "Buyer", 7, 9], ["App", 10, "", "", "", "", 1]],
    });
  });
});

it("each is called what 3scale calls it", () => {
  expect([application, applicationKey, invoice, lineItem, paymentTransaction, usage, top].map((each) => namesOf(each as typeof application))).toEqual([
    ["application", "applications", undefined], ["key", "keys", undefined], ["invoice", "invoices", undefined], ["line_item", "line_items", "line-item"], ["payment_transaction", "payment_transactions", undefined],
    ["usage", "usages", undefined], ["top", "tops", undefined],
  ]);
});
