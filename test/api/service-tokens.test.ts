import { BatchGetItemCommand, DeleteItemCommand, DynamoDBClient, PutItemCommand, TransactWriteItemsCommand } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { ServiceId } from "../../lib/domain/brands.ts";
import type { DomainEvent } from "../../lib/domain/events.ts";
import { parseToken } from "../../lib/domain/token-string.ts";
import { authenticate } from "../../lib/operations/authenticate.ts";
import { revealServiceToken } from "../../lib/operations/service-tokens.ts";
import { readRow } from "../../lib/table/client.ts";
import { eventFrom } from "../../lib/table/events.ts";
import { rowsOf } from "../../lib/table/list.ts";
import { keys, type Row } from "../../lib/table/model.ts";
import { transact } from "../../lib/table/transact.ts";
import { createTestAccount, type Person, type TestAccount } from "../support/account.ts";
import { REGION } from "../support/aws.ts";
import { startDeployment, type Deployment } from "../support/deployment.ts";
import { request, type Answer } from "../support/request.ts";
import { through } from "../support/table.ts";

const REVEAL = "RevealServiceTokenLambdaFunction";

let latchkey: Deployment;
let account: TestAccount;
let shown: ServiceId;
let hidden: ServiceId;
let foreign: ServiceId;
let limited: Person;

beforeAll(async () => {
  latchkey = await startDeployment();
  account = await createTestAccount(latchkey);
  [shown, hidden] = [(await account.service("Shown")).id, (await account.service("Hidden")).id];
  foreign = (await (await createTestAccount(latchkey)).service("Foreign")).id;
  limited = await account.member({ sections: ["partners"], serviceAccess: [shown] });
});
beforeEach(() => latchkey.proxy.reset());
afterAll(() => latchkey?.stop());

const accountId = () => account.admin.member.accountId;
const get = (path: string, { value }: Pick<Person, "value"> = account.admin, headers: Record<string, string> = {}) =>
  request(latchkey, "GET", `/admin/api/${path}`, { token: value, headers });
const reveal = (service: ServiceId | string, who?: Pick<Person, "value">) => get(`services/${service}/service_token.json`, who);
const decrypts = () => latchkey.aws.calls["kms:Decrypt"] ?? 0;
const seen = ({ status, text }: Answer) => ({ status, text });
const callsOf = (principal: string) => latchkey.proxy.calls.filter((call) => call.principal === principal);
const tokenRow = async (service: ServiceId): Promise<Row> => (await readRow(latchkey.operator.table, keys.serviceToken(accountId(), service)))!;

async function records(service: ServiceId): Promise<DomainEvent[]> {
  const { pk } = keys.event(accountId(), new Date().toISOString().slice(0, 7), "");
  const all = (await Array.fromAsync(rowsOf(latchkey.operator.table, { pk }))).map(eventFrom);
  return all.filter(({ type, subject }) => type === "service_token.revealed" && subject.serviceId === service);
}

describe("a service token's value: 200", () => {
  it.each<[string, () => Promise<Pick<Person, "value">>]>([
    ["an admin", async () => account.admin],
    ["an admin's `ro` token", () => account.token(account.admin, { permission: "ro" })],
    ["a member who reaches the service", async () => limited],
    ["a member's `ro` token", () => account.token(limited, { permission: "ro" })],
    ["a member who reaches all", () => account.member({ sections: ["partners"], serviceAccess: "all" })],
  ])("%s sees the value, the same each time", async (_who, caller) => {
    const who = await caller();
    const values = [await reveal(shown, who), await reveal(shown, who), await reveal(shown)].map(({ json }) => json.service_token.value);
    expect(new Set(values).size).toBe(1);
  });

  it("the value comes with its service, in the style of 3scale, and is never kept by anybody on the way", async () => {
    const answer = await reveal(shown);
    expect(answer.json).toEqual({
      service_token: {
        service_id: shown, service_name: "Shown", scope: "Service management API", permission: "rw",
        created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/), value: expect.any(String),
      },
    });
    expect([answer.status, answer.headers.get("cache-control"), answer.headers.get("content-type")]).toEqual([200, "no-store", "application/json; charset=utf-8"]);
    expect((await get(`services/${shown}/service_token`)).json).toEqual(answer.json);
  });

  it("the value is `lk_st_`, the ids, 43 characters and a check, in letters, digits and _ only", async () => {
    const { value } = (await reveal(shown)).json.service_token;
    expect(value).toMatch(/^lk_st_[0-9A-Za-z]{18}[0-9A-Za-z]{43}[0-9A-Za-z]{6}$/);
    expect(parseToken(value)).toEqual({ kind: "service_token", accountId: accountId(), serviceId: shown });
    expect(await authenticate(latchkey.operator, value)).toEqual({ kind: "service_token", token: expect.objectContaining({ accountId: accountId(), serviceId: shown }) });
  });

  it("the value is unique per service", async () => {
    const services = [shown, hidden, ...(await Promise.all(["A", "B", "C"].map((name) => account.service(name)))).map((service) => service.id)];
    const values = await Promise.all(services.map(async (service) => (await reveal(service)).json.service_token.value as string));
    expect(new Set(values).size).toBe(services.length);
    expect(new Set(values.map((value) => value.slice(24, 67))).size).toBe(services.length);
  });

  it("each look is recorded with who and when, before the value is told", async () => {
    const before = Math.floor(Date.now() / 1000);
    const { id: own } = await account.service("Watched");
    const member = await account.member({ sections: ["partners"], serviceAccess: [own] });
    const value = (await reveal(own)).json.service_token.value as string;
    await reveal(own, member);
    const seenNow = await records(own);
    expect(seenNow.map(({ actor, subject, facts }) => ({ actor, subject, facts }))).toEqual([
      { actor: { memberId: account.admin.member.id, tokenId: account.admin.token.id }, subject: { serviceId: own }, facts: {} },
      { actor: { memberId: member.member.id, tokenId: member.token.id }, subject: { serviceId: own }, facts: {} },
    ]);
    for (const { at } of seenNow) {
      expect(at).toBeGreaterThanOrEqual(before);
      expect(at).toBeLessThanOrEqual(Math.ceil(Date.now() / 1000));
    }
    expect(JSON.stringify(seenNow)).not.toContain(value.slice(24, 67));
  });

  it("the record reaches the bus, without the value", async () => {
    const { id: own } = await account.service("Broadcast");
    const value = (await reveal(own)).json.service_token.value as string;
    await latchkey.pump.drain();
    const told = latchkey.aws.events().filter(({ DetailType }) => DetailType === "service_token.revealed").map(({ Detail }) => JSON.parse(Detail));
    expect(told.filter(({ subject }) => subject.service_id === own)).toEqual([{
      id: expect.any(String), account_id: accountId(), at: expect.any(String), subject: { service_id: own }, facts: {},
      actor: { member_id: account.admin.member.id, token_id: account.admin.token.id },
    }]);
    expect(JSON.stringify(latchkey.aws.events())).not.toContain(value.slice(24, 67));
    expect(latchkey.logs()).not.toContain(value.slice(24, 67));
  });

  it("a look costs one batch read, one call to KMS and one record", async () => {
    const before = decrypts();
    await reveal(shown, limited);
    expect(callsOf(REVEAL)).toMatchObject([{ action: "BatchGetItem", consistent: true }, { action: "PutItem" }]);
    expect(callsOf(REVEAL)[0]?.keys).toEqual([keys.service(accountId(), shown), keys.serviceToken(accountId(), shown), keys.account(accountId())]);
    expect(callsOf(REVEAL)[1]?.keys[0]?.["pk"]).toMatch(new RegExp(`^EVENT#${accountId()}#`));
    expect(decrypts() - before).toBe(1);
  });

  it("15 looks at once see the same, and each is recorded", async () => {
    const { id: own } = await account.service("Popular");
    const answers = await Promise.all(Array.from({ length: 15 }, () => reveal(own)));
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(await records(own)).toHaveLength(15);
  });

  it("a change of the service does not change its token", async () => {
    const { id: own } = await account.service("Renamed");
    const before = (await reveal(own)).json.service_token;
    await request(latchkey, "PUT", `/admin/api/services/${own}.json`, { token: account.admin.value, json: { name: "Other", backend_version: "2", state_event: "hide" } });
    expect((await reveal(own)).json.service_token).toEqual({ ...before, service_name: "Other" });
  });

  it("a service from a catalogue has a token like any other", async () => {
    await latchkey.bus.put({ Source: "catalogue", DetailType: "service.created", Detail: JSON.stringify({ account_id: accountId(), service: { id: 77, name: "Imported" } }) });
    const { value } = (await reveal("77")).json.service_token;
    expect(parseToken(value)).toEqual({ kind: "service_token", accountId: accountId(), serviceId: 77 });
    expect(await authenticate(latchkey.operator, value)).toMatchObject({ kind: "service_token" });
  });
});

describe("a service token's value: 304", () => {
  it("a client that has it is not sent it again, but is recorded again", async () => {
    const { id: own } = await account.service("Cached");
    const etag = (await reveal(own)).headers.get("etag")!;
    const answer = await get(`services/${own}/service_token.json`, account.admin, { "if-none-match": etag });
    expect(seen(answer)).toEqual({ status: 304, text: "" });
    expect(await records(own)).toHaveLength(2);
  });
});

describe("a service token's value: 403", () => {
  const CORRECT = "Your access token does not have the correct permissions";

  it.each<[string, () => Promise<Pick<Person, "value">>, object]>([
    ["a member who reaches no service", () => account.member({ sections: ["partners"], serviceAccess: [] }), { error: "Access denied", code: "no_service_access" }],
    ["a member without `partners`", () => account.member({ sections: ["plans", "monitoring"], serviceAccess: "all" }, { scopes: ["stats"] }), {
      error: CORRECT, code: "insufficient_rights", missing: ["section:partners"],
    }],
    ["a token without the scope", () => account.token(account.admin, { scopes: ["stats", "finance", "policy_registry"] }), {
      error: CORRECT, code: "insufficient_scope", missing: ["scope:account_management"],
    }],
    ["the service token itself", async () => ({ value: (await reveal(shown)).json.service_token.value as string }), { error: "Access denied", code: "access_denied" }],
  ])("%s is refused: nothing is opened and nothing recorded", async (_who, caller, body) => {
    const who = await caller();
    const [before, recorded] = [decrypts(), (await records(shown)).length];
    latchkey.proxy.reset();
    for (const service of [shown, hidden, foreign, "1", "abc"]) {
      const answer = await reveal(service as ServiceId, who);
      expect([answer.status, answer.json]).toEqual([403, body]);
    }
    expect(callsOf(REVEAL)).toEqual([]);
    expect([decrypts(), (await records(shown)).length]).toEqual([before, recorded]);
  });

  it("the function may read rows and add records, and write nothing else", async () => {
    const reader = new DynamoDBClient({ endpoint: latchkey.proxy.url, region: REGION, maxAttempts: 1, credentials: { accessKeyId: REVEAL, secretAccessKey: "local" } });
    const TableName = latchkey.operator.table.name;
    const item = (pk: string) => ({ TableName, Item: marshall({ pk, sk: "x", type: "test" }) });
    await reader.send(new PutItemCommand(item("EVENT#test")));
    await reader.send(new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys: [marshall(keys.service(accountId(), shown))] } } }));

    const { pk, sk } = keys.serviceToken(accountId(), shown);
    const refused = [
      new PutItemCommand({ TableName, Item: marshall({ pk, sk, type: "deleted_service" }) }),
      new PutItemCommand(item("ACCOUNTS")), new PutItemCommand(item("")), new PutItemCommand(item("event#test")), new PutItemCommand(item(`X#EVENT#${accountId()}`)),
      new DeleteItemCommand({ TableName, Key: marshall({ pk, sk }) }), new DeleteItemCommand({ TableName, Key: marshall({ pk: "EVENT#test", sk: "x" }) }),
      new TransactWriteItemsCommand({ TransactItems: [{ Put: item("EVENT#test") }, { Put: item("ACCOUNTS") }] }),
      new TransactWriteItemsCommand({ TransactItems: [{ Delete: { TableName, Key: marshall({ pk, sk }) } }] }),
    ];
    for (const command of refused) await expect(reader.send(command as PutItemCommand)).rejects.toMatchObject({ name: "AccessDeniedException" });
    expect((await reveal(shown)).status).toBe(200);
  });
});

describe("a service token's value: 404", () => {
  it("what is hidden, missing, deleted or of another account answers alike: nothing is opened and nothing recorded", async () => {
    const { id: gone } = await account.service("Gone");
    await request(latchkey, "DELETE", `/admin/api/services/${gone}.json`, { token: account.admin.value });
    const before = [decrypts(), await records(hidden)];
    latchkey.proxy.reset();
    const missing = await reveal("1", limited);
    expect([missing.status, missing.json]).toEqual([404, { status: "Not found", code: "not_found" }]);
    for (const service of [hidden, foreign, gone]) expect(seen(await reveal(service, limited))).toEqual(seen(missing));
    expect(callsOf(REVEAL).map(({ action }) => action)).toEqual(Array(4).fill("BatchGetItem"));
    expect([decrypts(), await records(hidden), await records(gone)]).toEqual([...before, []]);
  });

  it("an admin reaches no service of another account", async () => {
    expect((await reveal(foreign)).status).toBe(404);
  });

  it.each(["0", "-1", "1e3", "042", "99999999999999999999", "%2F", "1%2F2", "1%00", "%F0%9F%98%80", "%D9%A1", "abc", "__proto__"])("an id written %s names nothing", async (written) => {
    const answer = await reveal(written);
    expect([answer.status, answer.json]).toEqual([404, { status: "Not found", code: "not_found" }]);
  });

  it.each(["POST", "PUT", "PATCH", "DELETE", "HEAD"])("%s of it is nothing", async (method) => {
    expect((await request(latchkey, method, `/admin/api/services/${shown}/service_token.json`, { token: account.admin.value })).status).toBe(404);
  });
});

describe("a service token's value: 500", () => {
  it("a sealed value that was copied from another service does not open, and no look is recorded", async () => {
    const [victim, attacker] = [(await account.service("Victim")).id, (await account.service("Attacker")).id];
    const value = (await reveal(victim)).json.service_token.value as string;
    const { sealed } = await tokenRow(victim);
    await transact(latchkey.operator.table, [{ put: { ...await tokenRow(attacker), sealed } }]);
    const answer = await reveal(attacker);
    expect([answer.status, answer.json]).toEqual([500, { error: "Something went wrong on our side", code: "internal" }]);
    expect(answer.text).not.toContain(value);
    expect(await records(attacker)).toEqual([]);
    expect((await reveal(victim)).json.service_token.value).toBe(value);
  });

  it.each<[string, (sealed: string) => string]>([
    ["one changed byte", (sealed) => `${sealed.slice(0, 60)}${sealed[60] === "A" ? "B" : "A"}${sealed.slice(61)}`],
    ["a cut end", (sealed) => sealed.slice(0, -8)],
    ["another version", (sealed) => `v2${sealed.slice(2)}`],
    ["nothing", () => ""],
  ])("a sealed value with %s does not open", async (_what, damage) => {
    const { id: own } = await account.service("Damaged");
    const row = await tokenRow(own);
    await transact(latchkey.operator.table, [{ put: { ...row, sealed: damage(String(row["sealed"])) } }]);
    expect((await reveal(own)).status).toBe(500);
    expect(await records(own)).toEqual([]);
  });

  it("what cannot be recorded is not told", async () => {
    const { id: own } = await account.service("Unrecorded");
    const table = through(latchkey.operator.table, (operation, _input, ask) => (operation === "PutItem" ? Promise.reject(new Error("No record today")) : ask()));
    const before = decrypts();
    const asked = revealServiceToken({ ...latchkey.operator, table }, { kind: "member", member: account.admin.member }, own);
    await expect(asked).rejects.toThrow("No record today");
    expect([decrypts() - before, await records(own)]).toEqual([1, []]);
  });
});

describe("a service token's value: 503", () => {
  it("without KMS nothing is told and nothing recorded, and the client is told when to come back", async () => {
    const { id: own } = await account.service("Locked");
    latchkey.aws.failNext("kms", 3);
    const answer = await reveal(own);
    expect([answer.status, answer.json, answer.headers.get("retry-after")]).toEqual([
      503, { error: "A service we depend on did not answer, try again", code: "unavailable" }, "1",
    ]);
    expect(await records(own)).toEqual([]);
    expect((await reveal(own)).status).toBe(200);
    expect(await records(own)).toHaveLength(1);
  });

  it("a KMS that answers at the second try is asked again within the request", async () => {
    const { id: own } = await account.service("Flaky");
    latchkey.aws.failNext("kms", 2);
    expect((await reveal(own)).status).toBe(200);
    expect(await records(own)).toHaveLength(1);
  });

  it("a bad token is refused and a hidden service not found, whether KMS answers or not", async () => {
    latchkey.aws.failNext("kms", 3);
    expect((await reveal(hidden, limited)).status).toBe(404);
    expect((await reveal(shown, { value: "lk_at_wrong" })).status).toBe(403);
    latchkey.aws.failNext("kms", 0);
  });
});

describe("the list of service tokens: 200", () => {
  it("an admin sees one for every service, in the order of their ids, each without its value", async () => {
    const own = await createTestAccount(latchkey);
    const services = [await own.service("One"), await own.service("Two"), await own.service("Three")];
    const answer = await get("service_tokens.json", own.admin);
    const base = "https://latchkey01.execute-api.eu-west-1.amazonaws.com";
    expect(answer.json).toEqual({
      service_tokens: services.map(({ id: service, name }) => ({
        service_token: {
          service_id: service, service_name: name, scope: "Service management API", permission: "rw", created_at: expect.any(String), value: "••••••••",
          links: [{ rel: "reveal", href: `${base}/admin/api/services/${service}/service_token.json` }],
        },
      })),
    });
    const { pathname } = new URL(answer.json.service_tokens[0].service_token.links[0].href);
    expect((await request(latchkey, "GET", pathname, { token: own.admin.value })).json.service_token.service_id).toBe(services[0]?.id);
  });

  it("nothing of any value is in it, no row of a token is read, and KMS is not called", async () => {
    const values = await Promise.all([shown, hidden].map(async (service) => (await reveal(service)).json.service_token.value as string));
    const before = decrypts();
    latchkey.proxy.reset();
    const answer = await get("service_tokens.json");
    expect(answer.text).not.toMatch(/lk_st/);
    for (const value of values) {
      // Not even eight characters of the secret, anywhere.
      for (let at = 24; at + 8 <= value.length; at++) expect(answer.text).not.toContain(value.slice(at, at + 8));
    }
    expect(decrypts()).toBe(before);
    expect(latchkey.proxy.calls.flatMap((call) => call.keys).filter(({ sk }) => sk === "SERVICE_TOKEN")).toEqual([]);
  });

  it("looking at the list is no look at a value", async () => {
    const { id: own } = await account.service("Listed");
    await get("service_tokens.json");
    expect(await records(own)).toEqual([]);
  });

  it("a member sees those of the services they reach, page by page", async () => {
    const [first, second] = [await account.service("First"), await account.service("Second")];
    const member = await account.member({ sections: ["partners"], serviceAccess: [second.id, first.id] });
    const ids = (answer: Answer) => answer.json.service_tokens.map((each: { service_token: { service_id: number } }) => each.service_token.service_id);
    expect(ids(await get("service_tokens.json", member))).toEqual([first.id, second.id]);
    const page = await get("service_tokens.json?per_page=1&page=2", member);
    expect([ids(page), page.json.metadata]).toEqual([[second.id], undefined]);
    expect(ids(await get("service_tokens.json?per_page=1&page=3", member))).toEqual([]);
    expect(ids(await get("service_tokens?page=0&per_page=nonsense", member))).toEqual([first.id, second.id]);
  });

  it("an account without services has an empty list", async () => {
    const { admin } = await createTestAccount(latchkey);
    expect((await get("service_tokens.json", admin)).json).toEqual({ service_tokens: [] });
  });

  it("a `ro` token may look", async () => {
    expect((await get("service_tokens.json", await account.token(limited, { permission: "ro" }))).status).toBe(200);
  });
});

describe("the list of service tokens: 304", () => {
  it("is not sent again to who has it", async () => {
    const etag = (await get("service_tokens.json")).headers.get("etag")!;
    expect(seen(await get("service_tokens.json", account.admin, { "if-none-match": etag }))).toEqual({ status: 304, text: "" });
  });
});

describe("the list of service tokens: 403", () => {
  it.each<[string, () => Promise<Pick<Person, "value">>, string]>([
    ["a member who reaches no service", () => account.member({ sections: ["partners"], serviceAccess: [] }), "no_service_access"],
    ["a member without `partners`", () => account.member({ sections: ["monitoring"], serviceAccess: "all" }, { scopes: ["stats"] }), "insufficient_rights"],
    ["a token without the scope", () => account.token(account.admin, { scopes: ["stats"] }), "insufficient_scope"],
    ["a service token", async () => ({ value: (await reveal(shown)).json.service_token.value as string }), "access_denied"],
  ])("%s is refused", async (_who, caller, code) => {
    const answer = await get("service_tokens.json", await caller());
    expect([answer.status, answer.json.code]).toEqual([403, code]);
  });
});

describe("the list of service tokens: 404", () => {
  it.each(["POST", "PUT", "PATCH", "DELETE", "HEAD"])("%s of it is nothing", async (method) => {
    expect((await request(latchkey, method, "/admin/api/service_tokens.json", { token: account.admin.value })).status).toBe(404);
  });

  it.each(["service_tokens/", "service_tokens/1", "service_tokens/1.json"])("there is nothing at %s", async (path) => {
    expect((await get(path)).status).toBe(404);
  });
});

describe("the list of service tokens: 406", () => {
  it("the list is JSON only", async () => {
    const answer = await get("service_tokens.xml");
    expect([answer.status, answer.text]).toEqual([406, '<?xml version="1.0" encoding="UTF-8"?><error>The server does not understand &quot;xml&quot; request.</error>']);
  });
});
