import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MemberId } from "../../lib/domain/brands.ts";
import type { Principal } from "../../lib/domain/model.ts";
import { updateOwnAccount } from "../../lib/operations/accounts.ts";
import { changeRole, changeState, createMember, deleteMember, updateMember, updateRights } from "../../lib/operations/members.ts";
import { readAccount } from "../../lib/table/accounts.ts";
import { listMembers, readMember } from "../../lib/table/members.ts";
import { createTestAccount, type TestAccount } from "../support/account.ts";
import { startDeployment, type Deployment } from "../support/deployment.ts";
import { everyRow } from "../support/rows.ts";
import { meanwhile } from "../support/table.ts";

/** What becomes of a change when the member, or whoever changes them, is changed between the reading and the writing. */
let latchkey: Deployment;
let account: TestAccount;
let admin: Principal;
beforeAll(async () => {
  latchkey = await startDeployment();
  account = await createTestAccount(latchkey);
  admin = { kind: "member", member: account.admin.member };
});
afterAll(() => latchkey?.stop());

let made = 0;
const accountId = () => account.admin.member.accountId;
const email = () => `m${++made}@example.com`;
const member = async () => (await createMember(latchkey.operator, admin, { username: email(), email: email() })).id;
const read = (id: MemberId) => readMember(latchkey.operator.table, accountId(), id);
const names = async () => (await listMembers(latchkey.operator.table, accountId())).map(({ username }) => username);
/** Another admin, who may be demoted. */
async function second(): Promise<Principal> {
  const id = await member();
  await changeState(latchkey.operator, admin, id, "activate");
  return { kind: "member", member: await changeRole(latchkey.operator, admin, id, "admin") };
}
const demoted = (of: Principal) => meanwhile(latchkey.operator, () => changeRole(latchkey.operator, admin, of.kind === "member" ? of.member.id : (0 as MemberId), "member"));

describe("a member who is changed meanwhile", () => {
  it("is deleted all the same, as they are then", async () => {
    const id = await member();
    const renamed = email();
    await deleteMember(meanwhile(latchkey.operator, () => updateMember(latchkey.operator, admin, id, { username: renamed })), admin, id);
    expect(await read(id)).toBeUndefined();
    // And their new name is free.
    await expect(createMember(latchkey.operator, admin, { username: renamed, email: email() })).resolves.toMatchObject({ username: renamed });
  });

  it("keeps that change beside this one", async () => {
    const id = await member();
    await updateRights(meanwhile(latchkey.operator, () => updateMember(latchkey.operator, admin, id, { username: `renamed${++made}` })), admin, id, { sections: ["finance"] });
    expect(await read(id)).toMatchObject({ username: `renamed${made}`, sections: ["finance"], version: 3 });
  });

  it("and is deleted, is not there for this one", async () => {
    const id = await member();
    const deps = meanwhile(latchkey.operator, () => deleteMember(latchkey.operator, admin, id));
    await expect(updateRights(deps, admin, id, { sections: ["finance"] })).rejects.toMatchObject({ code: "not_found" });
    expect(await read(id)).toBeUndefined();
  });
});

describe("an admin who is demoted meanwhile", () => {
  it("makes nobody", async () => {
    const by = await second();
    const username = email();
    await expect(createMember(demoted(by), by, { username, email: email() })).rejects.toMatchObject({ code: "forbidden" });
    expect(await names()).not.toContain(username);
  });

  it.each<[string, (deps: Deployment["operator"], by: Principal, id: MemberId) => Promise<unknown>]>([
    ["deletes nobody", (deps, by, id) => deleteMember(deps, by, id)], ["renames nobody", (deps, by, id) => updateMember(deps, by, id, { username: email() })],
    ["gives no rights", (deps, by, id) => updateRights(deps, by, id, { sections: ["finance"] })], ["makes no admin", (deps, by, id) => changeRole(deps, by, id, "admin")],
    ["activates nobody", (deps, by, id) => changeState(deps, by, id, "activate")],
  ])("%s", async (_what, act) => {
    const [by, id] = [await second(), await member()];
    const was = await read(id);
    await expect(act(demoted(by), by, id)).rejects.toMatchObject({ code: "forbidden" });
    expect(await read(id)).toEqual(was);
  });
});

describe("a name that somebody takes meanwhile", () => {
  const TAKEN = { code: "invalid", fields: { username: ["has already been taken"] } };
  it("is theirs", async () => {
    const [username, id] = [email(), await member()];
    const taking = () => createMember(latchkey.operator, admin, { username, email: email() });
    await expect(updateMember(meanwhile(latchkey.operator, taking), admin, id, { username })).rejects.toMatchObject(TAKEN);
    const other = email();
    await expect(createMember(meanwhile(latchkey.operator, () => createMember(latchkey.operator, admin, { username: other, email: email() })), admin, { username: other, email: email() })).rejects.toMatchObject(TAKEN);
  });
});

describe("what is as it was already", () => {
  it("is neither stored nor recorded: a name of the account, a member's role, names, rights or state", async () => {
    const id = await member();
    await changeState(latchkey.operator, admin, id, "activate");
    await updateOwnAccount(latchkey.operator, admin, { name: "Same" });
    const before = await everyRow(latchkey);
    const { username } = (await read(id))!;
    await updateOwnAccount(latchkey.operator, admin, { name: "Same" });
    await updateMember(latchkey.operator, admin, id, { username });
    await changeRole(latchkey.operator, admin, id, "member");
    await updateRights(latchkey.operator, admin, id, { sections: [], serviceAccess: "all" });
    await changeState(latchkey.operator, admin, id, "activate");
    expect(await everyRow(latchkey)).toEqual(before);
  });

  it("an account that is renamed counts on", async () => {
    const version = (await readAccount(latchkey.operator.table, accountId()))!.version;
    await updateOwnAccount(latchkey.operator, admin, { name: "Other" });
    expect(await readAccount(latchkey.operator.table, accountId())).toMatchObject({ name: "Other", version: version + 1 });
  });
});

it("a suspension says when the sessions ended, and no other step does", async () => {
  const id = await member();
  await changeState(latchkey.operator, admin, id, "activate");
  expect((await read(id))?.sessionsEndedAt).toBeUndefined();
  await changeState(latchkey.operator, admin, id, "suspend");
  const ended = (await read(id))?.sessionsEndedAt;
  expect(ended).toBeGreaterThan(1_700_000_000);
  await changeState(latchkey.operator, admin, id, "unsuspend");
  expect((await read(id))?.sessionsEndedAt).toBe(ended);
});
