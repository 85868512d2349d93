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
import { createTestAccount } from "../support/account.ts";
import { meanwhile } from "../support/table.ts";
import { PLAN, Workshop } from "../support/workshop.ts";

/** What a change of a user means for their account, and what others may do between the reading and the writing. */
const w = new Workshop();
beforeAll(() => w.open());
afterAll(() => w.close());

const accountId = () => w.account.admin.member.accountId;
async function developer(over: Partial<DeveloperAccount> = {}, userOver: Partial<DeveloperUser> = {}) {
  const { table } = w.operator;
  const signedUp = await signUp(w.operator, w.admin, w.signup());
  const [user] = await developerUsersOf(signedUp.id).all(table, accountId(), "account");
  const stored = (await developerAccounts.read(table, accountId(), signedUp.id))!;
  await transact(table, [{ put: developerAccounts.row({ ...stored, ...over }) }, { put: developerUsersOf(signedUp.id).row({ ...user!, ...userOver }) }]);
  return { of: signedUp.id, user: user!.id };
}
const readAccount = (of: DeveloperAccountId) => developerAccounts.read(w.operator.table, accountId(), of);
const readUser = (of: DeveloperAccountId, id: DeveloperUserId) => developerUsersOf(of).read(w.operator.table, accountId(), id);
const before = (act: () => Promise<unknown>) => meanwhile(w.operator, act);

describe("an account that was only created goes on with the first activation of a user", () => {
  it("and then it is approved, once and for all", async () => {
    const { of, user } = await developer({ state: "created" }, { state: "pending" });
    await changeDeveloperUserState(w.operator, w.admin, of, user, "activate");
    expect([(await readAccount(of))?.state, (await readUser(of, user))?.state]).toEqual(["approved", "active"]);
  });

  it.each<[string, DeveloperAccount["state"], DeveloperUser["state"], (of: DeveloperAccountId, user: DeveloperUserId) => Promise<unknown>]>([
    ["an account that waits", "pending", "pending", (of, user) => changeDeveloperUserState(w.operator, w.admin, of, user, "activate")],
    ["an account that was rejected", "rejected", "pending", (of, user) => changeDeveloperUserState(w.operator, w.admin, of, user, "activate")],
    ["an account that is approved already", "approved", "pending", (of, user) => changeDeveloperUserState(w.operator, w.admin, of, user, "activate")],
    ["one whose user comes back", "created", "suspended", (of, user) => changeDeveloperUserState(w.operator, w.admin, of, user, "unsuspend")],
    ["one whose user, still waiting, is renamed", "created", "pending", (of, user) => updateDeveloperUser(w.operator, w.admin, of, user, { username: `renamed${w.next()}` })],
    ["one whose user, active, is renamed", "created", "active", (of, user) => updateDeveloperUser(w.operator, w.admin, of, user, { username: `renamed${w.next()}` })],
    ["one that gets a user", "created", "active", (of) => createDeveloperUser(w.operator, w.admin, of, { username: `more${w.next()}` })],
  ])("but not %s", async (_what, state, userState, act) => {
    const { of, user } = await developer({ state }, { state: userState });
    const was = await readAccount(of);
    await act(of, user);
    expect(await readAccount(of)).toEqual(was);
  });

  it("without a plan, as from before there were plans, it is approved too", async () => {
    const { of, user } = await developer({ state: "created" }, { state: "pending" });
    const { planId: _, ...planless } = (await readAccount(of))!;
    await transact(w.operator.table, [{ put: developerAccounts.row(planless) }]);
    await changeDeveloperUserState(w.operator, w.admin, of, user, "activate");
    expect((await readAccount(of))?.state).toBe("approved");
  });
});

describe("the last admin stays", () => {
  const LAST = { code: "refused", fields: { base: ["Can't delete last admin"] } };
  it("while others who are none may go, and an admin beside another", async () => {
    const { of, user } = await developer();
    const { id: member } = await createDeveloperUser(w.operator, w.admin, of, { username: `m${w.next()}a` });
    await expect(deleteDeveloperUser(w.operator, w.admin, of, user)).rejects.toMatchObject(LAST);
    await deleteDeveloperUser(w.operator, w.admin, of, member);
    const { id: second } = await createDeveloperUser(w.operator, w.admin, of, { username: `m${w.next()}b` });
    await changeDeveloperUserRole(w.operator, w.admin, of, second, "admin");
    await deleteDeveloperUser(w.operator, w.admin, of, user);
    await expect(deleteDeveloperUser(w.operator, w.admin, of, second)).rejects.toMatchObject(LAST);
  });

  it("also of two who are deleted at once", async () => {
    const { of, user } = await developer();
    const { id: second } = await createDeveloperUser(w.operator, w.admin, of, { username: `m${w.next()}c` });
    await changeDeveloperUserRole(w.operator, w.admin, of, second, "admin");
    const meanwhile = before(() => deleteDeveloperUser(w.operator, w.admin, of, second));
    await expect(deleteDeveloperUser(meanwhile, w.admin, of, user)).rejects.toMatchObject(LAST);
    expect((await developerUsersOf(of).all(w.operator.table, accountId(), "account")).map(({ id }) => id)).toEqual([user]);
  });
});

describe("between the reading and the writing", () => {
  it("an account that is deleted gets no user", async () => {
    const { of } = await developer();
    const making = createDeveloperUser(before(() => deleteDeveloperAccount(w.operator, w.admin, of)), w.admin, of, { username: `late${w.next()}` });
    await expect(making).rejects.toMatchObject({ code: "not_found" });
    expect(await developerUsersOf(of).all(w.operator.table, accountId(), "account")).toEqual([]);
  });

  it("nobody signs up on a plan that is deleted", async () => {
    const { id: planId } = await createAccountPlan(w.operator, w.admin, { name: `Plan ${w.next()}`, state: "hidden", approvalRequired: false });
    const wanted = { ...w.signup(), accountPlanId: planId };
    await expect(signUp(before(() => deleteAccountPlan(w.operator, w.admin, planId)), w.admin, wanted)).rejects.toMatchObject({ code: "not_found" });
    const all = await developerAccounts.all(w.operator.table, accountId(), "account");
    expect(all.filter(({ orgName }) => orgName === wanted.orgName)).toEqual([]);
  });
});

it("who signs up gets an application of each default plan, also where one service has two", async () => {
  const other = await createTestAccount(w.latchkey);
  const by: Principal = { kind: "member", member: other.admin.member };
  const service = (await other.service("Echo")).id as ServiceId;
  for (const name of ["One", "Two"]) {
    const plan = await createPlan(w.operator, by, service, { ...PLAN, name });
    await transact(w.operator.table, [{ put: applicationPlans.row({ ...plan, isDefault: true }) }]);
  }
  const { id: of } = await signUp(w.operator, by, { orgName: "Both", username: "both", withPassword: true });
  const found = await Array.fromAsync(rowsOf(w.operator.table, applicationsOfDeveloperAccount(other.admin.member.accountId, of)));
  expect(found.map((row) => applications.from(row).planId)).toHaveLength(2);
});

it("a service that was just deleted keeps nobody from signing up, and its plans are in no list", async () => {
  const other = await createTestAccount(w.latchkey);
  const by: Principal = { kind: "member", member: other.admin.member };
  const [gone, kept] = [(await other.service("Gone")).id as ServiceId, (await other.service("Kept")).id as ServiceId];
  for (const service of [gone, kept]) await makeDefault(w.operator, by, service, (await createPlan(w.operator, by, service, PLAN)).id);
  await deleteService(w.operator, by, gone);
  // Nothing has been cleaned up yet.
  expect((await applicationPlans.all(w.operator.table, other.admin.member.accountId, "account")).map(({ serviceId }) => serviceId)).toEqual([gone, kept]);
  expect((await listAllPlans(w.operator, by)).map(({ serviceId }) => serviceId)).toEqual([kept]);
  const { id: of } = await signUp(w.operator, by, { orgName: "Soon", username: "soon", withPassword: true });
  const found = await Array.fromAsync(rowsOf(w.operator.table, applicationsOfDeveloperAccount(other.admin.member.accountId, of)));
  expect(found.map((row) => applications.from(row).serviceId)).toEqual([kept]);
});
