import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { epochSeconds, id, tenThousandths, type InvoiceId, type Month } from "../../lib/domain/brands.ts";
import type { DeveloperAccount } from "../../lib/domain/developers.ts";
import { inState, type Invoice } from "../../lib/domain/invoices.ts";
import { createInvoice, hasUnresolvedInvoices } from "../../lib/operations/invoices.ts";
import { newId } from "../../lib/secrets/random.ts";
import { developerAccounts } from "../../lib/table/developers.ts";
import { invoices, paymentTransactions } from "../../lib/table/invoices.ts";
import { keys } from "../../lib/table/model.ts";
import { transact } from "../../lib/table/transact.ts";
import { createTestAccount, type Person, type TestAccount } from "../support/account.ts";
import { startDeployment, type Deployment } from "../support/deployment.ts";
import { request, type Answer, type RequestOptions } from "../support/request.ts";
import { through } from "../support/table.ts";
import { A_CURSOR, walk } from "../support/walk.ts";

let latchkey: Deployment;
let account: TestAccount;
let finance: Person;
let buyer: DeveloperAccount;
let other: DeveloperAccount;

beforeAll(async () => {
  latchkey = await startDeployment();
  account = await createTestAccount(latchkey);
  finance = await account.member({ sections: ["finance"] }, { scopes: ["finance"] });
  buyer = await account.developerAccount("Acme Ltd");
  other = await account.developerAccount("Bolt & Sons");
});
afterAll(() => latchkey?.stop());

const as = (person: Person) => (method: string, path: string, options: RequestOptions = {}): Promise<Answer> =>
  request(latchkey, method, `/api/${path}`, { token: person.value, ...options });
const ask = (method: string, path: string, options?: RequestOptions) => as(finance)(method, path, options);

const THIS_MONTH = new Date().toISOString().slice(0, 7);
const TODAY = new Date().toISOString().slice(0, 10);
/** The month so many months from now. */
const monthFromNow = (months: number) => {
  const [year, month] = THIS_MONTH.split("-").map(Number) as [number, number];
  return new Date(Date.UTC(year, month - 1 + months, 1)).toISOString().slice(0, 7);
};
const make = async (fields: object = {}) => (await ask("POST", "invoices.json", { json: { account_id: buyer.id, ...fields } })).json.invoice;
const to = (invoice: { id: number }, state: string) => ask("PUT", `invoices/${invoice.id}/state.json`, { json: { state } });
/** An invoice in a state that may be some steps away. */
const made = async (state: string, fields: object = {}) => {
  const invoice = await make(fields);
  const before = { unpaid: ["pending"], failed: ["pending", "unpaid"], paid: ["pending"] }[state] ?? [];
  for (const step of state === "open" ? [] : [...before, state]) await to(invoice, step);
  return invoice;
};
const friendlyIds = (answer: Answer) => answer.json.invoices.map(({ invoice }: { invoice: { friendly_id: string } }) => invoice.friendly_id);
const FROZEN = ["pending", "unpaid", "failed", "paid", "cancelled"];

describe("201", () => {
  it("an invoice is made for this month: open, of nothing, with the month's first number", async () => {
    const { provider, customer } = await newProvider();
    const answer = await as(provider)("POST", "invoices.json", { json: { account_id: customer.id } });
    const { invoice } = answer.json;
    expect(answer.status).toBe(201);
    expect(answer.headers.get("location")).toMatch(new RegExp(`/api/invoices/${invoice.id}$`));
    expect(invoice).toEqual({
      id: expect.any(Number), friendly_id: `${THIS_MONTH}-00000001`, created_at: expect.stringMatching(/Z$/), updated_at: expect.stringMatching(/Z$/), state: "open",
      currency: "USD", cost: 0, vat_rate: null, vat_amount: 0, cost_without_vat: 0, period: THIS_MONTH, creation_type: "manual",
      links: [
        { rel: "account", href: expect.stringMatching(new RegExp(`/admin/api/accounts/${customer.id}$`)) },
        { rel: "self", href: expect.stringMatching(new RegExp(`/api/invoices/${invoice.id}$`)) },
        { rel: "payment_transactions", href: expect.stringMatching(/\/payment_transactions$/) },
        { rel: "line_items", href: expect.stringMatching(/\/line_items$/) },
      ],
    });
  });

  it.each([
    ["as a form", { form: "account_id=ID&period=MONTH" }],
    ["wrapped, the account beside", { json: { account_id: "ID", invoice: { period: "MONTH" } } }],
    ["all wrapped", { json: { invoice: { account_id: "ID", period: "MONTH" } } }],
  ])("what is wanted comes %s", async (_how, options) => {
    const filled = JSON.parse(JSON.stringify(options).replace("ID", String(buyer.id)).replace("MONTH", monthFromNow(1))) as RequestOptions;
    expect((await ask("POST", "invoices.json", filled)).json.invoice).toMatchObject({ period: monthFromNow(1), friendly_id: expect.stringMatching(`^${monthFromNow(1)}-`) });
  });

  it("numbers of a month follow each other, also of invoices that are made at once", async () => {
    const period = monthFromNow(2);
    const numbers = (await Promise.all([1, 2, 3, 4].map(() => make({ period })))).map(({ friendly_id }) => String(friendly_id));
    expect(new Set(numbers)).toEqual(new Set([1, 2, 3, 4].map((number) => `${period}-0000000${number}`)));
  });

  it("of a month whose numbers others are always faster with, none is made: 503, try again", async () => {
    const [asAdmin, period] = [{ kind: "member", member: account.admin.member } as const, monthFromNow(11) as Month];
    const wanted = { developerAccountId: buyer.id, period };
    let tries = 0;
    const table = through(latchkey.operator.table, async (operation, _input, ask_) => {
      if (operation === "TransactWriteItems" && ++tries <= 100) await createInvoice(latchkey.operator, asAdmin, wanted);
      return ask_();
    });
    await expect(createInvoice({ ...latchkey.operator, table }, asAdmin, wanted)).rejects.toMatchObject({ code: "busy", message: "Others are making invoices for the same month, try again" });
    expect(tries).toBe(100);
    expect((await make({ period })).friendly_id).toBe(`${period}-00000101`);
  }, 60_000);

  it("a long page of invoices tells each once, in full, in XML too", async () => {
    const period = monthFromNow(10);
    const made_ = await Promise.all(Array.from({ length: 21 }, () => make({ period })));
    const { text } = await ask("GET", `invoices.xml?month=${period}&per_page=50`);
    expect([...text.matchAll(/<invoice version="1.0"><id>(\d+)<\/id>/g)].map(([, each]) => Number(each))).toEqual(made_.map(({ id: each }) => Number(each)).toSorted((one, two) => one - two));
    expect(text.match(/<buyer><id>/g)).toHaveLength(21);
  });

  it("a number that somebody gave by hand is passed over", async () => {
    const period = monthFromNow(3);
    const first = await make({ period });
    await ask("PUT", `invoices/${first.id}.json`, { json: { friendly_id: `${period}-00000003` } });
    expect([(await make({ period })).friendly_id, (await make({ period })).friendly_id]).toEqual([`${period}-00000002`, `${period}-00000004`]);
  });
});

describe("200", () => {
  it("an invoice is read by its id, and by its id and whose it is", async () => {
    const invoice = await make();
    for (const path of [`invoices/${invoice.id}.json`, `accounts/${buyer.id}/invoices/${invoice.id}.json`, `invoices/${invoice.id}`]) {
      expect((await ask("GET", path)).json).toEqual({ invoice });
    }
  });

  it("an open invoice gets another month and another number; a whole one may be sent back", async () => {
    const invoice = await make();
    const number = `${monthFromNow(4)}-00000077`;
    const answer = await ask("PUT", `invoices/${invoice.id}.json`, { json: { invoice: { ...invoice, period: monthFromNow(4), friendly_id: number, state: "paid", cost: 9 } } });
    expect([answer.status, answer.json.invoice]).toEqual([200, { ...invoice, period: monthFromNow(4), friendly_id: number, updated_at: expect.any(String) }]);
    expect(friendlyIds(await ask("GET", `invoices.json?month=${monthFromNow(4)}`))).toContain(number);
  });

  it("a number of a year is free to be given, as often as its owner likes", async () => {
    for (const invoice of [await make(), await make()]) {
      expect((await ask("PATCH", `invoices/${invoice.id}.json`, { form: "friendly_id=1111-11111111" })).json.invoice.friendly_id).toBe("1111-11111111");
    }
  });

  it.each([
    ["finalized", {}],
    ["pending", { issued_on: TODAY, due_on: new Date(Date.parse(TODAY) + 2 * 86_400_000).toISOString().slice(0, 10) }],
    ["paid", { issued_on: TODAY, paid_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) }],
    ["failed", {}],
    ["cancelled", {}],
  ])("an invoice becomes %s, with what that brings", async (state, brought) => {
    const invoice = await made(state);
    expect((await ask("GET", `invoices/${invoice.id}.json`)).json.invoice).toMatchObject({ state, ...brought });
  });

  it("cancel is the word for cancelled, too", async () => {
    expect((await to(await make(), "cancel")).json.invoice.state).toBe("cancelled");
  });

  it("there are no payment transactions until there are some, and each is told in full", async () => {
    const { id: invoice } = await make();
    expect((await ask("GET", `invoices/${invoice}/payment_transactions.json`)).json).toEqual({ payment_transactions: [] });
    const now = latchkey.operator.clock();
    const payment = paymentTransactions.row({
      accountId: buyer.accountId, id: newId(), invoiceId: id<InvoiceId>(invoice), developerAccountId: buyer.id, success: false, amount: tenThousandths(205_000), currency: "USD",
      action: "purchase", test: true, reference: "r-1", message: "No such customer", version: 1, createdAt: now, updatedAt: now,
    });
    await latchkey.documents.send(new PutCommand({ TableName: latchkey.operator.table.name, Item: payment }));
    const { payment_transactions: [{ payment_transaction: told }] } = (await ask("GET", `invoices/${invoice}/payment_transactions.json`)).json;
    expect(told).toMatchObject({ reference: "r-1", success: false, amount: 20.5, currency: "USD", action: "purchase", message: "No such customer", test: true });
    expect((await ask("GET", `invoices/${invoice}/payment_transactions.xml`)).text).toContain(
      `<invoice_id>${invoice}</invoice_id><account_id>${buyer.id}</account_id><reference>r-1</reference><success>false</success><amount>20.5</amount>`,
    );
  });
});

describe("200, a list", () => {
  let provider: Person;
  let acme: DeveloperAccount;
  let bolt: DeveloperAccount;
  let january: string;
  const list = async (query: string) => friendlyIds(await as(provider)("GET", query));

  beforeAll(async () => {
    let customer: (name: string) => Promise<DeveloperAccount>;
    ({ provider, customer: acme, make: customer } = await newProvider());
    bolt = await customer("Bolt & Sons");
    january = monthFromNow(1);
    // As a job that bills would have left them: months long past.
    for (const [at, month, developer, state] of [[1, "2020-01", acme, "paid"], [2, "2020-01", bolt, "open"], [1, "2020-02", acme, "open"], [1, "2021-01", bolt, "open"]] as const) {
      const now = epochSeconds(1_600_000_000);
      const open: Invoice = invoices.from(invoices.row({
        accountId: acme.accountId, id: newId(), developerAccountId: developer.id, friendlyId: `${month}-0000000${at}`, period: month as Invoice["period"], state: "open",
        currency: "USD", total: tenThousandths(0), creationType: "background", version: 1, createdAt: now, updatedAt: now,
      }));
      const invoice = state === "paid" ? inState({ ...open, state: "pending" }, "paid", now)! : open;
      await transact(latchkey.operator.table, [{ put: invoices.row(invoice), when: "absent" }]);
    }
    await as(provider)("POST", "invoices.json", { json: { account_id: acme.id, period: january } });
  });

  it.each<[string, () => string, readonly string[]]>([
    ["all, by id", () => "", ["2020-01-00000001", "2020-01-00000002", "2020-02-00000001", "2021-01-00000001", "NEW"]],
    ["of a state", () => "?state=paid", ["2020-01-00000001"]],
    ["of a month", () => "?month=2020-01", ["2020-01-00000001", "2020-01-00000002"]],
    ["of a month and a state", () => "?month=2020-01&state=open", ["2020-01-00000002"]],
    ["of a year", () => "?year=2020", ["2020-01-00000001", "2020-01-00000002", "2020-02-00000001"]],
    ["of the same month of all years", () => "?month_number=2", ["2020-02-00000001"]],
    ["of a number", () => "?number=2020-01-00000002", ["2020-01-00000002"]],
    ["of numbers that begin alike", () => "?number=2020-*", ["2020-01-00000001", "2020-01-00000002", "2020-02-00000001"]],
    ["of numbers that end alike", () => "?number=*-00000002", ["2020-01-00000002"]],
    ["of whoever is called so", () => "?buyer_query=bOLT", ["2020-01-00000002", "2021-01-00000001"]],
    ["of whoever is called so, in a month", () => "?buyer_query=bolt&month=2020-01", ["2020-01-00000002"]],
    ["of nobody", () => "?buyer_query=nobody", []],
    ["of a developer account", () => `of ${acme.id}`, ["2020-01-00000001", "2020-02-00000001", "NEW"]],
    ["of a developer account in a month", () => `of ${acme.id}?month=2020-01`, ["2020-01-00000001"]],
    ["with blank filters", () => "?state=&month=&year=&number=&month_number=&buyer_query=", ["2020-01-00000001", "2020-01-00000002", "2020-02-00000001", "2021-01-00000001", "NEW"]],
    ["with filters that make no sense", () => "?month=soon", []],
    ["of a state that there is not", () => "?state=lost", []],
    ["with filters that nobody knows", () => "?color=red&month=2020-02", ["2020-02-00000001"]],
  ])("%s", async (_what, query, expected) => {
    const [, of, filter = ""] = /^of (\d+)(.*)$/.exec(query()) ?? [];
    const path = of === undefined ? `invoices.json${query()}` : `accounts/${of}/invoices.json${filter}`;
    expect((await list(path)).map((number: string) => number.replace(`${january}-00000001`, "NEW"))).toEqual(expected);
  });

  it.each([
    ["of all", "", 5, ["2020-02-00000001", "2021-01-00000001"]],
    ["of a filter", "&year=2020", 3, ["2020-02-00000001"]],
    ["of a month", "&month=2020-01", 2, []],
  ])("the second page %s, with what tells where it is", async (_what, filter, total, expected) => {
    const answer = await as(provider)("GET", `invoices.json?page=2&per_page=2${filter}`);
    expect(friendlyIds(answer)).toEqual(expected);
    expect(answer.json.metadata).toEqual(total > 2 ? { per_page: 2, total_entries: total, total_pages: Math.ceil(total / 2), current_page: 2, ...(total > 4 ? { next: A_CURSOR } : {}) } : undefined);
    expect((await list(`invoices.json?page=9&per_page=2${filter}`))).toEqual([]);
  });

  it.each([["", 5], ["&year=2020", 3], ["&month=2020-01", 2]])("by cursor the same, without totals: %s", async (filter, total) => {
    const pages = await walk(latchkey, `/api/invoices.json?per_page=2${filter}`, provider.value);
    expect(pages.flatMap(friendlyIds)).toEqual(await list(`invoices.json?${filter}`));
    expect(pages.map(({ json }) => json.metadata)).toEqual([...Array.from({ length: Math.ceil(total / 2) - 1 }, () => ({ per_page: 2, next: A_CURSOR })), undefined]);
    const xml = (await as(provider)("GET", `invoices.xml?per_page=2&after=${filter}`)).text;
    expect(xml).toMatch(total > 2 ? /<invoices version="1\.0"><pagination per_page="2" next="[\w-]{32}"><\/pagination>/ : /<pagination per_page="2"><\/pagination>/);
  });

  it("a page is of 20 unless something else is asked, and XML always says which page it is", async () => {
    expect((await as(provider)("GET", "invoices.xml?month=1999-01")).text).toBe(
      '<?xml version="1.0" encoding="UTF-8"?><invoices version="1.0"><pagination total_pages="1" current_page="1" per_page="20" total_entries="0"></pagination></invoices>',
    );
    expect((await as(provider)("GET", "invoices.xml?per_page=501")).text).toContain('<pagination total_pages="1" current_page="1" per_page="20" total_entries="5">');
  });

  it("XML tells from whom, to whom and for what", async () => {
    const answer = await as(provider)("GET", `accounts/${bolt.id}/invoices.xml?month=2021-01`);
    const [invoice] = /<invoice .*<\/invoice>/.exec(answer.text) ?? [];
    const { id: number } = (await as(provider)("GET", "invoices.json?month=2021-01")).json.invoices[0].invoice;
    expect(invoice).toBe(
      `<invoice version="1.0"><id>${number}</id><friendly_id>2021-01-00000001</friendly_id><creation_type>background</creation_type><state>open</state><paid_at></paid_at>`
      + "<due_on></due_on><issued_on></issued_on><currency>USD</currency><cost>0.0</cost><cost_without_vat>0.0</cost_without_vat>"
      + `<period><from>2021-01-01</from><to>2021-01-31</to></period><provider><id>${bolt.accountId}</id><org_name>${await providerName()}</org_name></provider>`
      + `<buyer><id>${bolt.id}</id><org_name>Bolt &amp; Sons</org_name></buyer><line-items></line-items><payment_transactions_count>0</payment_transactions_count></invoice>`,
    );
  });

  it("an invoice outlives whom it was for", async () => {
    const gone = await account.developerAccount("Gone");
    const { id: number } = await make({ account_id: gone.id });
    await transact(latchkey.operator.table, [{ remove: keys.entity(developerAccounts.kind, gone.accountId, gone.id), when: "present" }]);
    expect((await ask("GET", `invoices/${number}.xml`)).text).toContain(`<buyer><id>${gone.id}</id><status>deleted</status></buyer>`);
    expect((await ask("GET", `accounts/${gone.id}/invoices.json`)).status).toBe(404);
  });

  async function providerName(): Promise<string> {
    return (await request(latchkey, "GET", "/admin/api/provider.json", { token: provider.value })).json.account.org_name;
  }
});

describe("400", () => {
  it.each([
    ["no account", "POST", () => "invoices.json", "period=2030-01", "account_id"],
    ["a blank account", "POST", () => "invoices.json", "account_id=", "account_id"],
    ["nothing that can be changed", "PUT", (invoice: number) => `invoices/${invoice}.json`, "state=paid", "invoice"],
  ])("%s", async (_what, method, path, form, parameter) => {
    const { id: invoice } = await make();
    const answer = await ask(method, path(invoice), { form });
    expect([answer.status, answer.text]).toEqual([400, `Required parameter missing: ${parameter}`]);
  });
});

describe("403", () => {
  const REQUESTS = [["GET", "invoices.json"], ["POST", "invoices.json"], ["PUT", "invoices/1/state.json"]] as const;

  it.each(REQUESTS)("%s %s: a token without a scope that opens it", async (method, path) => {
    const answer = await as(await account.token(account.admin, { scopes: ["stats"] }))(method, path);
    expect([answer.status, answer.json.code]).toEqual([403, "insufficient_scope"]);
  });

  it.each(REQUESTS)("%s %s: account_management alone does not do it for who does not hold finance", async (method, path) => {
    const answer = await as(await account.member({ sections: ["partners"], serviceAccess: "all" }))(method, path);
    expect([answer.status, answer.json]).toEqual([403, { error: "Your access token does not have the correct permissions", code: "insufficient_rights", missing: ["section:finance"] }]);
  });

  it("but does for who holds it, whatever services they reach", async () => {
    const both = await account.member({ sections: ["partners", "finance"], serviceAccess: [] });
    expect([(await as(both)("GET", "invoices.json")).status, (await as(account.admin)("GET", "invoices.json")).status]).toEqual([200, 200]);
  });

  it("a read-only token changes nothing", async () => {
    const { id: invoice } = await make();
    const readOnly = await account.token(finance, { scopes: ["finance"], permission: "ro" });
    for (const [method, path] of [["POST", "invoices.json"], ["PUT", `invoices/${invoice}.json`], ["PUT", `invoices/${invoice}/state.json`], ["POST", `invoices/${invoice}/charge.json`]] as const) {
      expect((await as(readOnly)(method, path, { json: { account_id: buyer.id, state: "paid" } })).json.code).toBe("read_only");
    }
    expect((await as(readOnly)("GET", `invoices/${invoice}.json`)).json.invoice.state).toBe("open");
  });
});

describe("404", () => {
  it("what is another provider's", async () => {
    const { provider, customer } = await newProvider();
    const { id: invoice } = await make();
    const none = await as(provider)("GET", "invoices/1.json");
    for (const [method, path] of [
      ["GET", `invoices/${invoice}.json`], ["PUT", `invoices/${invoice}/state.json`], ["PUT", `invoices/${invoice}.json`], ["POST", `invoices/${invoice}/charge.json`],
      ["GET", `invoices/${invoice}/payment_transactions.json`], ["GET", `accounts/${buyer.id}/invoices.json`], ["GET", `accounts/${customer.id}/invoices/${invoice}.json`],
    ] as const) {
      const answer = await as(provider)(method, path, method === "GET" ? {} : { json: { state: "cancelled", friendly_id: "1111-11111111" } });
      expect([path, answer.status, answer.text]).toEqual([path, 404, none.text]);
    }
  });

  it("an invoice under somebody else's account, and accounts that there are not", async () => {
    const { id: invoice } = await make();
    for (const path of [`accounts/${other.id}/invoices/${invoice}.json`, `accounts/1/invoices/${invoice}.json`, "accounts/1/invoices.json", "invoices/1.json", "invoices/1/payment_transactions.json"]) {
      expect([path, (await ask("GET", path)).status]).toEqual([path, 404]);
    }
  });
});

describe("422", () => {
  const OUT_OF_RANGE = ["must be between the provider account creation date and 12 months from now"];
  const FORMAT = ["Billing period format should be YYYY-MM"];
  const NUMBER = ["format should be YYYY-MM-XXXXXXXX or YYYY-XXXXXXXX"];

  it.each<[string, object, object]>([
    ["a developer account that there is not", { account_id: 1 }, { buyer_account: ["can't be blank"] }],
    ["a developer account that is no id", { account_id: "acme" }, { buyer_account: ["can't be blank"] }],
    ["no month", { period: "abc" }, { period: FORMAT }],
    ["a thirteenth month", { period: "0007-13" }, { period: FORMAT }],
    ["a day", { period: "2026-01-01" }, { period: FORMAT }],
    ["a month that is no text", { period: { begin: "2026-01-01" } }, { period: FORMAT }],
    ["a month before the provider was there", { period: monthFromNow(-1) }, { period: OUT_OF_RANGE }],
    ["a month more than a year ahead", { period: monthFromNow(13) }, { period: OUT_OF_RANGE }],
  ])("no invoice for %s", async (_what, fields, errors) => {
    const answer = await ask("POST", "invoices.json", { json: { account_id: buyer.id, ...fields } });
    expect([answer.status, answer.json.errors]).toEqual([422, errors]);
  });

  it("nor for another provider's developer account; the last month that may be billed may", async () => {
    const { customer } = await newProvider();
    expect((await ask("POST", "invoices.json", { json: { account_id: customer.id } })).json.errors).toEqual({ buyer_account: ["can't be blank"] });
    expect((await make({ period: monthFromNow(12) })).period).toBe(monthFromNow(12));
  });

  it.each<[string, object, object]>([
    ["another month", { period: monthFromNow(-1) }, { period: OUT_OF_RANGE }],
    ["a month that is none", { period: "soon" }, { period: FORMAT }],
    ["a number of five digits", { friendly_id: "2026-01-00001" }, { friendly_id: NUMBER }],
    ["a number with a line after it", { friendly_id: "2026-01-00000001\n" }, { friendly_id: NUMBER }],
    ["no number", { friendly_id: "" }, { friendly_id: NUMBER }],
  ])("an invoice does not get %s", async (_what, json, errors) => {
    const { id: invoice } = await make();
    const answer = await ask("PUT", `invoices/${invoice}.json`, { json });
    expect([answer.status, answer.json.errors]).toEqual([422, errors]);
  });

  it("a number of a month is one invoice's alone, until that gives it up", async () => {
    const [first, second] = [await make(), await make()];
    const take = () => ask("PUT", `invoices/${second.id}.json`, { json: { friendly_id: first.friendly_id } });
    expect((await take()).json.errors).toEqual({ friendly_id: ["has already been taken"] });
    await ask("PUT", `invoices/${first.id}.json`, { json: { friendly_id: "1111-11111111" } });
    expect((await take()).json.invoice.friendly_id).toBe(first.friendly_id);
  });

  it.each(FROZEN)("an invoice that is %s is frozen", async (state) => {
    const { id: invoice } = await made(state);
    const before = (await ask("GET", `invoices/${invoice}.json`)).json;
    const answer = await ask("PUT", `invoices/${invoice}.json`, { json: { period: monthFromNow(1), friendly_id: "1111-11111111" } });
    expect([answer.status, answer.json.errors]).toEqual([422, { base: ["Invalid invoice state"] }]);
    expect((await ask("GET", `invoices/${invoice}.json`)).json).toEqual(before);
  });

  it.each([
    ["open", "open"], ["open", "paid"], ["open", "unpaid"], ["finalized", "open"], ["pending", "pending"], ["pending", "finalized"],
    ["paid", "cancelled"], ["cancelled", "open"], ["open", "lost"], ["open", ""], ["open", "constructor"],
  ])("from %s there is no step to %j", async (from, target) => {
    const answer = await to(await made(from), target);
    expect([answer.status, answer.json.errors]).toEqual([422, { base: [`Cannot transition to ${target}`] }]);
  });

  it("and XML says so in a sentence", async () => {
    const { id: invoice } = await make();
    expect((await ask("PUT", `invoices/${invoice}/state.xml`, { form: "state=paid" })).text).toBe(
      '<?xml version="1.0" encoding="UTF-8"?><errors><error>Cannot transition to paid</error></errors>',
    );
  });

  it.each(["open", "finalized", "paid", "cancelled"])("an invoice that is %s is not charged, and says so", async (state) => {
    const { id: invoice } = await made(state);
    const answer = await ask("POST", `invoices/${invoice}/charge.json`);
    expect([answer.status, answer.json.errors]).toEqual([422, { state: [`Invoice ${invoice} is not in chargeable state!`] }]);
  });

  it.each(["pending", "unpaid", "failed"])("nor is one that is %s, for there is nothing that would take the money", async (state) => {
    const { id: invoice } = await made(state);
    const answer = await ask("POST", `invoices/${invoice}/charge.json`);
    expect([answer.status, answer.json.errors]).toEqual([422, { base: ["Failed to charge the credit card."] }]);
    expect((await ask("GET", `invoices/${invoice}.json`)).json.invoice.state).toBe(state);
  });
});

describe("a developer account has something to settle", () => {
  it.each([["open", true], ["finalized", true], ["pending", true], ["unpaid", true], ["failed", false], ["paid", false], ["cancelled", false]])("with an invoice that is %s: %s", async (state, expected) => {
    const developer = await account.developerAccount("Settling");
    const unresolved = () => hasUnresolvedInvoices(latchkey.operator, developer.accountId, developer.id);
    expect(await unresolved()).toBe(false);
    await made("cancelled", { account_id: developer.id });
    await made(state, { account_id: developer.id });
    expect(await unresolved()).toBe(expected);
  });
});

/** Another provider, with a customer. */
async function newProvider() {
  const its = await createTestAccount(latchkey);
  return { provider: its.admin, customer: await its.developerAccount("Acme Ltd"), make: (name: string) => its.developerAccount(name) };
}
