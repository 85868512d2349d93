import { describe, expect, it } from "vitest";
import { ceilingOf } from "../../lib/domain/ceiling.ts";
import { PERMISSIONS, ROLES, SCOPES, SECTIONS, type Member, type Principal } from "../../lib/domain/model.ts";
import { offersTo } from "../../lib/domain/offers.ts";
import { admin, member, NOW, signedIn, speaking, subsets, token } from "../model/example.ts";
import { mayGrant } from "../model/rights.ts";

const told = (principal: Principal, owner: Member) => offersTo(owner, ceilingOf(principal)).map((offer) => (offer.allowed ? "yes" : offer.missing));

describe("what a caller may give to a token", () => {
  const partner = member({ sections: ["partners", "monitoring"] });
  it.each([
    ["an admin: everything", signedIn(admin()), admin(), ["yes", "yes", "yes", "yes"]],
    ["a member: the scopes of their sections; of the others the section is missing", signedIn(partner), partner, ["section:finance", "yes", "yes", "section:policy_registry"]],
    ["a member without sections: nothing", signedIn(member({ sections: [] })), member({ sections: [] }), ["section:finance", "section:partners", "section:monitoring", "section:policy_registry"]],
    ["a token: what it has itself; of the others the scope is missing", speaking(admin(), token()), admin(), ["scope:finance", "yes", "scope:stats", "scope:policy_registry"]],
    ["a token whose owner lacks the section: that is what is missing first", speaking(partner, token()), partner, ["section:finance", "yes", "scope:stats", "section:policy_registry"]],
    ["a token whose owner lost the section: its scope is of no use", speaking(member({ sections: [] }), token()), member({ sections: [] }), ["section:finance", "section:partners", "section:monitoring", "section:policy_registry"]],
  ])("%s", (_who, principal, owner, expected) => {
    expect(told(principal, owner)).toEqual(expected);
  });

  it("is what may be granted, for every owner and token, and what is missing would help", () => {
    const wrong: unknown[] = [];
    for (const role of ROLES) for (const sections of subsets(SECTIONS)) {
      const owner = member({ role, sections });
      for (const by of [undefined, ...subsets(SCOPES).flatMap((scopes) => PERMISSIONS.map((permission) => token({ scopes, permission })))]) {
        const principal = by === undefined ? signedIn(owner) : speaking(owner, by);
        for (const offer of offersTo(owner, ceilingOf(principal))) {
          const grant = { scopes: [offer.scope], permission: "ro", expiresAt: NOW } as const;
          if (offer.allowed !== mayGrant({ owner, ...(by === undefined ? {} : { token: by }) }, grant)) wrong.push({ owner, by, offer });
          if (offer.allowed) continue;
          const [kind, name = ""] = offer.missing.split(":");
          const held = kind === "section" ? owner.sections as readonly string[] : (by?.scopes ?? []) as readonly string[];
          if (held.includes(name)) wrong.push({ owner, by, offer });
        }
      }
    }
    expect(wrong.slice(0, 3)).toEqual([]);
  });
});
