import { describe, expect, it } from "vitest";
import { id, type MemberId } from "../../lib/domain/brands.ts";
import { mayTouch, stateAfter, TRANSITIONS, type MemberAction, type Transition } from "../../lib/domain/members.ts";
import { MEMBER_STATES, type MemberState } from "../../lib/domain/model.ts";
import { admin, member } from "../model/example.ts";

const another = member({ id: id<MemberId>(99) });

describe("what one member may do to another", () => {
  it.each([
    ["an admin reads another", admin(), another, "read", true],
    ["an admin updates another", admin(), another, "update", true],
    ["an admin manages another", admin(), another, "manage", true],
    ["an admin updates themselves", admin(), admin(), "update", true],
    ["a member reads themselves", member(), member(), "read", true],
    ["a member updates themselves", member(), member(), "update", true],
    ["an admin does not manage themselves, so that an account keeps one", admin(), admin(), "manage", false],
    ["a member does not manage themselves", member(), member(), "manage", false],
    ["a member does not read another", member(), another, "read", false],
    ["a member does not update another", member(), another, "update", false],
    ["a member does not manage another", member({ sections: ["partners", "settings"] }), another, "manage", false],
  ] as const)("%s: %s", (_guarantee, actor, target, action: MemberAction, may) => {
    expect(mayTouch(actor, target, action)).toBe(may);
  });
});

describe("a member's state", () => {
  const after: Record<Transition, Record<MemberState, MemberState | undefined>> = {
    activate: { pending: "active", active: "active", suspended: undefined },
    suspend: { pending: undefined, active: "suspended", suspended: "suspended" },
    unsuspend: { pending: undefined, active: "active", suspended: "active" },
  };
  const rows = (Object.keys(TRANSITIONS) as Transition[]).flatMap((transition) => MEMBER_STATES.map((state) => [transition, state, after[transition][state]] as const));

  it("has a row for every transition from every state", () => {
    expect(rows).toHaveLength(9);
  });

  it.each(rows)("after %s, from %s, is %s", (transition, state, expected) => {
    expect(stateAfter(state, transition)).toBe(expected);
  });
});
