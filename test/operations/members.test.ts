import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { epochSeconds, id as idOf, type MemberId } from "../../lib/domain/brands.ts";
import type { Principal } from "../../lib/domain/model.ts";
import { readOwnAccount, updateOwnAccount } from "../../lib/operations/accounts.ts";
import { changeRole, changeState, createMember, deleteMember, updateMember, updateRights } from "../../lib/operations/members.ts";
import { readAccount } from "../../lib/table/accounts.ts";
import { listMembers, readMember } from "../../lib/table/members.ts";
import type { Deployment } from "../support/deployment.ts";
import { everyRow } from "../support/rows.ts";
import { meanwhile } from "../support/table.ts";
import { Workshop } from "../support/workshop.ts";

/** What becomes of a change when the member, or whoever changes them, is changed between the reading and the writing. */
const w = new Workshop();
beforeAll(() => w.open());
afterAll(() => w.close());

const accountId = () => w.account.admin.member.accountId;
const read = (id: MemberId) => readMember(w.operator.table, accountId(), id);
const names = async () => (await listMembers(w.operator.table, accountId())).map(({ username }) => username);
/** Another admin, who may be demoted. */
async function second(): Promise<Principal & { readonly kind: "member" }> {
  const id = await w.memberId();
  await changeState(w.operator, w.admin, id, "activate");
  return { kind: "member", member: await changeRole(w.operator, w.admin, id, "admin") };
}
const demoted = (of: Awaited<ReturnType<typeof second>>) => meanwhile(w.operator, () => changeRole(w.operator, w.admin, of.member.id, "member"));

describe("a member who is changed meanwhile", () => {
  it("is deleted all the same, as they are then", async () => {
    const id = await w.memberId();
    const renamed = w.email();
    await deleteMember(meanwhile(w.operator, () => updateMember(w.operator, w.admin, id, { username: renamed })), w.admin, id);
    expect(await read(id)).toBeUndefined();
    // And their new name is free.
    await expect(createMember(w.operator, w.admin, { username: renamed, email: w.email() })).resolves.toMatchObject({ username: renamed });
  });

  it("keeps that change beside this one", async () => {
    const [id, renamed] = [await w.memberId(), w.email()];
    await updateRights(meanwhile(w.operator, () => updateMember(w.operator, w.admin, id, { username: renamed })), w.admin, id, { sections: ["finance"] });
    expect(await read(id)).toMatchObject({ username: renamed, sections: ["finance"], version: 3 });
  });

  it("and is deleted, is not there for this one", async () => {
    const id = await w.memberId();
    const deps = meanwhile(w.operator, () => deleteMember(w.operator, w.admin, id));
    await expect(updateRights(deps, w.admin, id, { sections: ["finance"] })).rejects.toMatchObject({ code: "not_found" });
    expect(await read(id)).toBeUndefined();
  });
});

describe("a member who is suspended again", () => {
  it("stays as they were: their sessions ended when they were first suspended", async () => {
    const id = await w.memberId();
    await changeState(w.operator, w.admin, id, "activate");
    const suspended = await changeState(w.operator, w.admin, id, "suspend");
    const later = { ...w.operator, clock: () => epochSeconds(w.operator.clock() + 60) };
    expect(await changeState(later, w.admin, id, "suspend")).toEqual(suspended);
    expect(await read(id)).toEqual(suspended);
  });
});

describe("an admin who is demoted meanwhile", () => {
  it("makes nobody", async () => {
    const by = await second();
    const username = w.email();
    await expect(createMember(demoted(by), by, { username, email: w.email() })).rejects.toMatchObject({ code: "forbidden" });
    expect(await names()).not.toContain(username);
  });

  it.each<[string, (deps: Deployment["operator"], by: Principal, id: MemberId) => Promise<unknown>]>([
    ["deletes nobody", (deps, by, id) => deleteMember(deps, by, id)], ["renames nobody", (deps, by, id) => updateMember(deps, by, id, { username: w.email() })],
    ["gives no rights", (deps, by, id) => updateRights(deps, by, id, { sections: ["finance"] })], ["makes no admin", (deps, by, id) => changeRole(deps, by, id, "admin")],
    ["activates nobody", (deps, by, id) => changeState(deps, by, id, "activate")],
  ])("%s", async (_what, act) => {
    const [by, id] = [await second(), await w.memberId()];
    const was = await read(id);
    await expect(act(demoted(by), by, id)).rejects.toMatchObject({ code: "forbidden" });
    expect(await read(id)).toEqual(was);
  });
});

describe("a name that somebody takes meanwhile", () => {
  const TAKEN = { code: "invalid", fields: { username: ["has already been taken"] } };
  it("is theirs", async () => {
    const [username, id] = [w.email(), await w.memberId()];
    const taking = () => createMember(w.operator, w.admin, { username, email: w.email() });
    await expect(updateMember(meanwhile(w.operator, taking), w.admin, id, { username })).rejects.toMatchObject(TAKEN);
    const other = w.email();
    await expect(createMember(meanwhile(w.operator, () => createMember(w.operator, w.admin, { username: other, email: w.email() })), w.admin, { username: other, email: w.email() })).rejects.toMatchObject(TAKEN);
  });
});

describe("what is as it was already", () => {
  it("is neither stored nor recorded: a name of the account, a member's role, names, rights or state", async () => {
    const id = await w.memberId();
    await changeState(w.operator, w.admin, id, "activate");
    await updateOwnAccount(w.operator, w.admin, { name: "Same" });
    const before = await everyRow(w.latchkey);
    const { username } = (await read(id))!;
    await updateOwnAccount(w.operator, w.admin, { name: "Same" });
    await updateMember(w.operator, w.admin, id, { username });
    await changeRole(w.operator, w.admin, id, "member");
    await updateRights(w.operator, w.admin, id, { sections: [], serviceAccess: "all" });
    await changeState(w.operator, w.admin, id, "activate");
    expect(await everyRow(w.latchkey)).toEqual(before);
  });

  it("an account that is renamed counts on", async () => {
    const version = (await readAccount(w.operator.table, accountId()))!.version;
    await updateOwnAccount(w.operator, w.admin, { name: "Other" });
    expect(await readAccount(w.operator.table, accountId())).toMatchObject({ name: "Other", version: version + 1 });
  });
});

it("a suspension says when the sessions ended, and no other step does", async () => {
  const id = await w.memberId();
  await changeState(w.operator, w.admin, id, "activate");
  expect((await read(id))?.sessionsEndedAt).toBeUndefined();
  await changeState(w.operator, w.admin, id, "suspend");
  const ended = (await read(id))?.sessionsEndedAt;
  expect(ended).toBeGreaterThan(1_700_000_000);
  await changeState(w.operator, w.admin, id, "unsuspend");
  expect((await read(id))?.sessionsEndedAt).toBe(ended);
});

it("whoever is of an account that has gone does not find it", async () => {
  const { member } = w.account.admin;
  await expect(readOwnAccount(w.operator, { kind: "member", member: { ...member, accountId: idOf(1) } })).rejects.toMatchObject({ code: "not_found" });
});
