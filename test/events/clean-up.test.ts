import { randomBytes } from "node:crypto";
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { id, type AccountId, type MemberId, type ServiceId } from "../../lib/domain/brands.ts";
import { BY_DEFAULT } from "../../lib/domain/service-settings.ts";
import { importAccessToken } from "../../lib/operations/access-tokens.ts";
import { startSession } from "../../lib/operations/sessions.ts";
import { importService } from "../../lib/operations/services.ts";
import { threescaleDigest } from "../../lib/secrets/pepper.ts";
import { memberRow } from "../../lib/table/members.ts";
import type { Row } from "../../lib/table/model.ts";
import { createTestAccount, type Person, type TestAccount } from "../support/account.ts";
import { startDeployment, type Deployment } from "../support/deployment.ts";
import { request } from "../support/request.ts";
import { everyRow } from "../support/rows.ts";

let latchkey: Deployment;
let account: TestAccount;
let accountId: AccountId;

beforeAll(async () => {
  latchkey = await startDeployment();
  account = await createTestAccount(latchkey);
  ({ accountId } = account.admin.member);
});
afterAll(() => latchkey?.stop());

const api = async (method: string, path: string, json?: unknown) => {
  const answer = await request(latchkey, method, `/admin/api${path}`, { token: account.admin.value, ...(json === undefined ? {} : { json }) });
  expect(answer.status).toBe(200);
  return answer.json;
};
const deleteMember = (person: Person) => api("DELETE", `/users/${person.member.id}.json`);
const deleteService = (service: number) => api("DELETE", `/services/${service}.json`);
/** What was written reaches those who listen. */
async function delivered(): Promise<void> {
  await latchkey.pump.drain();
  await latchkey.bus.deliver();
}
/** The event that a deletion makes, once more. */
const again = (type: "member.deleted" | "service.deleted", subject: object, account_id: number = accountId) => latchkey.bus.put({
  Source: "latchkey", DetailType: type,
  Detail: JSON.stringify({ id: "x", account_id, at: "2026-01-01T00:00:00Z", actor: { member_id: 1 }, subject, facts: {} }),
});
/** A member who is signed in, with tokens of every kind: three of Latchkey's, and one that came from 3scale. */
async function manyTokens(): Promise<Person & { readonly values: readonly string[] }> {
  const person = await account.member({ sections: ["partners"] });
  const imported = randomBytes(48).toString("hex");
  await importAccessToken(latchkey.operator, person.member, { name: "From 3scale", scopes: ["account_management"], permission: "rw", expiresAt: "never" }, threescaleDigest(imported));
  const others = [await account.token(person, { permission: "ro" }), await account.token(person, { name: "third" })];
  await startSession(latchkey.operator, person.member);
  return { ...person, values: [person.value, ...others.map(({ value }) => value), imported] };
}
const works = async (values: readonly string[]) => {
  for (const token of values) expect((await request(latchkey, "GET", "/admin/api/services.json", { token })).status).toBe(200);
};
const isEvent = (row: Row) => row["type"] === "event";
const records = (rows: readonly Row[], type: string, about: Readonly<Record<string, number>>) => rows.filter((row) =>
  row["event"] === type && Object.entries(about).every(([name, value]) => (row["subject"] as Record<string, unknown>)[name] === value));
/** The rows of tokens that belong to a member, and the pointers by which imported ones are found. */
const tokensOf = (rows: readonly Row[], { id: ownerId }: { readonly id: MemberId }) => rows.filter((row) => row["ownerId"] === ownerId);

describe("after a member's deletion", () => {
  it("their tokens' rows are gone, imported ones and their pointers too, and each is recorded once", async () => {
    const person = await manyTokens();
    const neighbour = await manyTokens();
    await works(person.values);
    await delivered();
    await deleteMember(person);
    expect(tokensOf(await everyRow(latchkey), person.member).map(({ type }) => String(type)).sort()).toEqual(["access_token", "access_token", "access_token", "access_token", "imported"]);

    await delivered();
    const rows = await everyRow(latchkey);
    expect(tokensOf(rows, person.member)).toEqual([]);
    expect(rows.filter((row) => !isEvent(row) && JSON.stringify(row).includes(String(person.member.id)))).toEqual([]);
    const deletions = records(rows, "access_token.deleted", { memberId: person.member.id });
    expect(deletions).toHaveLength(4);
    for (const { actor } of deletions) expect(actor).toEqual({ system: "clean_up" });
    expect(tokensOf(rows, neighbour.member)).toHaveLength(5);
    await works(neighbour.values);
    await works([account.admin.value]);
  });

  it("the deletions of their tokens are published too, and that is the end of it", async () => {
    const person = await manyTokens();
    await delivered();
    await deleteMember(person);
    await delivered();
    await latchkey.pump.drain();
    const entries = await latchkey.bus.deliver();
    expect(entries.map(({ DetailType }) => DetailType)).toEqual(["access_token.deleted", "access_token.deleted", "access_token.deleted", "access_token.deleted"]);
    expect(await latchkey.pump.drain()).toBe(0);
  });

  it("the event may come twice, late, and many times at once: nothing more happens", async () => {
    const person = await manyTokens();
    await deleteMember(person);
    await Promise.all(Array.from({ length: 10 }, () => again("member.deleted", { member_id: person.member.id })));
    const rows = await everyRow(latchkey);
    expect(tokensOf(rows, person.member)).toEqual([]);
    expect(records(rows, "access_token.deleted", { memberId: person.member.id })).toHaveLength(4);
    for (let time = 0; time < 3; time++) await again("member.deleted", { member_id: person.member.id });
    await latchkey.pump.drain();
    await latchkey.pump.redeliver();
    await latchkey.bus.deliver();
    expect(records(await everyRow(latchkey), "access_token.deleted", { memberId: person.member.id })).toHaveLength(4);
    expect(latchkey.bus.deadLetters).toEqual([]);
  });

  it("a token that its owner deletes at the same time is recorded once", async () => {
    for (let round = 0; round < 5; round++) {
      const person = await manyTokens();
      await Promise.all([
        request(latchkey, "DELETE", `/admin/api/users/${person.member.id}/access_tokens/${person.token.id}.json`, { token: account.admin.value }),
        deleteMember(person).then(() => again("member.deleted", { member_id: person.member.id })),
      ]);
      const rows = await everyRow(latchkey);
      expect(tokensOf(rows, person.member)).toEqual([]);
      expect(records(rows, "access_token.deleted", { memberId: person.member.id, tokenId: person.token.id })).toHaveLength(1);
    }
  });

  it("a member who is there loses nothing, whatever the event says", async () => {
    const person = await manyTokens();
    const rows = await everyRow(latchkey);
    await again("member.deleted", { member_id: person.member.id });
    expect(await everyRow(latchkey)).toEqual(rows);
    await works(person.values);
  });

  it("a member who was put back meanwhile, as from a backup, loses nothing", async () => {
    const person = await manyTokens();
    await delivered();
    await deleteMember(person);
    const { documents: client, operator: { table: { name: TableName } } } = latchkey;
    await client.send(new PutCommand({ TableName, Item: memberRow(person.member) }));
    await delivered();
    expect(tokensOf(await everyRow(latchkey), person.member)).toHaveLength(5);
    await works(person.values);
  });

  it("another account's member of the same id loses nothing", async () => {
    const person = await manyTokens();
    const rows = await everyRow(latchkey);
    await again("member.deleted", { member_id: person.member.id }, (await createTestAccount(latchkey)).admin.member.accountId);
    expect(tokensOf(await everyRow(latchkey), person.member)).toEqual(tokensOf(rows, person.member));
  });

  it("what was interrupted is finished by the next delivery", async () => {
    const person = await manyTokens();
    await deleteMember(person);
    const { documents: client, operator: { table: { name: TableName } } } = latchkey;
    const [token] = tokensOf(await everyRow(latchkey), person.member).filter(({ type }) => type === "access_token");
    // A row that cannot be read stops the work until somebody has put it right.
    await client.send(new PutCommand({ TableName, Item: { ...token, scopes: "broken" } }));
    const before = latchkey.bus.deadLetters.length;
    await again("member.deleted", { member_id: person.member.id });
    expect(latchkey.bus.deadLetters).toHaveLength(before + 1);
    await client.send(new PutCommand({ TableName, Item: token! }));
    await again("member.deleted", { member_id: person.member.id });
    expect(tokensOf(await everyRow(latchkey), person.member)).toEqual([]);
    latchkey.bus.deadLetters.splice(before);
  });
});

describe("after a service's deletion", () => {
  const appsOf = (rows: readonly Row[], service: number) => rows.filter((row) => row["type"] === "application" && row["serviceId"] === service && row["accountId"] === accountId);
  const accessOf = async (person: Person) => (await api("GET", `/users/${person.member.id}/permissions.json`)).permissions.allowed_service_ids;
  const service = async (name: string): Promise<ServiceId> => {
    const made = await account.service(name);
    for (let at = 0; at < 3; at++) await account.application(made.id, `App ${at} of ${name}`);
    return id(made.id);
  };
  let kept: ServiceId;
  beforeAll(async () => {
    kept = await service("Kept");
  });

  it("its applications are gone and its id is in no member's list; nobody is widened, nobody else changed", async () => {
    const doomed = await service("Doomed");
    const both = await account.member({ sections: ["partners"], serviceAccess: [kept, doomed] });
    const only = await account.member({ sections: ["partners"], serviceAccess: [doomed] });
    const other = await account.member({ sections: ["partners"], serviceAccess: [kept] });
    const none = await account.member({ sections: ["partners"], serviceAccess: [] });
    const all = await account.member({ sections: ["partners"] });
    await delivered();
    await deleteService(doomed);
    const before = await everyRow(latchkey);
    await delivered();
    const rows = await everyRow(latchkey);

    expect([appsOf(rows, doomed).length, appsOf(rows, kept).length]).toEqual([0, 3]);
    expect([await accessOf(both), await accessOf(only), await accessOf(other), await accessOf(none), await accessOf(all)]).toEqual([[kept], [], [kept], [], null]);
    expect((await request(latchkey, "GET", "/admin/api/services.json", { token: only.value })).json.code).toBe("no_service_access");
    const memberIn = (all: readonly Row[], { member }: Person) => all.find((row) => row["type"] === "member" && row["id"] === member.id);
    for (const person of [other, none, all, account.admin]) expect(memberIn(rows, person)).toEqual(memberIn(before, person));
    for (const person of [both, only]) {
      expect(memberIn(rows, person)).toMatchObject({ version: Number(memberIn(before, person)?.["version"]) + 1, sections: ["partners"], role: "member", state: "active" });
      expect(records(rows, "member.rights_changed", { memberId: person.member.id })).toHaveLength(2);
    }
    const left = rows.filter((row) => JSON.stringify(row).includes(String(doomed))).map(({ type }) => type);
    expect(left).toContain("deleted_service");
    for (const type of ["service", "service_token", "application", "application_traffic", "member"]) expect(left).not.toContain(type);
  });

  it("the event may come twice, late, and many times at once: each member is changed once", async () => {
    const doomed = await service("Doomed twice");
    const people = [await account.member({ sections: ["partners"], serviceAccess: [doomed, kept] }), await account.member({ sections: ["partners"], serviceAccess: [doomed] })];
    await deleteService(doomed);
    await Promise.all(Array.from({ length: 10 }, () => again("service.deleted", { service_id: doomed })));
    const rows = await everyRow(latchkey);
    for (const { member } of people) expect(records(rows, "member.rights_changed", { memberId: member.id })).toHaveLength(2);
    expect(appsOf(rows, doomed)).toEqual([]);
    for (let time = 0; time < 3; time++) await again("service.deleted", { service_id: doomed });
    expect(await everyRow(latchkey)).toEqual(rows);
    expect(latchkey.bus.deadLetters).toEqual([]);
  });

  it("a service that is there loses nothing, whatever the event says", async () => {
    const person = await account.member({ sections: ["partners"], serviceAccess: [kept] });
    const rows = await everyRow(latchkey);
    await again("service.deleted", { service_id: kept });
    expect(await everyRow(latchkey)).toEqual(rows);
    expect(await accessOf(person)).toEqual([kept]);
  });

  it("another account's service of the same id loses nothing", async () => {
    const shared = id<ServiceId>(77);
    const other = await createTestAccount(latchkey);
    for (const owner of [accountId, other.admin.member.accountId]) await importService(latchkey.operator, owner, shared, { name: "Shared", settings: BY_DEFAULT });
    await other.application(shared, "Theirs");
    const theirs = await other.member({ sections: ["partners"], serviceAccess: [shared] });
    const ours = await account.member({ sections: ["partners"], serviceAccess: [shared] });
    await deleteService(shared);
    await delivered();
    expect(await accessOf(ours)).toEqual([]);
    const { json } = await request(latchkey, "GET", "/admin/api/applications.json", { token: theirs.value });
    expect(json.applications).toMatchObject([{ application: { name: "Theirs" } }]);
  });

  it("what an admin changes at the same time is not lost", async () => {
    const person = await account.member({ sections: ["partners"] });
    for (let round = 0; round < 10; round++) {
      const doomed = id<ServiceId>((await account.service(`Doomed in round ${round}`)).id);
      const permissions = `/users/${person.member.id}/permissions.json`;
      await api("PUT", permissions, { allowed_sections: ["partners"], allowed_service_ids: [doomed, kept] });
      await deleteService(doomed);
      await Promise.all([again("service.deleted", { service_id: doomed }), api("PUT", permissions, { allowed_sections: ["partners", "plans"] })]);
      expect((await api("GET", permissions)).permissions).toMatchObject({ allowed_sections: ["partners", "plans"], allowed_service_ids: [kept] });
    }
  });

  it("a member who is deleted at the same time stays deleted", async () => {
    for (let round = 0; round < 5; round++) {
      const doomed = id<ServiceId>((await account.service(`Doomed with a member ${round}`)).id);
      const person = await account.member({ sections: ["partners"], serviceAccess: [doomed] });
      await deleteService(doomed);
      await Promise.all([again("service.deleted", { service_id: doomed }), deleteMember(person)]);
      expect((await everyRow(latchkey)).filter((row) => row["type"] === "member" && row["id"] === person.member.id)).toEqual([]);
    }
  });
});

describe("what is not for it", () => {
  it.each([
    ["a deletion that somebody else tells of", "acme.catalogue", "member.deleted"],
    ["a deletion of a service elsewhere", "acme.catalogue", "service.deleted"],
    ["what is no deletion", "latchkey", "member.updated"],
  ])("%s changes nothing", async (_what, Source, DetailType) => {
    const person = await manyTokens();
    const { id: service } = await account.service(`Untouched ${DetailType} ${Source}`);
    await account.application(service, "App");
    await deleteMember(person);
    await deleteService(service);
    const rows = await everyRow(latchkey);
    await latchkey.bus.put({ Source, DetailType, Detail: JSON.stringify({ account_id: accountId, subject: { member_id: person.member.id, service_id: service } }) });
    expect(await everyRow(latchkey)).toEqual(rows);
    await delivered();
  });

  it.each([
    ["no account", { subject: { member_id: 1 } }],
    ["account 0", { account_id: 0, subject: { member_id: 1 } }],
    ["no subject", { account_id: 1 }],
  ])("an event with %s is tried three times and then lies in the dead-letter queue", async (_what, detail) => {
    const before = latchkey.bus.deadLetters.length;
    await latchkey.bus.put({ Source: "latchkey", DetailType: "member.deleted", Detail: JSON.stringify(detail) });
    expect(latchkey.bus.deadLetters.slice(before)).toEqual([expect.objectContaining({ requestPayload: expect.objectContaining({ detail }) })]);
  });
});

describe("the function", () => {
  it("touches rows of its account alone, never scans, and is denied nothing", async () => {
    const person = await manyTokens();
    const doomed = id<ServiceId>((await account.service("Doomed in the end")).id);
    await account.application(doomed, "App");
    await account.member({ sections: ["partners"], serviceAccess: [doomed] });
    await deleteMember(person);
    await deleteService(doomed);
    await latchkey.pump.drain();
    latchkey.proxy.reset();
    await latchkey.bus.deliver();
    const { logicalId } = latchkey.template.functions.find(({ name }) => name === "cleanUp")!;
    const calls = latchkey.proxy.calls.filter(({ principal }) => principal === logicalId);
    expect(new Set(calls.map(({ action }) => action))).toEqual(new Set(["GetItem", "Query", "TransactWriteItems"]));
    const partitions = calls.flatMap(({ keys }) => keys.flatMap((key) => Object.entries(key).filter(([name]) => name.endsWith("pk")).map(([, pk]) => pk)));
    expect(partitions.length).toBeGreaterThan(10);
    // A pointer to an imported token carries its digest, which belongs to one token.
    expect(partitions.filter((pk) => !pk.startsWith(`ACCOUNT#${accountId}#`) && !pk.startsWith(`EVENT#${accountId}#`) && !pk.startsWith("IMPORTED#"))).toEqual([]);
    expect(calls.filter(({ status }) => status === 400)).toEqual([]);
    expect(latchkey.logs()).not.toMatch(/AccessDenied|not authorized to perform/);
  });
});
