import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DeveloperAccountId, DeveloperUserId, ServiceId } from "../../lib/domain/brands.ts";
import type { DeveloperAccount, DeveloperUser } from "../../lib/domain/developers.ts";
import type { Principal } from "../../lib/domain/model.ts";
import { deleteAccountPlan, createAccountPlan } from "../../lib/operations/account-plans.ts";
import { deleteDeveloperAccount } from "../../lib/operations/developer-accounts.ts";
import { changeDeveloperUserRole, changeDeveloperUserState, createDeveloperUser, deleteDeveloperUser, updateDeveloperUser } from "../../lib/operations/developer-users.ts";
import { createPlan, listAllPlans, makeDefault } from "../../lib/operations/plans.ts";
import { deleteService } from "../../lib/operations/services.ts";
import { signUp } from "../../lib/operations/signup.ts";
import { applications, applicationsOfDeveloperAccount } from "../../lib/table/applications.ts";
import { applicationPlans } from "../../lib/table/catalogue.ts";
import { developerAccounts, developerUsersOf } from "../../lib/table/developers.ts";
import { rowsOf } from "../../lib/table/list.ts";
import { transact } from "../../lib/table/transact.ts";
import { createTestAccount, type TestAccount } from "../support/account.ts";
import { startDeployment, type Deployment } from "../support/deployment.ts";
import { meanwhile } from "../support/table.ts";
import { PLAN } from "../events/changes/workshop.ts";

/** What a change of a user means for their account, and what others may do between the reading and the writing. */
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
async function developer(over: Partial<DeveloperAccount> = {}, userOver: Partial<DeveloperUser> = {}) {
  const { table } = latchkey.operator;
  const signedUp = await signUp(latchkey.operator, admin, { orgName: `Org ${++made}`, username: `first${made}`, withPassword: true });
  const [user] = await developerUsersOf(signedUp.id).all(table, accountId(), "account");
  const stored = (await developerAccounts.read(table, accountId(), signedUp.id))!;
  await transact(table, [{ put: developerAccounts.row({ ...stored, ...over }) }, { put: developerUsersOf(signedUp.id).row({ ...user!, ...userOver }) }]);
  return { of: signedUp.id, user: user!.id };
}
const readAccount = (of: DeveloperAccountId) => developerAccounts.read(latchkey.operator.table, accountId(), of);
const readUser = (of: DeveloperAccountId, id: DeveloperUserId) => developerUsersOf(of).read(latchkey.operator.table, accountId(), id);
const before = (act: () => Promise<unknown>) => meanwhile(latchkey.operator, act);

describe("an account that was only created goes on with the first activation of a user", () => {
  it("and then it is approved, once and for all", async () => {
    const { of, user } = await developer({ state: "created" }, { state: "pending" });
    await changeDeveloperUserState(latchkey.operator, admin, of, user, "activate");
    expect([(await readAccount(of))?.state, (await readUser(of, user))?.state]).toEqual(["approved", "active"]);
  });

  it.each<[string, DeveloperAccount["state"], DeveloperUser["state"], (of: DeveloperAccountId, user: DeveloperUserId) => Promise<unknown>]>([
    ["an account that waits", "pending", "pending", (of, user) => changeDeveloperUserState(latchkey.operator, admin, of, user, "activate")],
    ["an account that was rejected", "rejected", "pending", (of, user) => changeDeveloperUserState(latchkey.operator, admin, of, user, "activate")],
    ["an account that is approved already", "approved", "pending", (of, user) => changeDeveloperUserState(latchkey.operator, admin, of, user, "activate")],
    ["one whose user comes back", "created", "suspended", (of, user) => changeDeveloperUserState(latchkey.operator, admin, of, user, "unsuspend")],
    ["one whose user, still waiting, is renamed", "created", "pending", (of, user) => updateDeveloperUser(latchkey.operator, admin, of, user, { username: `renamed${++made}` })],
    ["one whose user, active, is renamed", "created", "active", (of, user) => updateDeveloperUser(latchkey.operator, admin, of, user, { username: `renamed${++made}` })],
    ["one that gets a user", "created", "active", (of) => createDeveloperUser(latchkey.operator, admin, of, { username: `more${++made}` })],
  ])("but not %s", async (_what, state, userState, act) => {
    const { of, user } = await developer({ state }, { state: userState });
    const was = await readAccount(of);
    await act(of, user);
    expect(await readAccount(of)).toEqual(was);
  });

  it("without a plan, as from before there were plans, it is approved too", async () => {
    const { of, user } = await developer({ state: "created" }, { state: "pending" });
    const { planId: _, ...planless } = (await readAccount(of))!;
    await transact(latchkey.operator.table, [{ put: developerAccounts.row(planless) }]);
    await changeDeveloperUserState(latchkey.operator, admin, of, user, "activate");
    expect((await readAccount(of))?.state).toBe("approved");
  });
});

describe("the last admin stays", () => {
  const LAST = { code: "refused", fields: { base: ["Can't delete last admin"] } };
  it("while others who are none may go, and an admin beside another", async () => {
    const { of, user } = await developer();
    const { id: member } = await createDeveloperUser(latchkey.operator, admin, of, { username: `m${++made}a` });
    await expect(deleteDeveloperUser(latchkey.operator, admin, of, user)).rejects.toMatchObject(LAST);
    await deleteDeveloperUser(latchkey.operator, admin, of, member);
    const { id: second } = await createDeveloperUser(latchkey.operator, admin, of, { username: `m${++made}b` });
    await changeDeveloperUserRole(latchkey.operator, admin, of, second, "admin");
    await deleteDeveloperUser(latchkey.operator, admin, of, user);
    await expect(deleteDeveloperUser(latchkey.operator, admin, of, second)).rejects.toMatchObject(LAST);
  });

  it("also of two who are deleted at once", async () => {
    const { of, user } = await developer();
    const { id: second } = await createDeveloperUser(latchkey.operator, admin, of, { username: `m${++made}c` });
    await changeDeveloperUserRole(latchkey.operator, admin, of, second, "admin");
    const meanwhile = before(() => deleteDeveloperUser(latchkey.operator, admin, of, second));
    await expect(deleteDeveloperUser(meanwhile, admin, of, user)).rejects.toMatchObject(LAST);
    expect((await developerUsersOf(of).all(latchkey.operator.table, accountId(), "account")).map(({ id }) => id)).toEqual([user]);
  });
});

describe("between the reading and the writing", () => {
  it("an account that is deleted gets no user", async () => {
    const { of } = await developer();
    const making = createDeveloperUser(before(() => deleteDeveloperAccount(latchkey.operator, admin, of)), admin, of, { username: `late${++made}` });
    await expect(making).rejects.toMatchObject({ code: "not_found" });
    expect(await developerUsersOf(of).all(latchkey.operator.table, accountId(), "account")).toEqual([]);
  });

  it("nobody signs up on a plan that is deleted", async () => {
    const { id: planId } = await createAccountPlan(latchkey.operator, admin, { name: `Plan ${++made}`, state: "hidden", approvalRequired: false });
    const wanted = { orgName: `Org ${++made}`, username: `late${made}`, withPassword: true, accountPlanId: planId };
    await expect(signUp(before(() => deleteAccountPlan(latchkey.operator, admin, planId)), admin, wanted)).rejects.toMatchObject({ code: "not_found" });
    const all = await developerAccounts.all(latchkey.operator.table, accountId(), "account");
    expect(all.filter(({ orgName }) => orgName === wanted.orgName)).toEqual([]);
  });
});

it("who signs up gets an application of each default plan, also where one service has two, as when both were made default at once", async () => {
  const other = await createTestAccount(latchkey);
  const by: Principal = { kind: "member", member: other.admin.member };
  const service = (await other.service("Echo")).id as ServiceId;
  for (const name of ["One", "Two"]) {
    const plan = await createPlan(latchkey.operator, by, service, { ...PLAN, name });
    await transact(latchkey.operator.table, [{ put: applicationPlans.row({ ...plan, isDefault: true }) }]);
  }
  const { id: of } = await signUp(latchkey.operator, by, { orgName: "Both", username: "both", withPassword: true });
  const found = await Array.fromAsync(rowsOf(latchkey.operator.table, applicationsOfDeveloperAccount(other.admin.member.accountId, of)));
  expect(found.map((row) => applications.from(row).planId)).toHaveLength(2);
});

it("a service that was just deleted keeps nobody from signing up, and its plans are in no list", async () => {
  const other = await createTestAccount(latchkey);
  const by: Principal = { kind: "member", member: other.admin.member };
  const [gone, kept] = [(await other.service("Gone")).id as ServiceId, (await other.service("Kept")).id as ServiceId];
  for (const service of [gone, kept]) await makeDefault(latchkey.operator, by, service, (await createPlan(latchkey.operator, by, service, PLAN)).id);
  await deleteService(latchkey.operator, by, gone);
  // Nothing has been cleaned up yet.
  expect((await applicationPlans.all(latchkey.operator.table, other.admin.member.accountId, "account")).map(({ serviceId }) => serviceId)).toEqual([gone, kept]);
  expect((await listAllPlans(latchkey.operator, by)).map(({ serviceId }) => serviceId)).toEqual([kept]);
  const { id: of } = await signUp(latchkey.operator, by, { orgName: "Soon", username: "soon", withPassword: true });
  const found = await Array.fromAsync(rowsOf(latchkey.operator.table, applicationsOfDeveloperAccount(other.admin.member.accountId, of)));
  expect(found.map((row) => applications.from(row).serviceId)).toEqual([kept]);
});
