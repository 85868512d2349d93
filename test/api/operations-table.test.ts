import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { id, type ServiceId } from "../../lib/domain/brands.ts";
import { SCOPES, SECTIONS, type Scope } from "../../lib/domain/model.ts";
import { SECTION_OF } from "../../lib/domain/rights.ts";
import type { Operation } from "../../lib/http/operation.ts";
import { createTestAccount, type Person, type TestAccount } from "../support/account.ts";
import { startDeployment, type Deployment } from "../support/deployment.ts";
import { request, type Answer } from "../support/request.ts";
import { everyRow, rewriteMember, rewriteToken } from "../support/rows.ts";
import { givenTo, INPUTS, lacking, LISTS_OF_SEVERAL_SERVICES, NAMED_BY_INPUT, pathOf, placesIn, World } from "./operations-table.ts";
import { everyOperation } from "./wrong-input.ts";

/**
 * The whole table of operations against everyone who may not: each answers as README.md's table of errors says, and
 * nothing is written. A new operation is in here as soon as it is declared; what it needs is told by the first test.
 */
const operations = await everyOperation();
const AT_ONCE = 20;

let latchkey: Deployment;
let account: TestAccount;
/** A service that `limited` reaches, one that they do not, and one of another account. */
let own: World;
let hidden: World;
let foreign: World;
let unscoped: Map<string, Person>;
let unsectioned: Map<string, Person>;
const people = {} as Record<"deleted" | "expired" | "suspended" | "readOnly" | "limited" | "zero" | "member" | "admin", Person>;
let serviceToken: string;

/** 3scale's scopes, by path; the first that fits. */
const SCOPES_BY_PATH = [
  [/^\/admin\/api\/registry\//, ["policy_registry"]],
  [/^\/admin\/api\/services\/\{service_id\}\/proxy\/policies$/, ["account_management", "policy_registry"]],
  [/^\/admin\/api\//, ["account_management"]],
  [/^\/api\//, ["finance", "account_management"]],
  [/^\/stats\//, ["stats"]],
] as const;
const ALL = { scopes: SCOPES } as const;

beforeAll(async () => {
  latchkey = await startDeployment();
  account = await createTestAccount(latchkey);
  const other = await createTestAccount(latchkey);
  [own, hidden, foreign] = [new World(latchkey, account), new World(latchkey, account), new World(latchkey, other)];
  const places = [...new Set(operations.filter((each) => lacking(each).length === 0).flatMap(placesIn))];
  await Promise.all([own, hidden, foreign].map(async (world) => {
    for (const place of places) await world.at(place);
    for (const input of Object.values(INPUTS)) await input(world);
  }));

  const reached = id<ServiceId>(Number(await own.at("/admin/api/services/{}")));
  people.limited = await account.member({ sections: SECTIONS, serviceAccess: [reached] }, ALL);
  people.zero = await account.member({ sections: SECTIONS, serviceAccess: [] }, ALL);
  people.member = await account.member({ sections: SECTIONS, serviceAccess: "all" }, ALL);
  people.admin = await account.token(account.admin, ALL);
  people.readOnly = await account.token(account.admin, { ...ALL, permission: "ro" });
  people.deleted = await account.token(account.admin, ALL);
  await request(latchkey, "DELETE", `/admin/api/personal/access_tokens/${people.deleted.token.id}.json`, { token: people.deleted.value });
  people.expired = await account.token(account.admin, ALL);
  await rewriteToken(latchkey, people.expired.token, { expiresAt: people.expired.token.createdAt - 1 });
  people.suspended = await account.member({ sections: SECTIONS, serviceAccess: "all" }, ALL);
  await rewriteMember(latchkey, people.suspended.member, { state: "suspended" });
  serviceToken = (await own.get(`/admin/api/services/${reached}/service_token`)).service_token.value as string;

  unscoped = await forEach(new Set(operations.map(({ requires }) => keyOf(requires.scopes))), (scopes) => (
    account.token(account.admin, { scopes: SCOPES.filter((scope) => !scopes.split(",").includes(scope)) })));
  unsectioned = await forEach(new Set(operations.flatMap(sectionsLost)), async (lost) => {
    const person = await account.member({ sections: SECTIONS, serviceAccess: "all" }, ALL);
    // They held it when the token was made.
    await rewriteMember(latchkey, person.member, { sections: SECTIONS.filter((section) => !lost.split(",").includes(section)) });
    return person;
  });
}, 120_000);
afterAll(() => latchkey?.stop());

const keyOf = (names: readonly string[]) => names.join(",");
const sectionsOfScopes = ({ requires }: Operation) => requires.scopes.map((scope: Scope) => SECTION_OF[scope]);
/** The sections without which an operation is closed: those of its scopes, all at once, and the one beyond. */
const sectionsLost = (operation: Operation) => [keyOf(sectionsOfScopes(operation)), ...(operation.requires.section === undefined ? [] : [operation.requires.section])];

const GATEWAYS_OWN = [403, { message: "Forbidden" }] as const;
const ACCESS_DENIED = [403, { error: "Access denied", code: "access_denied" }] as const;
const NO_SERVICES = [403, { error: "Access denied", code: "no_service_access" }] as const;
const FORBIDDEN = [403, { status: "Forbidden", code: "forbidden" }] as const;
const NOT_FOUND = [404, { status: "Not found", code: "not_found" }] as const;
const lacks = (code: string, missing: readonly string[]) => [403, { error: "Your access token does not have the correct permissions", code, missing }] as const;

type Call = { readonly operation: Operation; readonly method?: string; readonly extension?: string; readonly token?: string | undefined; readonly path: string; readonly world: World };

async function send({ operation, method = operation.methods[0]!, extension = "json", token, path, world }: Call): Promise<Answer> {
  const { query, json } = await givenTo(operation, method, world);
  return request(latchkey, method, `${path}.${extension}${query}`, { ...(token === undefined ? {} : { token }), ...(json === undefined ? {} : { json }) });
}

const inWorld = (world: World) => (operation: Operation) => pathOf(operation, (place) => world.at(place));
/** The same path with ids that were never given to anything; what is no id stays. */
const missingIn = (world: World) => (operation: Operation) => pathOf(operation, (place, variable) => (variable.endsWith("id") ? Promise.resolve("4711") : world.at(place)));

/** What each of these operations answers. */
async function answersOf(asked: readonly Operation[], person: Person, world: World, path: (operation: Operation) => Promise<string>) {
  const answers = new Map<Operation, readonly [number, object]>();
  await wrongOf(asked, async (operation) => {
    const { status, json } = await send({ operation, token: person.value, path: await path(operation), world });
    answers.set(operation, [status, json as object]);
    return undefined;
  });
  return answers;
}

/** Runs over all of them, a few at a time, and tells those that are not as they should be. */
async function wrongOf<T extends { readonly name: string }>(all: readonly T[], check: (each: T) => Promise<string | undefined>): Promise<readonly string[]> {
  const wrong: string[] = [];
  for (let at = 0; at < all.length; at += AT_ONCE) {
    const found = await Promise.all(all.slice(at, at + AT_ONCE).map(check));
    wrong.push(...found.filter((each) => each !== undefined));
  }
  return wrong;
}

async function forEach<T>(keys: ReadonlySet<string>, make: (key: string) => Promise<T>): Promise<Map<string, T>> {
  const made = new Map<string, T>();
  for (const key of keys) made.set(key, await make(key));
  return made;
}

const told = ({ name }: Operation, expected: unknown, { status, text }: Answer) => `${name}: expected ${JSON.stringify(expected)}, answered ${status} ${text.slice(0, 200)}`;

/** Those of these operations that, called so, do not answer so; and the rows that changed, though nothing is to be written. */
async function notRefused(
  asked: readonly Operation[], token: (operation: Operation) => string | undefined, expected: (operation: Operation) => readonly [number, object],
  { path = inWorld(own), methods = (operation: Operation): readonly string[] => operation.methods.slice(0, 1), world = own } = {},
): Promise<readonly string[]> {
  const before = await rows();
  const calls = asked.flatMap((operation) => methods(operation).map((method) => ({ name: operation.name, operation, method })));
  const wrong = await wrongOf(calls, async ({ operation, method }) => {
    const answer = await send({ operation, method, token: token(operation), path: await path(operation), world });
    const [status, body] = expected(operation);
    return answer.status === status && sameJson(answer.json, body) ? undefined : told(operation, [status, body], answer);
  });
  const after = await rows();
  const changed = [...new Set([...before.keys(), ...after.keys()])].filter((key) => before.get(key) !== after.get(key));
  return [...wrong, ...changed.map((key) => `written: ${key}`)];
}

/** Every row as text, by its key. */
async function rows(): Promise<ReadonlyMap<string, string>> {
  return new Map((await everyRow(latchkey)).map((row) => [`${row.pk} ${row.sk}`, JSON.stringify(row)]));
}

/** What is no id of ours, such as the number of a version, may be in any answer; so may a longer number, such as that of a record. */
function showsAny({ text }: Answer, ids: readonly string[]): boolean {
  const numbers = new Set(text.match(/\d+/g));
  return ids.some((each) => /^\d{7,}$/.test(each) && numbers.has(each));
}

function sameJson(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

const writes = operations.filter(({ requires }) => requires.effect === "write");
const aboutServices = operations.filter(({ requires }) => requires.about === "services");
const adminsOnly = operations.filter(({ requires }) => requires.role === "admin");
/** A variable that names a thing, unlike those that choose among what every service has. */
const THING = /\{(?!environment|version)\w+\+?\}/;
const naming = operations.filter(({ name, path }) => THING.test(path) || NAMED_BY_INPUT.includes(name));
/** Refused for everybody but oneself without a look at who that is: 403, whether they exist or not. */
const ONLY_ONESELF = ["createAccessTokenOfUser"];
const everyMethod = { methods: (operation: Operation) => operation.methods };

describe("the table of operations", () => {
  it("is known here: each operation has something to work on", () => {
    expect(operations.flatMap(lacking)).toEqual([]);
  });

  it("has someone to refuse in each of the groups below", () => {
    expect([operations, writes, aboutServices, adminsOnly, naming].map((group) => group.length).filter((length) => length < 5)).toEqual([]);
  });
});

/** What an operation declares decides everything below: here it is said a second time, by method and path. */
describe("every operation declares", () => {
  const named = operations.map((operation) => [operation.name, operation] as const);

  it.each(named)("%s: that it reads, exactly when it is asked for by GET (D3)", (_name, { methods, requires }) => {
    expect(requires.effect).toBe(methods.includes("GET") ? "read" : "write");
  });

  it.each(named)("%s: the scope of its API", (_name, { path, requires }) => {
    const [, scopes] = SCOPES_BY_PATH.find(([pattern]) => pattern.test(path))!;
    expect(requires.scopes).toEqual(scopes);
  });

  it.each(named)("%s: that it is open in person, exactly when it is about what is the caller's own, or a service's token", (_name, { path, requires }) => {
    expect(requires.openInPerson === true).toBe(/^\/admin\/api\/(personal\/|service_tokens$|services\/\{id\}\/service_token$)/.test(path));
  });

  it.each(named)("%s: that it is about services, exactly when its path goes through what belongs to one (D4)", (_name, { path, requires }) => {
    expect(requires.about).toBe(/\/(services|service_tokens|application_plans|applications|proxy_configs)(\/|$)/.test(path) ? "services" : "account");
  });
});

describe("nobody gets in", () => {
  it("without a token", async () => {
    expect(await notRefused(operations, () => undefined, () => ACCESS_DENIED, everyMethod)).toEqual([]);
  });

  it("without a token, in XML", async () => {
    const inXml = operations.filter(({ formats }) => formats?.includes("xml"));
    expect(await wrongOf(inXml, async (operation) => {
      const answer = await send({ operation, extension: "xml", path: await inWorld(own)(operation), world: own });
      const expected = '<?xml version="1.0" encoding="UTF-8"?><error>Access denied</error>';
      return answer.status === 403 && answer.text === expected ? undefined : told(operation, expected, answer);
    })).toEqual([]);
  });

  it("with a token that is unknown, because it was deleted", async () => {
    expect(await notRefused(operations, () => people.deleted.value, () => GATEWAYS_OWN, everyMethod)).toEqual([]);
  });
  it("with a token that has expired", async () => {
    expect(await notRefused(operations, () => people.expired.value, () => GATEWAYS_OWN)).toEqual([]);
  });
  it("with the token of a member who is suspended (D2)", async () => {
    expect(await notRefused(operations, () => people.suspended.value, () => GATEWAYS_OWN)).toEqual([]);
  });
  it("with a service token", async () => {
    expect(await notRefused(operations, () => serviceToken, () => ACCESS_DENIED)).toEqual([]);
  });
});

describe("a token is held to what it carries and to what its owner may now (D1, D3)", () => {
  it("without a scope of the operation", async () => {
    const missing = ({ requires }: Operation) => SCOPES.filter((scope) => requires.scopes.includes(scope)).map((scope) => `scope:${scope}`);
    const token = ({ requires }: Operation) => unscoped.get(keyOf(requires.scopes))?.value;
    expect(await notRefused(operations, token, (operation) => lacks("insufficient_scope", missing(operation)))).toEqual([]);
  });

  it("of an owner who lost the section since", async () => {
    const missing = (operation: Operation) => sectionsOfScopes(operation).map((section) => `section:${section}`);
    const token = (operation: Operation) => unsectioned.get(keyOf(sectionsOfScopes(operation)))?.value;
    expect(await notRefused(operations, token, (operation) => lacks("insufficient_rights", missing(operation)))).toEqual([]);
  });

  it("of an owner who lost the section that the operation asks beyond its scope", async () => {
    const asking = operations.filter(({ requires }) => requires.section !== undefined);
    const token = ({ requires }: Operation) => unsectioned.get(requires.section!)?.value;
    expect(await notRefused(asking, token, ({ requires }) => lacks("insufficient_rights", [`section:${requires.section!}`]))).toEqual([]);
  });

  it("that may only read, on a write", async () => {
    expect(await notRefused(writes, () => people.readOnly.value, () => lacks("read_only", ["permission:rw"]), everyMethod)).toEqual([]);
  });
  it("of a member, where only admins may", async () => {
    expect(await notRefused(adminsOnly, () => people.member.value, () => FORBIDDEN)).toEqual([]);
  });
});

describe("services (D4)", () => {
  it("whoever reaches none is refused by every operation about services", async () => {
    expect(await notRefused(aboutServices, () => people.zero.value, () => NO_SERVICES)).toEqual([]);
  });

  it("one that is hidden, with all that belongs to it, is like one that does not exist", async () => {
    const hiding = aboutServices.filter((operation) => naming.includes(operation) && !LISTS_OF_SEVERAL_SERVICES.includes(operation.name));
    const missing = await answersOf(hiding, people.limited, hidden, missingIn(hidden));
    expect(await notRefused(hiding, () => people.limited.value, (operation) => missing.get(operation)!, { path: inWorld(hidden), world: hidden })).toEqual([]);
    expect(hiding.filter((operation) => missing.get(operation)![0] !== (operation.requires.role === "admin" ? 403 : 404)).map(({ name }) => name)).toEqual([]);
  });

  it("one that is hidden is in no list, nor is anything of it", async () => {
    const ids = await hidden.ids();
    const lists = aboutServices.filter((operation) => operation.requires.effect === "read" && (!naming.includes(operation) || LISTS_OF_SEVERAL_SERVICES.includes(operation.name)));
    expect(await wrongOf(lists, async (operation) => {
      const answer = await send({ operation, token: people.limited.value, path: await inWorld(hidden)(operation), world: hidden });
      return answer.status === 200 && !showsAny(answer, ids) ? undefined : told(operation, "200 without anything hidden", answer);
    })).toEqual([]);
  });
});

describe("another account's things do not exist (D4)", () => {
  it("under any path, for an admin with a token for everything", async () => {
    const { admin } = people;
    const missing = await answersOf(naming, admin, foreign, missingIn(foreign));
    expect(await notRefused(naming, () => admin.value, (operation) => missing.get(operation)!, { path: inWorld(foreign), world: foreign })).toEqual([]);
    const told404 = naming.filter((operation) => missing.get(operation)![0] === 404).map(({ name }) => name);
    expect([...told404, ...ONLY_ONESELF].toSorted()).toEqual(naming.map(({ name }) => name).toSorted());
  });

  it("nor under the path of something of one's own", async () => {
    const nested = naming.filter(({ path }) => /\}.*\{(?!environment|version)\w+\+?\}/.test(path));
    const path = (operation: Operation) => pathOf(operation, (place, _variable, isLast) => (isLast ? foreign : own).at(place));
    expect(await notRefused(nested, () => people.admin.value, () => NOT_FOUND, { path })).toEqual([]);
  });

  it("are in no list", async () => {
    const ids = await foreign.ids();
    const lists = operations.filter((operation) => operation.requires.effect === "read" && !naming.includes(operation));
    expect(await wrongOf(lists, async (operation) => {
      const answer = await send({ operation, token: people.admin.value, path: await inWorld(own)(operation), world: own });
      return answer.status === 200 && !showsAny(answer, ids) ? undefined : told(operation, "200 without anything of another account", answer);
    })).toEqual([]);
  });
});

/** Last, because it changes things: without this, all the refusals above might have been of something else. */
describe("with what it needs", () => {
  it("every operation is let in and finds what it is about", async () => {
    const last = (operation: Operation) => (operation.methods.includes("DELETE") ? operation.path.length : Number.MAX_SAFE_INTEGER);
    // One after the other, what contains others last.
    for (const operation of operations.toSorted((a, b) => last(b) - last(a))) {
      const answer = await send({ operation, token: people.admin.value, path: await inWorld(hidden)(operation), world: hidden });
      // What cannot be done as things are has been found, and may be asked for.
      const isFound = [200, 201, 202, 422].includes(answer.status) || answer.json?.code === "refused";
      expect([operation.name, isFound ? "found" : answer.text]).toEqual([operation.name, "found"]);
    }
  });
});
