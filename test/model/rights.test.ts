import { describe, expect, it } from "vitest";
import { mayGrant, reachesService, SCOPES, SECTIONS, verdict, verdictOnMember, type Asked, type Grant, type Owner } from "./rights.ts";

const NOW = 1000;
const owner = (over: Partial<Owner> = {}): Owner => ({ role: "member", state: "active", sections: ["partners"], serviceAccess: "all", ...over });
const grant = (over: Partial<Grant> = {}): Grant => ({ scopes: ["account_management"], permission: "rw", expiresAt: "never", ...over });
const asked = (over: Partial<Asked> = {}): Asked => ({ scopes: ["account_management"], effect: "read", about: "account", ...over });
/** The scopes a token with all of them can use for this owner. */
const usable = (who: Owner) => SCOPES.filter((scope) => verdict(who, grant({ scopes: SCOPES }), NOW, asked({ scopes: [scope] })) === "allow").sort();

/** The facts that 3scale's own tests assert, and the sentences of design.md: the model must at least say these. */
describe("the model", () => {
  it.each([
    ["no section", [], []],
    ["partners", ["partners"], ["account_management"]],
    ["monitoring, partners, portal and finance", ["monitoring", "partners", "portal", "finance"], ["account_management", "finance", "stats"]],
    ["settings and plans, which unlock none", ["settings", "plans"], []],
  ] as const)("gives a member with %s the scopes that 3scale does", (_what, sections, scopes) => {
    expect(usable(owner({ sections }))).toEqual(scopes);
  });

  it("knows 3scale's seven sections and the four scopes that are built", () => {
    expect([SECTIONS.length, SCOPES.length]).toEqual([7, 4]);
    expect(usable(owner({ role: "admin", sections: [] }))).toEqual([...SCOPES].sort());
  });

  it.each([
    ["a member with only policy_registry and a token with only account_management is refused where either opens", owner({ sections: ["policy_registry"] }), grant(), asked({ scopes: ["policy_registry", "account_management"] }), "insufficient_scope"],
    ["a suspended member's token is unknown", owner({ state: "suspended" }), grant(), asked(), "unknown"],
    ["a token with ro does not write", owner(), grant({ permission: "ro" }), asked({ effect: "write" }), "read_only"],
    ["zero services and a call about services", owner({ serviceAccess: [] }), grant(), asked({ about: "services" }), "no_service_access"],
    ["a member with only finance reaches no service whatever their list says", owner({ sections: ["finance"], serviceAccess: [1] }), grant({ scopes: ["finance"] }), asked({ scopes: ["finance"], about: "services" }), "no_service_access"],
  ] as const)("refuses: %s", (_fact, who, token, wants, refusal) => {
    expect(verdict(who, token, NOW, wants)).toBe(refusal);
  });

  it.each([
    ["opens what is open in person to a member without sections", owner({ sections: [] }), asked({ effect: "write", openInPerson: true }), "allow"],
    ["but not what is about services: they reach none", owner({ sections: [] }), asked({ about: "services", openInPerson: true }), "no_service_access"],
    ["nor what admins do", owner(), asked({ role: "admin", openInPerson: true }), "admin_required"],
  ] as const)("%s", (_fact, who, wants, expected) => {
    expect(verdictOnMember(who, wants)).toBe(expected);
  });

  it("shows a member the services on their list and no others", () => {
    expect([1, 2].map((service) => reachesService(owner({ serviceAccess: [1] }), service))).toEqual([true, false]);
  });

  it("lets a token grant itself and nothing beyond", () => {
    const creator = { owner: owner({ role: "admin" }), token: grant({ expiresAt: 2000 }) };
    expect(mayGrant(creator, grant({ expiresAt: 2000 }))).toBe(true);
    expect(mayGrant(creator, grant())).toBe(false);
    expect(mayGrant(creator, grant(), grant())).toBe(true);
    expect(mayGrant(creator, grant({ scopes: ["stats"], expiresAt: 2000 }))).toBe(false);
  });
});
