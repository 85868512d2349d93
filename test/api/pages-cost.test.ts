import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { createTestAccount, type TestAccount } from "../support/account.ts";
import { startDeployment, type Deployment } from "../support/deployment.ts";
import { request } from "../support/request.ts";
import { walk } from "../support/walk.ts";

let latchkey: Deployment;
let account: TestAccount;
let customer: number;
let finance: string;

/** More than two pages of two of everything there is a list of. */
const MANY = 5;
const PER_PAGE = 2;

beforeAll(async () => {
  latchkey = await startDeployment();
  account = await createTestAccount(latchkey);
  finance = (await account.token(account.admin, { scopes: ["finance"] })).value;
  customer = (await account.developerAccount("Customer")).id;
  for (let made = 0; made < MANY; made++) {
    const service = await account.service(`Service ${made}`);
    await account.application(service.id, `Application ${made}`);
    await account.developerAccount(`Developers ${made}`);
    await account.token(account.admin);
    await sent("PATCH", `/admin/api/services/${service.id}/proxy.json`, account.admin.value, { proxy: { api_backend: "https://echo.example.com" } });
    await sent("POST", "/api/invoices.json", finance, { account_id: customer });
  }
});
afterAll(() => latchkey?.stop());

async function sent(method: string, path: string, token: string, json: object): Promise<void> {
  const { status, text } = await request(latchkey, method, path, { token, json });
  if (status >= 300) throw new Error(`${method} ${path}: ${status} ${text}`);
}

type List = { readonly path: () => string; readonly token?: () => string; readonly listing: (accountId: number) => string };
const me = () => account.admin.member.id;

/** By the names of the operations: where each list is asked for, and the partition that it lies in. */
const LISTS: Readonly<Record<string, List>> = {
  listAccessTokens: { path: () => "/admin/api/personal/access_tokens.json", listing: (a) => `ACCOUNT#${a}#MEMBER#${me()}#TOKENS` },
  listAccessTokensOfUser: { path: () => `/admin/api/users/${me()}/access_tokens.json`, listing: (a) => `ACCOUNT#${a}#MEMBER#${me()}#TOKENS` },
  listAccessTokensOfAccount: { path: () => "/admin/api/access_tokens.json", listing: (a) => `ACCOUNT#${a}#TOKENS` },
  listAuditRecords: { path: () => "/admin/api/audit.json", listing: (a) => `EVENT#${a}#${new Date().toISOString().slice(0, 7)}` },
  listServices: { path: () => "/admin/api/services.json", listing: (a) => `ACCOUNT#${a}#SERVICES` },
  listServiceTokens: { path: () => "/admin/api/service_tokens.json", listing: (a) => `ACCOUNT#${a}#SERVICES` },
  listApplications: { path: () => "/admin/api/applications.json", listing: (a) => `ACCOUNT#${a}#APPLICATION` },
  listDeveloperAccounts: { path: () => "/admin/api/accounts.json", listing: (a) => `ACCOUNT#${a}#DEVELOPER_ACCOUNT` },
  listInvoices: { path: () => "/api/invoices.json", token: () => finance, listing: (a) => `ACCOUNT#${a}#INVOICE` },
  listAccountInvoices: { path: () => `/api/accounts/${customer}/invoices.json`, token: () => finance, listing: (a) => `ACCOUNT#${a}#DEVELOPER_ACCOUNT#${customer}#INVOICE` },
  listProxyConfigs: { path: () => "/admin/api/account/proxy_configs/sandbox.json", listing: (a) => `ACCOUNT#${a}#CONFIGS#sandbox#ALL` },
};

describe("a page by cursor costs one query of its list, the last like the first", () => {
  it.each(Object.entries(LISTS))("%s", async (_operation, { path, token, listing }) => {
    latchkey.proxy.reset();
    const pages = await walk(latchkey, `${path()}?per_page=${PER_PAGE}`, token?.() ?? account.admin.value);
    expect(pages.length).toBeGreaterThan(2);
    const queries = latchkey.proxy.calls.filter(({ action }) => action === "Query");
    expect(queries.map(({ keys }) => keys.map((key) => Object.values(key)[0]))).toEqual(pages.map(() => [listing(account.admin.member.accountId)]));
  });

  it("whatever list there is", () => {
    const paths = Object.values(inject("openapi").paths).flatMap((methods) => Object.values(methods as Record<string, { operationId: string; parameters?: readonly { name: string }[] }>));
    const byCursor = paths.filter(({ parameters = [] }) => parameters.some(({ name }) => name === "after")).map(({ operationId }) => operationId);
    expect(byCursor.toSorted()).toEqual(Object.keys(LISTS).toSorted());
  });
});
