import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createTestAccount, type Person, type TestAccount } from "../support/account.ts";
import { startDeployment, type Deployment } from "../support/deployment.ts";
import { startGateway, type Gateway } from "../support/gateway.ts";
import { startLambda, type Lambda } from "../support/lambda.ts";
import { request, type RequestOptions } from "../support/request.ts";
import { rewriteMember, rewriteToken } from "../support/rows.ts";

/** D12: whoever cannot be judged is neither let in nor turned away. "I do not know" is a 5xx, never a 200 and never a 403. */
const PATH = "/admin/api/personal/access_tokens";
const UNKNOWN = [500, { message: "Internal Server Error" }];

let latchkey: Deployment;
let account: TestAccount;
let admin: Person;

beforeAll(async () => {
  latchkey = await startDeployment();
  account = await createTestAccount(latchkey);
  admin = account.admin;
});
afterAll(() => latchkey?.stop());

type Environment = Readonly<Record<string, string | undefined>>;
const opened: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0)) await each.stop();
});

/** The deployment, except that these functions run in another environment. */
async function deploymentWith(changes: Environment, names = ["authorizer"]): Promise<Gateway & { logs(): string }> {
  const { template, operator, proxy } = latchkey;
  const lambdas = new Map<string, Lambda>();
  for (const fn of template.functions.filter(({ name }) => names.includes(name))) {
    const env = {
      AWS_REGION: "eu-west-1", AWS_LAMBDA_FUNCTION_NAME: fn.functionName, AWS_ACCESS_KEY_ID: fn.logicalId, AWS_SECRET_ACCESS_KEY: "local",
      TABLE_NAME: operator.table.name, PEPPERS: `1:${operator.peppers.keys.get(1)}`, AWS_ENDPOINT_URL_DYNAMODB: proxy.url, ...changes,
    };
    const given = Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
    const lambda = startLambda({ zip: fn.zip, handler: fn.handler, env: given, timeoutMs: fn.timeoutMs });
    lambdas.set(fn.logicalId, lambda);
    opened.push(lambda);
  }
  const nameOf = new Map(template.functions.map((fn) => [fn.logicalId, fn.name]));
  const gateway = await startGateway({
    template, invoke: (logicalId, event) => lambdas.get(logicalId)?.invoke(event) ?? latchkey.invoke(nameOf.get(logicalId) ?? logicalId, event),
  });
  opened.unshift(gateway);
  return { ...gateway, logs: () => [...lambdas.values()].map((lambda) => lambda.logs()).join("") };
}

/** A database that answers everything in one way. */
async function databaseThat(answer: { readonly status: number; readonly body: object | string } | "hangs"): Promise<string> {
  const server = createServer((incoming, response) => {
    incoming.resume();
    if (answer !== "hangs") response.writeHead(answer.status, { "content-type": "application/x-amz-json-1.0" }).end(typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  opened.push({
    async stop() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A port on which nothing listens any more. */
async function deadPort(): Promise<string> {
  const endpoint = await databaseThat("hangs");
  await opened.pop()?.stop();
  return endpoint;
}

async function call({ url }: { url: string }, options: RequestOptions, method = "GET", path = PATH) {
  const { status, json } = await request({ url }, method, path, options);
  return [status, json];
}
const error = (type: string) => ({ status: 400, body: { __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: "x" } });

describe("500 from the gateway, when the authorizer cannot know", () => {
  it("is not seen with the environment of the template, which this test changes", async () => {
    const gateway = await deploymentWith({});
    expect((await call(gateway, { token: admin.value }))[0]).toBe(200);
    expect(gateway.failures).toEqual([]);
  });

  it.each<[string, () => Promise<Environment> | Environment]>([
    ["there is no pepper", () => ({ PEPPERS: undefined })],
    ["the pepper is blank", () => ({ PEPPERS: "" })],
    ["the pepper is too short to be a key", () => ({ PEPPERS: "1:short" })],
    ["the pepper is a reference that nobody resolved", () => ({ PEPPERS: "1:{{resolve:secretsmanager:pepper:SecretString}}" })],
    ["the pepper of the token's version is gone", () => ({ PEPPERS: `2:${"f".repeat(64)}` })],
    ["no table is named", () => ({ TABLE_NAME: undefined })],
    ["there is no such table", () => ({ TABLE_NAME: "elsewhere" })],
    ["nothing listens where the database was", async () => ({ AWS_ENDPOINT_URL_DYNAMODB: await deadPort() })],
    ["the database hangs", async () => ({ AWS_ENDPOINT_URL_DYNAMODB: await databaseThat("hangs") })],
    ["the database fails", async () => ({ AWS_ENDPOINT_URL_DYNAMODB: await databaseThat({ status: 500, body: {} }) })],
    ["the database is throttled", async () => ({ AWS_ENDPOINT_URL_DYNAMODB: await databaseThat(error("ProvisionedThroughputExceededException")) })],
    ["the database refuses the function's role", async () => ({ AWS_ENDPOINT_URL_DYNAMODB: await databaseThat(error("AccessDeniedException")) })],
    ["something else answers for the database", async () => ({ AWS_ENDPOINT_URL_DYNAMODB: await databaseThat({ status: 200, body: "<html>" }) })],
    ["the database leaves the rows for later, always", async () => {
      const { accountId, id } = admin.member;
      const left = [`ACCOUNT#${accountId}#MEMBER#${id}#TOKEN#${admin.token.id}`, `ACCOUNT#${accountId}#MEMBER#${id}`].map((pk, at) => ({ pk: { S: pk }, sk: { S: at === 0 ? "ACCESS_TOKEN" : "MEMBER" } }));
      return { AWS_ENDPOINT_URL_DYNAMODB: await databaseThat({ status: 200, body: { Responses: {}, UnprocessedKeys: { [latchkey.operator.table.name]: { Keys: left } } } }) };
    }],
  ])("%s", async (_why, changes) => {
    const gateway = await deploymentWith(await changes());
    expect(await call(gateway, { token: admin.value })).toEqual(UNKNOWN);
    expect(gateway.failures.map(({ message }) => message)).toEqual(["Error: The authorizer could not decide"]);
    expect(gateway.logs()).toContain("The authorizer could not decide");
    expect(gateway.logs()).not.toContain(admin.value.slice(-49, -6));
  }, 60_000);

  it("is the same for a token that nobody has, so that nobody learns from a failure which tokens there are", async () => {
    const { value } = await account.token(admin);
    const gateway = await deploymentWith({ AWS_ENDPOINT_URL_DYNAMODB: await deadPort() });
    await request(latchkey, "DELETE", `${PATH}/${value}`, { token: admin.value });
    expect(await call(gateway, { token: value })).toEqual(UNKNOWN);
    expect(await call(gateway, { token: "a".repeat(96) })).toEqual(UNKNOWN);
  });

  it("is not for what needs no database: garbage is refused and nobody is nobody, whatever else is down", async () => {
    const gateway = await deploymentWith({ AWS_ENDPOINT_URL_DYNAMODB: await deadPort() });
    expect(await call(gateway, { token: "garbage" })).toEqual([403, { message: "Forbidden" }]);
    expect(await call(gateway, {})).toEqual([403, { error: "Access denied", code: "access_denied" }]);
  });

  it("passes with what caused it: the next request is served again", async () => {
    const { template } = latchkey;
    let down = true;
    const nameOf = new Map(template.functions.map((fn) => [fn.logicalId, fn.name]));
    const broken = await deploymentWith({ PEPPERS: undefined });
    const gateway = await startGateway({
      template,
      invoke: async (logicalId, event) => {
        if (down && nameOf.get(logicalId) === "authorizer") throw new Error("Down");
        return latchkey.invoke(nameOf.get(logicalId) ?? logicalId, event);
      },
    });
    opened.push(gateway);
    expect(await call(gateway, { token: admin.value })).toEqual(UNKNOWN);
    expect(await call(broken, { token: admin.value })).toEqual(UNKNOWN);
    down = false;
    expect((await call(gateway, { token: admin.value }))[0]).toBe(200);
  });

  it.each<[string, Readonly<Record<string, unknown>>]>([
    ["the token's row has no scopes", { scopes: undefined }],
    ["the token's row has a scope that is none", { scopes: ["everything"] }],
    ["the token's row has a permission that is none", { permission: "rwx" }],
    ["the token's row has no expiry", { expiresAt: undefined }],
    ["the token's row has an expiry that is no time", { expiresAt: "soon" }],
    ["the token's row has no hash", { hash: undefined }],
    ["the token's row is of another type", { type: "member" }],
    ["the token's row is hashed under a pepper that is not there", { pepper: 7 }],
  ])("%s", async (_why, attributes) => {
    const person = await account.member({ sections: ["partners"], serviceAccess: "all" });
    await rewriteToken(latchkey, person.token, attributes);
    expect(await call(latchkey, { token: person.value })).toEqual(UNKNOWN);
  });

  it.each([
    ["a state that is none", { state: "alive" }], ["a role that is none", { role: "owner" }], ["a section that is none", { sections: ["everything"] }], ["services that are no list", { serviceAccess: "some" }],
  ])("the owner's row has %s", async (_what, attributes) => {
    const person = await account.member({ sections: ["partners"], serviceAccess: "all" });
    await rewriteMember(latchkey, person.member, attributes as object);
    expect(await call(latchkey, { token: person.value })).toEqual(UNKNOWN);
  });
});

describe("5xx from the endpoint, when it looks for the credential in the body and cannot know", () => {
  const inBody = () => ({ form: `access_token=${admin.value}&name=New&permission=ro&scopes[]=account_management` });

  it("is a 503 that may be repeated, when the database does not answer", async () => {
    const gateway = await deploymentWith({ AWS_ENDPOINT_URL_DYNAMODB: await deadPort() }, ["createAccessToken"]);
    const answer = await request(gateway, "POST", PATH, inBody());
    expect([answer.status, answer.headers.get("retry-after"), answer.json]).toEqual([503, "1", { error: "A service we depend on did not answer, try again", code: "unavailable" }]);
  });

  it.each<[string, Environment]>([["there is no pepper", { PEPPERS: undefined }], ["no table is named", { TABLE_NAME: undefined }]])("is a 500, when %s", async (_why, changes) => {
    const gateway = await deploymentWith(changes, ["createAccessToken"]);
    expect(await call(gateway, inBody(), "POST")).toEqual([500, { error: "Something went wrong on our side", code: "internal" }]);
    expect(gateway.logs()).not.toContain(admin.value.slice(-49, -6));
  });
});

describe("a credential in the query", () => {
  it("can be switched off: it is refused, not overlooked, and the other places stay", async () => {
    const gateway = await deploymentWith({ ALLOW_QUERY_TOKENS: "false" });
    expect(await call(gateway, {}, "GET", `${PATH}?access_token=${admin.value}`)).toEqual([403, { message: "Forbidden" }]);
    expect(await call(gateway, { token: admin.value }, "GET", `${PATH}?access_token=${admin.value}`)).toEqual([403, { message: "Forbidden" }]);
    expect((await call(gateway, { token: admin.value }))[0]).toBe(200);
    expect((await call(gateway, { token: admin.value }, "GET", `${PATH}?access_token=`))[0]).toBe(200);
    expect((await call(gateway, { form: `access_token=${admin.value}&name=New&permission=ro&scopes[]=account_management` }, "POST"))[0]).toBe(201);
  });

  it("is accepted as the template stands", async () => {
    expect((await call(latchkey, {}, "GET", `${PATH}?access_token=${admin.value}`))[0]).toBe(200);
  });
});
