import { describe, expect, it } from "vitest";
import { actorOf, EVENT_TYPES } from "../../lib/domain/events.ts";
import { gateway, member, signedIn, speaking, token } from "../model/example.ts";

describe("an event's actor", () => {
  it.each([
    ["a member who is signed in", signedIn(member()), { memberId: 22 }],
    ["a token's owner, with the token", speaking(member(), token()), { memberId: 22, tokenId: 33 }],
  ])("is %s, by ids alone", (_who, principal, actor) => {
    expect(actorOf(principal)).toEqual(actor);
  });

  it("is never a service token, which changes nothing", () => {
    expect(() => actorOf(gateway)).toThrow(/service token/i);
  });
});

describe("the types of events", () => {
  it("are each there once, as `thing.happened`", () => {
    expect(new Set(EVENT_TYPES).size).toBe(EVENT_TYPES.length);
    expect(EVENT_TYPES.filter((type) => !/^[a-z]+(_[a-z]+)?\.[a-z]+(_[a-z]+)?$/.test(type))).toEqual([]);
  });

  // Subscribers filter by these words: a type that is renamed or gone is an outage of theirs.
  it("keep their names", () => {
    expect(EVENT_TYPES).toEqual(expect.arrayContaining([
      "account.created", "member.created", "member.updated", "member.rights_changed", "member.state_changed", "member.deleted",
      "access_token.created", "access_token.updated", "access_token.deleted", "service.created", "service.updated", "service.deleted",
      "service_token.revealed", "application.created",
    ]));
  });
});
