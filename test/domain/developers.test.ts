import { describe, expect, it } from "vitest";
import { id, type DeveloperAccountId, type DeveloperUserId } from "../../lib/domain/brands.ts";
import {
  accountStateAfter, accountStateOnActivation, adminBeside, DEVELOPER_ACCOUNT_STATES, heldByUser, signedUpAs, userStateAfter,
  type AccountTransition, type UserTransition,
} from "../../lib/domain/developers.ts";
import { MEMBER_STATES } from "../../lib/domain/model.ts";

describe("the states of a developer account", () => {
  it.each<[AccountTransition, string]>([["approve", "approved"], ["reject", "rejected"], ["make_pending", "pending"]])("%s leads to %s from everywhere but there", (transition, to) => {
    expect(DEVELOPER_ACCOUNT_STATES.map((from) => accountStateAfter(from, transition))).toEqual(DEVELOPER_ACCOUNT_STATES.map((from) => (from === to ? undefined : to)));
  });

  it.each(DEVELOPER_ACCOUNT_STATES)("the first activation of a user moves only an account that was created: %s", (state) => {
    const after = (approvalRequired: boolean) => accountStateOnActivation(state, { approvalRequired });
    expect([after(false), after(true)]).toEqual(state === "created" ? ["approved", "pending"] : [state, state]);
  });

  it("without a plan nobody asks for an approval", () => {
    expect(accountStateOnActivation("created", undefined)).toBe("approved");
  });
});

describe("the states of a user", () => {
  // From pending, active, suspended.
  it.each<[UserTransition, readonly (string | undefined)[]]>([
    ["activate", ["active", "active", undefined]],
    ["suspend", [undefined, "suspended", "suspended"]],
    ["unsuspend", [undefined, undefined, "active"]],
  ])("%s", (transition, after) => {
    expect(MEMBER_STATES.map((from) => userStateAfter(from, transition))).toEqual(after);
  });

  it.each([
    [true, false, "approved", "active"], [true, true, "created", "pending"], [false, false, "created", "pending"], [false, true, "created", "pending"],
  ] as const)("signed up with a password: %s, on a plan that requires approval: %s", (withPassword, approvalRequired, account, user) => {
    expect(signedUpAs(withPassword, { approvalRequired })).toEqual({ account, user });
  });
});

describe("the users of an account", () => {
  const user = (number: number, role: "admin" | "member") => ({ id: id<DeveloperUserId>(number), role });
  it.each([
    [[user(1, "admin")], undefined],
    [[user(1, "admin"), user(2, "member")], undefined],
    [[user(1, "admin"), user(2, "member"), user(3, "admin")], 3],
  ])("beside the first of %j stays the admin %s", (users, staying) => {
    expect(adminBeside(user(1, "admin"), users)?.id).toBe(staying);
  });

  it("hold their names whatever the case, and are found by them and by their id", () => {
    const holder = id<DeveloperAccountId>(7);
    const held = heldByUser({ id: id<DeveloperUserId>(1), developerAccountId: holder, username: "John", email: "J@X.org" });
    expect(held.map(({ field, value, holder: found }) => [field, value, found])).toEqual([["username", "john", 7], ["id", "1", 7], ["email", "j@x.org", 7]]);
    expect(heldByUser({ id: id<DeveloperUserId>(1), developerAccountId: holder, username: "John" })).toEqual([
      { scope: "DEVELOPER_USERS#", field: "username", value: "john", holder }, { scope: "DEVELOPER_USERS#", field: "id", value: "1", holder },
    ]);
  });
});
