import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestAccount, type TestAccount } from "../support/account.ts";
import { startDeployment, type Deployment } from "../support/deployment.ts";
import { startGateway, type Gateway } from "../support/gateway.ts";
import { startLambda, type Lambda } from "../support/lambda.ts";
import { request, type RequestOptions } from "../support/request.ts";
import { everyRow } from "../support/rows.ts";

/** A pepper takes another's place while tokens are made and used (README, "Operate it"). */
const TOKENS = "/admin/api/personal/access_tokens.json";
const NEW = randomBytes(32).toString("hex");

let latchkey: Deployment;
let account: TestAccount;
let gateway: Gateway;
let old: string;
/** The functions that hash or recognise values, each as it was deployed last. */
const deployed = new Map<string, Lambda>();

beforeAll(async () => {
  latchkey = await startDeployment();
  account = await createTestAccount(latchkey);
  old = latchkey.operator.peppers.keys.get(1)!;
  const { template } = latchkey;
  const nameOf = new Map(template.functions.map((fn) => [fn.logicalId, fn.name]));
  gateway = await startGateway({ template, invoke: (id, event) => deployed.get(id)?.invoke(event) ?? latchkey.invoke(nameOf.get(id) ?? id, event) });
});
afterAll(async () => {
  await gateway?.stop();
  for (const lambda of deployed.values()) await lambda.stop();
  await latchkey?.stop();
});

const ROLLED = ["authorizer", "createAccessToken", "listAccessTokens", "createService", "revealServiceToken", "serviceManagementRead"] as const;

async function deployAgain(name: (typeof ROLLED)[number], PEPPERS: string): Promise<void> {
  const fn = latchkey.template.functions.find((each) => each.name === name)!;
  const before = deployed.get(fn.logicalId);
  deployed.set(fn.logicalId, startLambda({ zip: fn.zip, handler: fn.handler, timeoutMs: fn.timeoutMs, env: { ...latchkey.environment(name), PEPPERS } }));
  await before?.stop();
}

const call = (method: string, path: string, options: RequestOptions = {}) => request(gateway, method, path, { token: account.admin.value, ...options });
const accessTokens: string[] = [];
const serviceTokens: { readonly serviceId: number; readonly value: string }[] = [];

async function makeOne(): Promise<void> {
  const { json } = await call("POST", TOKENS, { form: "name=New&permission=ro&scopes[]=account_management" });
  accessTokens.push(json.access_token.value);
  const { json: { service } } = await call("POST", "/admin/api/services.json", { form: `name=Service ${serviceTokens.length}` });
  const revealed = await call("GET", `/admin/api/services/${service.id}/service_token.json`);
  serviceTokens.push({ serviceId: service.id, value: revealed.json.service_token.value });
}

/** What each of them is answered: the access tokens their list, the service tokens that there is no such application. */
async function answers(): Promise<unknown> {
  return Promise.all([
    ...accessTokens.map(async (token) => (await call("GET", TOKENS, { token })).status),
    ...serviceTokens.map(async ({ serviceId, value }) => {
      const { text } = await request(gateway, "GET", `/transactions/authorize.xml?service_token=${value}&service_id=${serviceId}&user_key=nobody`);
      return /code="(\w+)"/.exec(text)?.[1];
    }),
  ]);
}
const allKnown = () => [...accessTokens.map(() => 200), ...serviceTokens.map(() => "user_key_invalid")];

describe("while a new pepper comes, function by function, and then becomes the current one", () => {
  const STEPS = [
    ["known beside the current one", () => `1:${old},2:${NEW}`],
    ["the current one", () => `2:${NEW},1:${old}`],
  ] as const;

  it.each(STEPS.flatMap(([step, peppers]) => ROLLED.map((name) => [step, name, peppers] as const)))(
    "%s in %s: every token works, whenever and wherever it was made", async (_step, name, peppers) => {
      await deployAgain(name, peppers());
      await makeOne();
      expect(await answers()).toEqual(allKnown());
    });

  it("a list goes on from where it was before", async () => {
    const first = await call("GET", `${TOKENS}?per_page=2&after=`);
    await deployAgain("listAccessTokens", `1:${old},2:${NEW}`);
    const second = await call("GET", `${TOKENS}?per_page=2&after=${first.json.metadata.next}`);
    expect([second.status, second.json.access_tokens.length]).toEqual([200, 2]);
  });

  it("tokens were hashed under both, each under the one that was current where it was made", async () => {
    const peppers = (await everyRow(latchkey)).filter(({ type }) => type === "access_token").map(({ pepper }) => pepper);
    expect(new Set(peppers)).toEqual(new Set([1, 2]));
  });

  it("when the old one is gone, its tokens are not refused but not known: nobody is told a token is bad that may be good", async () => {
    await deployAgain("authorizer", `2:${NEW}`);
    const statuses = await Promise.all(accessTokens.map(async (token) => (await call("GET", TOKENS, { token })).status));
    expect(new Set(statuses)).toEqual(new Set([200, 500]));
  });
});
