import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SCOPES } from "../../lib/domain/model.ts";
import type { Operation } from "../../lib/http/operation.ts";
import { issueAccessToken } from "../../lib/operations/access-tokens.ts";
import { createTestAccount, type Person, type TestAccount } from "../support/account.ts";
import { startDeployment, type Deployment } from "../support/deployment.ts";
import { httpEvent } from "../support/gateway.ts";
import { request, type Answer } from "../support/request.ts";
import { everyRow, rewriteMember } from "../support/rows.ts";
import { sample } from "../support/sample.ts";
import { givenTo, pathOf, World } from "./operations-table.ts";
import { everyOperation } from "./wrong-input.ts";

/** A request that has a name has one effect, however often it is sent, and is answered with what it made. */
const TOKENS = "/admin/api/personal/access_tokens.json";
const WANTED = { name: "Named", scopes: ["account_management"], permission: "ro" };
/** Makes nothing: nobody takes the money. */
const NEVER_DONE = "chargeInvoice";
/** What they make has a value that nobody can tell twice. */
const MAKE_TOKENS = ["createAccessToken", "createAccessTokenOfUser"];
const makers = (await everyOperation()).filter(({ methods, name }) => methods.includes("POST") && name !== NEVER_DONE && !MAKE_TOKENS.includes(name));

let latchkey: Deployment;
let account: TestAccount;
let admin: Person;
let world: World;
beforeAll(async () => {
  latchkey = await startDeployment();
  account = await createTestAccount(latchkey);
  admin = await account.token(account.admin, { scopes: SCOPES });
  world = new World(latchkey, account);
});
afterAll(() => latchkey?.stop());

const send = (path: string, key: string | undefined, json?: object, { token = admin.value, method = "POST" } = {}): Promise<Answer> =>
  request(latchkey, method, path, { token, headers: key === undefined ? {} : { "idempotency-key": key }, ...(json === undefined ? {} : { json }) });
/** Every row but those that only say that a request was carried out. */
const rows = async () => new Map((await everyRow(latchkey)).filter(({ type }) => type !== "request").map((row) => [`${row.pk} ${row.sk}`, JSON.stringify(row)]));
const tokensCalled = async (name: string) => (await everyRow(latchkey)).filter((row) => row["type"] === "access_token" && row["name"] === name);
const REUSED = [422, { error: "This idempotency key came with another request before", code: "idempotency_key_reused" }];
const shown = ({ status, json }: Answer) => [status, json];

describe("sent again under the same key, one effect and one answer has", () => {
  it("something to try", () => {
    expect(makers.length).toBeGreaterThan(15);
  });

  it.each(sample("operations under a key", 8, makers.map((operation) => [operation.name, operation] as const)))("%s", async (_name, operation: Operation) => {
    const path = `${await pathOf(operation, (place) => world.at(place))}.json`;
    const { json } = await givenTo(operation, "POST", world);
    const key = randomUUID();
    const first = await send(path, key, json);
    expect([first.status, first.text]).toEqual([201, expect.any(String)]);
    const after = await rows();
    const again = await send(path, key, json);
    expect([again.status, again.text, again.headers.get("location")]).toEqual([201, first.text, first.headers.get("location")]);
    expect(await rows()).toEqual(after);
  });

  it("a creation that comes twenty times at once", async () => {
    const [key, name] = [randomUUID(), "At once"];
    const answers = await Promise.all(Array.from({ length: 20 }, () => send("/admin/api/services.json", key, { name })));
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect((await everyRow(latchkey)).filter((row) => row["type"] === "service" && row["name"] === name)).toHaveLength(1);
  });

  it("somebody who is signed in, apart from their tokens", async () => {
    const key = randomUUID();
    const { member } = account.admin;
    const context = {
      kind: "member", accountId: String(member.accountId), memberId: String(member.id), role: "admin", sections: "", services: "all", sessionId: "x".repeat(32),
    };
    const inPerson = () => latchkey.invoke("createAccessToken", httpEvent({
      method: "POST", path: `/p/api${TOKENS}`, headers: { "content-type": "application/json", "idempotency-key": key }, body: JSON.stringify({ ...WANTED, name: "In person" }), context,
    })) as Promise<{ readonly statusCode: number; readonly body: string }>;
    const [one, other] = [await inPerson(), await inPerson()];
    const idIn = (body: string) => (JSON.parse(body) as { access_token: { id: number } }).access_token.id;
    expect([one.statusCode, idIn(other.body)]).toEqual([201, idIn(one.body)]);
    expect((await send(TOKENS, key, { ...WANTED, name: "In person" })).json.access_token.id).not.toBe(idIn(one.body));
    expect(await tokensCalled("In person")).toHaveLength(2);
  });
});

describe("an access token that is asked for again under the same key", () => {
  const uses = async ({ json }: Answer) => (await request(latchkey, "GET", TOKENS, { token: json.access_token.value })).status;
  const withoutValue = ({ status, json }: Answer) => [status, { ...json.access_token, value: undefined, updated_at: undefined }];

  it("is the same one, with another value: the first, which may have been lost, is dead, and nobody kept it", async () => {
    const [key, name] = [randomUUID(), "Asked for again"];
    const first = await send(TOKENS, key, { ...WANTED, name });
    expect(await uses(first)).toBe(200);
    const again = await send(TOKENS, key, { ...WANTED, name });
    expect(withoutValue(again)).toEqual(withoutValue(first));
    expect([await uses(first), await uses(again)]).toEqual([403, 200]);
    const [row, ...others] = await tokensCalled(name);
    expect([others, row?.["version"]]).toEqual([[], 2]);
    // Who reads the record learns that the value is another.
    const { token } = admin;
    const told = (await everyRow(latchkey)).filter((each) => each["type"] === "event" && (each["subject"] as { tokenId?: number }).tokenId === again.json.access_token.id);
    expect(told.map(({ event, actor, subject, facts }) => ({ event, actor, subject, facts })).toSorted((one, two) => String(one.event).localeCompare(String(two.event)))).toEqual([
      expect.objectContaining({ event: "access_token.created" }),
      { event: "access_token.updated", actor: { memberId: token.ownerId, tokenId: token.id }, subject: { memberId: token.ownerId, tokenId: again.json.access_token.id }, facts: JSON.stringify({ name, value: "replaced" }) },
    ]);
  });

  it("is nobody's any more when its owner has been suspended meanwhile", async () => {
    const person = await account.member({ sections: ["partners"] });
    const key = randomUUID();
    const made = (await send(TOKENS, key, WANTED, { token: person.value })).json.access_token.id as number;
    const asked = { key: (await everyRow(latchkey)).findLast((row) => row["type"] === "request" && row["made"] === String(made))! };
    const named = { key: { pk: asked.key.pk, sk: asked.key.sk }, asked: String(asked.key["asked"]) };
    await rewriteMember(latchkey, person.member, { state: "suspended" });
    const again = issueAccessToken({ ...latchkey.operator, named }, { kind: "access_token", token: person.token, owner: person.member }, { ...WANTED, scopes: ["account_management"], permission: "ro", expiresAt: "never" });
    await expect(again).rejects.toMatchObject({ code: "access_denied" });
  });

  it("is one, and one of its values works, when it is asked for many times at once", async () => {
    const [key, name] = [randomUUID(), "At once"];
    const answers = await Promise.all(Array.from({ length: 10 }, () => send(TOKENS, key, { ...WANTED, name })));
    const made = answers.filter(({ status }) => status === 201);
    // Who lost every race is told to try again.
    expect(answers.filter(({ status }) => ![201, 503].includes(status))).toEqual([]);
    expect(await tokensCalled(name)).toHaveLength(1);
    expect((await Promise.all(made.map(uses))).filter((status) => status === 200)).toHaveLength(1);
  });

  it("is not brought back when it was deleted", async () => {
    const key = randomUUID();
    const { id } = (await send(TOKENS, key, WANTED)).json.access_token;
    await send(TOKENS.replace(".json", `/${id}`), undefined, undefined, { method: "DELETE" });
    expect((await send(TOKENS, key, WANTED)).status).toBe(404);
  });
});

describe("another effect has", () => {
  it.each<[string, (name: string) => Promise<Answer>[]]>([
    ["the same without a key", (name) => [send(TOKENS, undefined, { ...WANTED, name }), send(TOKENS, undefined, { ...WANTED, name })]],
    ["the same under a blank key", (name) => [send(TOKENS, " ", { ...WANTED, name }), send(TOKENS, " ", { ...WANTED, name })]],
    ["the same under another key", (name) => [send(TOKENS, randomUUID(), { ...WANTED, name }), send(TOKENS, randomUUID(), { ...WANTED, name })]],
    ["the same key of another token", (name) => [send(TOKENS, `key of ${name}`, { ...WANTED, name }), send(TOKENS, `key of ${name}`, { ...WANTED, name }, { token: account.admin.value })]],
  ])("%s", async (name, both) => {
    const answers = await Promise.all(both(name));
    expect(answers.map(({ status }) => status)).toEqual([201, 201]);
    expect(await tokensCalled(name)).toHaveLength(2);
  });

  it("what was refused the first time, and is sent again with what it lacked", async () => {
    const key = randomUUID();
    expect((await send(TOKENS, key, { ...WANTED, name: "" })).status).toBe(422);
    expect((await send(TOKENS, key, { ...WANTED, name: "Put right" })).status).toBe(201);
  });

  it("nothing that is refused only when it comes to be stored: that is said as without a key", async () => {
    const wanted = { name: "Held", system_name: "held" };
    const [first, without, named] = [await send("/admin/api/services.json", undefined, wanted), await send("/admin/api/services.json", undefined, wanted), await send("/admin/api/services.json", randomUUID(), wanted)];
    expect([first.status, without.status, shown(named)]).toEqual([201, 422, shown(without)]);
  });

  it("a change, which needs no key: whoever sends it again asks for the same", async () => {
    const { id } = (await send(TOKENS, undefined, WANTED)).json.access_token;
    const path = TOKENS.replace(".json", `/${id}`);
    const key = randomUUID();
    for (const name of ["Once", "Twice", "Once"]) expect((await send(path, key, { name }, { method: "PUT" })).json.access_token.name).toBe(name);
    expect([(await send(path, key, undefined, { method: "DELETE" })).status, (await send(path, key, undefined, { method: "DELETE" })).status]).toEqual([200, 404]);
    // What could be carried out once, as its creation is, is not either.
    const plan = `/admin/api/account_plans/${(await send("/admin/api/account_plans.json", undefined, { name: "Plan" })).json.account_plan.id}.json`;
    for (const name of ["Once", "Twice", "Once"]) expect((await send(plan, key, { name }, { method: "PUT" })).json.account_plan?.name).toBe(name);
  });
});

it("white space around a key is not part of it", async () => {
  const key = randomUUID();
  const [first, again] = [await send("/admin/api/services.json", key, { name: key }), await send("/admin/api/services.json", `  ${key} `, { name: key })];
  expect([first.status, again.text]).toEqual([201, first.text]);
});

describe("refused is", () => {
  it("a key that came with another request, to the same place or to another", async () => {
    const key = randomUUID();
    expect((await send(TOKENS, key, WANTED)).status).toBe(201);
    const before = await rows();
    expect(shown(await send(TOKENS, key, { ...WANTED, name: "Other" }))).toEqual(REUSED);
    expect(shown(await send("/admin/api/services.json", key, { name: "Other" }))).toEqual(REUSED);
    expect(await rows()).toEqual(before);
  });

  it.each([["that is too long", "k".repeat(256)], ["of other characters than ASCII", "clé"], ["with a tab in it", "a\tb"]])("a key %s", async (_what, key) => {
    const before = await rows();
    expect(shown(await send(TOKENS, key, WANTED))).toEqual([400, { error: "Idempotency-Key must be up to 255 visible ASCII characters", code: "malformed_request" }]);
    expect(await rows()).toEqual(before);
  });

  it("whoever may not do it any more, though they did", async () => {
    const person = await account.member({ sections: ["partners"] });
    const key = randomUUID();
    const sent = () => send(TOKENS, key, WANTED, { token: person.value });
    expect((await sent()).status).toBe(201);
    await request(latchkey, "PUT", `/admin/api/users/${person.member.id}/permissions.json`, { token: admin.value, json: { allowed_sections: [] } });
    expect((await sent()).status).toBe(403);
  });

  it("as not found, whoever made what is gone since", async () => {
    const key = randomUUID();
    const { id } = (await send("/admin/api/services.json", key, { name: "Gone since" })).json.service;
    await send(`/admin/api/services/${id}.json`, undefined, undefined, { method: "DELETE" });
    const before = await rows();
    expect((await send("/admin/api/services.json", key, { name: "Gone since" })).status).toBe(404);
    expect(await rows()).toEqual(before);
  });
});

describe("what is kept", () => {
  it("shows neither the key nor the value to whoever reads the table, and goes after a day", async () => {
    const key = randomUUID();
    const { value } = (await send(TOKENS, key, WANTED)).json.access_token as { value: string };
    const all = await everyRow(latchkey);
    expect(JSON.stringify(all)).not.toContain(key);
    // The ids before it are those of the row.
    const secret = value.slice(-49);
    const pieces = Array.from({ length: secret.length - 11 }, (_, at) => secret.slice(at, at + 12));
    expect(pieces.filter((piece) => JSON.stringify(all).includes(piece))).toEqual([]);
    const now = Date.now() / 1000;
    const kept = all.filter(({ type }) => type === "request").map((row) => Number(row["ttl"]) - now);
    expect(kept.filter((seconds) => seconds < 23 * 3600 || seconds > 25 * 3600)).toEqual([]);
    expect(kept.length).toBeGreaterThan(0);
  });

  it("costs one read more", async () => {
    const key = randomUUID();
    const calls = async () => {
      latchkey.proxy.reset();
      await send(TOKENS, key, WANTED);
      return latchkey.proxy.calls.filter(({ action }) => action !== "BatchGetItem").map(({ action }) => action);
    };
    expect(await calls()).toEqual(["GetItem", "TransactWriteItems"]);
    expect(await calls()).toEqual(["GetItem", "GetItem", "TransactWriteItems"]);
  });
});
