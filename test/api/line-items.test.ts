import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { id, tenThousandths, type ApplicationId, type InvoiceId } from "../../lib/domain/brands.ts";
import type { DeveloperAccount } from "../../lib/domain/developers.ts";
import type { Principal } from "../../lib/domain/model.ts";
import { changeInvoiceState } from "../../lib/operations/invoices.ts";
import { createLineItem, deleteLineItem } from "../../lib/operations/line-items.ts";
import { applications } from "../../lib/table/applications.ts";
import { invoices } from "../../lib/table/invoices.ts";
import { transact } from "../../lib/table/transact.ts";
import { createTestAccount, type Person, type TestAccount } from "../support/account.ts";
import { startDeployment, type Deployment } from "../support/deployment.ts";
import { request, type Answer, type RequestOptions } from "../support/request.ts";
import { meanwhile } from "../support/table.ts";

let latchkey: Deployment;
let account: TestAccount;
let finance: Person;
let buyer: DeveloperAccount;
let asAdmin: Principal;
/** Things that are billed: of the buyer's, and of somebody else. */
let known: { metric: number; plan: number; application: number; foreign: number };

beforeAll(async () => {
  latchkey = await startDeployment();
  account = await createTestAccount(latchkey);
  asAdmin = { kind: "member", member: account.admin.member };
  finance = await account.member({ sections: ["finance"] }, { scopes: ["finance"] });
  buyer = await account.developerAccount("Acme Ltd");
  const { id: service } = await account.service("Echo");
  const admin = (method: string, path: string, options?: RequestOptions) => request(latchkey, method, `/admin/api/services/${service}/${path}`, { token: account.admin.value, ...options });
  known = {
    metric: (await admin("GET", "metrics.json")).json.metrics[0].metric.id,
    plan: (await admin("POST", "application_plans.json", { form: "name=Basic" })).json.application_plan.id,
    application: await applicationOf(buyer),
    foreign: await applicationOf(await account.developerAccount("Bolt")),
  };

  async function applicationOf(developer: DeveloperAccount): Promise<number> {
    const made = await account.application(service, "App");
    const { table } = latchkey.operator;
    const application = await applications.read(table, developer.accountId, id<ApplicationId>(made));
    await transact(table, [{ put: applications.row({ ...application!, developerAccountId: developer.id }) }]);
    return made;
  }
});
afterAll(() => latchkey?.stop());

const as = (person: Person) => (method: string, path: string, options: RequestOptions = {}): Promise<Answer> =>
  request(latchkey, method, `/api/${path}`, { token: person.value, ...options });
const ask = (method: string, path: string, options?: RequestOptions) => as(finance)(method, path, options);
const invoice = async (): Promise<number> => (await ask("POST", "invoices.json", { json: { account_id: buyer.id } })).json.invoice.id;
const read = async (of: number) => (await ask("GET", `invoices/${of}.json`)).json.invoice;
const add = (of: number, json: object = {}) => ask("POST", `invoices/${of}/line_items.json`, { json });
const items = async (of: number) => (await ask("GET", `invoices/${of}/line_items.json`)).json.line_items;
const frozenAs = async (of: number, ...states: readonly string[]) => {
  for (const state of states) await ask("PUT", `invoices/${of}/state.json`, { json: { state } });
};
const STEPS: Readonly<Record<string, readonly string[]>> = {
  pending: ["pending"], unpaid: ["pending", "unpaid"], failed: ["pending", "unpaid", "failed"], paid: ["pending", "paid"], cancelled: ["cancelled"],
};

describe("201", () => {
  it("a line item is billed, whole, and the invoice's cost follows", async () => {
    const of = await invoice();
    const answer = await add(of, {
      name: "Fee", description: "Fixed", quantity: "3", cost: "10.25", type: "LineItem::PlanCost", metric_id: known.metric, plan_id: known.plan, contract_id: known.application,
    });
    const { line_item: made } = answer.json;
    expect(answer.status).toBe(201);
    expect(made).toEqual({
      id: expect.any(Number), name: "Fee", description: "Fixed", quantity: 3, cost: 10.25, metric_id: known.metric, type: "LineItem::PlanCost",
      contract_id: known.application, contract_type: "Cinstance", plan_id: known.plan, created_at: expect.any(String), updated_at: expect.any(String),
      links: [
        { rel: "application", href: expect.stringMatching(new RegExp(`/admin/api/accounts/${buyer.id}/applications/${known.application}$`)) },
        { rel: "invoice", href: expect.stringMatching(new RegExp(`/api/invoices/${of}$`)) },
      ],
    });
    expect(await items(of)).toEqual([{ line_item: made }]);
    expect(await read(of)).toMatchObject({ cost: 10.25, cost_without_vat: 10.25 });
  });

  it("nothing is required: what is not said is not there, and costs nothing", async () => {
    const of = await invoice();
    const { line_item: made } = (await add(of, { name: "", description: null, quantity: "", cost: null, type: "", metric_id: "", contract_id: "" })).json;
    expect(Object.keys(made).toSorted()).toEqual(["cost", "created_at", "id", "links", "type", "updated_at"]);
    expect([made.cost, made.type]).toEqual([0, ""]);
  });

  it.each<[string | number, number]>([
    ["20", 20], [20.5, 20.5], ["0.0001", 0.0001], ["0.00005", 0.0001], ["0.00004", 0], [0.1 + 0.2, 0.3], [-5, -5], ["-0.5", -0.5], [" 7 ", 7], [1e-9, 0], ["999999999.9999", 999_999_999.9999],
  ])("a cost of %j is kept to four decimals: %d", async (given, kept) => {
    const of = await invoice();
    expect((await add(of, { cost: given })).json.line_item.cost).toBe(kept);
    expect((await read(of)).cost).toBe(kept);
  });

  it("an invoice that is finalized takes items, for it is not yet issued", async () => {
    const of = await invoice();
    await frozenAs(of, "finalized");
    expect([(await add(of, { cost: 1 })).status, (await read(of)).cost]).toEqual([201, 1]);
  });

  it("items that are added at once are all in the total", async () => {
    const of = await invoice();
    const statuses = await Promise.all(["0.1", "0.2", "0.7"].map(async (cost) => (await add(of, { cost })).status));
    expect([statuses, (await read(of)).cost, (await items(of)).length]).toEqual([[201, 201, 201], 1, 3]);
  });
});

describe("422", () => {
  it("what would make the total inexact is not billed", async () => {
    const of = await invoice();
    const { table } = latchkey.operator;
    const stored = await invoices.read(table, account.admin.member.accountId, id<InvoiceId>(of));
    await transact(table, [{ put: invoices.row({ ...stored!, total: tenThousandths(Number.MAX_SAFE_INTEGER - 1) }) }]);
    const answer = await add(of, { cost: "0.0002" });
    expect([answer.status, answer.json]).toEqual([422, { errors: { cost: ["is too large"] }, code: "invalid" }]);
    expect(await items(of)).toEqual([]);
    expect((await add(of, { cost: "0.0001" })).status).toBe(201);
  });
});

describe("200", () => {
  it("an item is taken off, and its cost with it", async () => {
    const of = await invoice();
    const [first] = [(await add(of, { cost: "0.1" })).json.line_item, await add(of, { cost: "0.2" })];
    const answer = await ask("DELETE", `invoices/${of}/line_items/${first.id}.json`);
    expect([answer.status, answer.text]).toEqual([200, ""]);
    expect([(await read(of)).cost, (await items(of)).map((each: { line_item: { cost: number } }) => each.line_item.cost)]).toEqual([0.2, [0.2]]);
  });

  it("XML says line-item, and decimals as Rails does, on the invoice too", async () => {
    const of = await invoice();
    const { id: item } = (await add(of, { name: "Fee & more", quantity: 2, cost: "20" })).json.line_item;
    const element = `<line-item><id>${item}</id><name>Fee &amp; more</name><quantity>2</quantity><type></type><cost>20.0</cost></line-item>`;
    expect((await ask("GET", `invoices/${of}/line_items.xml`)).text).toBe(`<?xml version="1.0" encoding="UTF-8"?><line_items>${element}</line_items>`);
    expect((await ask("GET", `invoices/${of}.xml`)).text).toContain(`<line-items>${element}</line-items><payment_transactions_count>0</payment_transactions_count></invoice>`);
    expect((await ask("POST", `invoices/${of}/line_items.xml`, { form: "cost=1.5" })).text).toMatch(/^<\?xml [^>]+\?><line-item><id>\d+<\/id><type><\/type><cost>1\.5<\/cost><\/line-item>$/);
  });
});

describe("a frozen invoice", () => {
  it.each(Object.entries(STEPS))("%s: takes no item (422), gives none up (403), and stays as it is", async (_state, steps) => {
    const of = await invoice();
    const { id: item } = (await add(of, { cost: 5 })).json.line_item;
    await frozenAs(of, ...steps);
    const [before, billed] = [await read(of), await items(of)];
    const refusals = [await add(of, { cost: 1 }), await ask("DELETE", `invoices/${of}/line_items/${item}.json`)];
    expect(refusals.map(({ status, json }) => [status, json.errors])).toEqual([[422, { base: ["Invalid invoice state"] }], [403, { base: ["Invalid invoice state"] }]]);
    expect([await read(of), await items(of)]).toEqual([before, billed]);
  });

  it("is frozen also for whoever read it just before", async () => {
    const of = id<InvoiceId>(await invoice());
    const { id: item } = await createLineItem(latchkey.operator, asAdmin, of, { kind: "plain", cost: tenThousandths(50_000) });
    await expect(createLineItem(whileIssued(of), asAdmin, of, { kind: "plain", cost: tenThousandths(10_000) })).rejects.toMatchObject({ code: "invalid", fields: { base: ["Invalid invoice state"] } });
    await expect(deleteLineItem(latchkey.operator, asAdmin, of, item)).rejects.toMatchObject({ code: "refused" });
    expect([(await read(of)).cost, (await items(of)).length]).toEqual([5, 1]);
  });

  it("and an item is not taken off while it is being issued", async () => {
    const of = id<InvoiceId>(await invoice());
    const { id: item } = await createLineItem(latchkey.operator, asAdmin, of, { kind: "plain", cost: tenThousandths(50_000) });
    await expect(deleteLineItem(whileIssued(of), asAdmin, of, item)).rejects.toMatchObject({ code: "refused", fields: { base: ["Invalid invoice state"] } });
    expect([(await read(of)).cost, (await items(of)).length]).toEqual([5, 1]);
  });

  /** A store in which somebody issues the invoice meanwhile. */
  const whileIssued = (of: InvoiceId) => meanwhile(latchkey.operator, () => changeInvoiceState(latchkey.operator, asAdmin, of, "pending"));
});

describe("403", () => {
  it("a read-only token bills nothing, and takes nothing off", async () => {
    const of = await invoice();
    const { id: item } = (await add(of, { cost: 5 })).json.line_item;
    const readOnly = as(await account.token(finance, { scopes: ["finance"], permission: "ro" }));
    const refusals = [await readOnly("POST", `invoices/${of}/line_items.json`, { json: { cost: 1 } }), await readOnly("DELETE", `invoices/${of}/line_items/${item}.json`)];
    expect(refusals.map(({ status, json }) => [status, json.code])).toEqual([[403, "read_only"], [403, "read_only"]]);
    expect((await readOnly("GET", `invoices/${of}/line_items.json`)).json.line_items).toHaveLength(1);
  });
});

describe("404", () => {
  it("an invoice that there is not, and an item of another one", async () => {
    const [of, elsewhere] = [await invoice(), await invoice()];
    const { id: item } = (await add(elsewhere, { cost: 5 })).json.line_item;
    expect([
      (await ask("GET", "invoices/1/line_items.json")).status, (await add(1)).status, (await ask("DELETE", `invoices/1/line_items/${item}.json`)).status,
      (await ask("DELETE", `invoices/${of}/line_items/${item}.json`)).status, (await ask("DELETE", `invoices/${of}/line_items/1.json`)).status,
    ]).toEqual([404, 404, 404, 404, 404]);
    expect(await items(elsewhere)).toHaveLength(1);
  });

  it("another provider's invoice", async () => {
    const of = await invoice();
    const { id: item } = (await add(of, { cost: 5 })).json.line_item;
    const stranger = as((await createTestAccount(latchkey)).admin);
    expect([
      (await stranger("GET", `invoices/${of}/line_items.json`)).status, (await stranger("POST", `invoices/${of}/line_items.json`, { json: {} })).status,
      (await stranger("DELETE", `invoices/${of}/line_items/${item}.json`)).status,
    ]).toEqual([404, 404, 404]);
  });

  it.each<[string, () => object]>([
    ["a metric that there is not", () => ({ metric_id: 1 })],
    ["a plan that there is not", () => ({ plan_id: 1 })],
    ["an application that there is not", () => ({ contract_id: 1 })],
    ["somebody else's application", () => ({ cinstance_id: known.foreign })],
    ["what is no id", () => ({ metric_id: "hits" })],
  ])("nothing is billed for %s", async (_what, json) => {
    const of = await invoice();
    expect((await add(of, { cost: 1, ...json() })).status).toBe(404);
    expect(await items(of)).toEqual([]);
  });
});

describe("422", () => {
  it.each<[string, object, object]>([
    ["another type", { type: "LineItem::Gift" }, { base: ["Invalid Line item type"] }],
    ["a cost that is no number", { cost: "cheap" }, { cost: ["is not a number"] }],
    ["a cost of a billion", { cost: "1000000000" }, { cost: ["is not a number"] }],
    ["a cost that is a list", { cost: [1] }, { cost: ["is not a number"] }],
    ["a quantity that is none", { quantity: "many" }, { quantity: ["is not a number"] }],
    ["a name of two lines", { name: "a\nb" }, { name: ["must not contain control characters"] }],
    ["a name of 256 letters", { name: "n".repeat(256) }, { name: ["is too long (maximum is 255 characters)"] }],
    ["a description of 256 letters", { description: "n".repeat(256) }, { description: ["is too long (maximum is 255 characters)"] }],
  ])("%s", async (_what, json, errors) => {
    const of = await invoice();
    const answer = await add(of, json);
    expect([answer.status, answer.json.errors]).toEqual([422, errors]);
    expect(await items(of)).toEqual([]);
  });
});
