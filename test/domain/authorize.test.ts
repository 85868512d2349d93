import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { authorize, isAlive, type Requirement } from "../../lib/domain/authorize.ts";
import { epochSeconds } from "../../lib/domain/brands.ts";
import { MEMBER_STATES, PERMISSIONS, ROLES, SCOPES, SECTIONS, type AccessToken, type Member, type Principal } from "../../lib/domain/model.ts";
import { reaches, serviceAccessOf } from "../../lib/domain/rights.ts";
import { admin, asks, gateway, member, NOW, OTHER, service, signedIn, speaking, subsets, THIS, token } from "../model/example.ts";
import { isKnown, reachesService, verdict, verdictOnMember } from "../model/rights.ts";
import { tried } from "../support/tried.ts";

function answer(principal: Principal, asked: Requirement): string {
  const decision = authorize(principal, asked);
  return decision.allow ? "allow" : decision.reason;
}

const FUNCTIONS = new URL("../../functions/", import.meta.url);

/** A requirement in one text, whatever the order in which it was written. */
const keyOf = ({ scopes, effect, about, section, role, openInPerson }: Requirement) =>
  [[...scopes].sort().join("+"), effect, about, section ?? "", role ?? "", openInPerson ? "in person" : ""].join(" ");

const BEFORE = epochSeconds(NOW - 1);
const AFTER = epochSeconds(NOW + 1);

describe("isAlive", () => {
  it.each([
    ["a token without expiry speaks", token(), member(), true],
    ["a token speaks until the second before it expires", token({ expiresAt: AFTER }), member(), true],
    ["a token is dead at the second it expires", token({ expiresAt: NOW }), member(), false],
    ["an expired token is dead", token({ expiresAt: BEFORE }), member(), false],
    ["a suspended member's token is dead", token(), member({ state: "suspended" }), false],
    ["a pending member's token is dead", token(), member({ state: "pending" }), false],
    ["a suspended admin's token is dead", token(), admin({ state: "suspended" }), false],
  ])("%s", (_guarantee, by, owner, alive) => {
    expect(isAlive(by, owner, NOW)).toBe(alive);
  });
});

describe("authorize", () => {
  it.each([
    ["a token does what its scope and its owner's section allow", speaking(member(), token()), asks(), "allow"],
    ["any one of an operation's scopes is enough", speaking(member(), token()), asks({ scopes: ["finance", "account_management"] }), "allow"],
    ["rw writes", speaking(member(), token()), asks({ effect: "write" }), "allow"],
    ["ro reads", speaking(member(), token({ permission: "ro" })), asks(), "allow"],
    ["an admin's token needs no section", speaking(admin(), token()), asks({ section: "plans", role: "admin" }), "allow"],
    ["an admin reaches services whatever list is stored", speaking(admin({ serviceAccess: [] }), token()), asks({ about: "services" }), "allow"],
    ["a member with one service makes calls about services", speaking(member({ serviceAccess: [THIS] }), token()), asks({ about: "services" }), "allow"],
    ["zero services say nothing about calls on the account", speaking(member({ serviceAccess: [] }), token()), asks(), "allow"],
    ["a member who is signed in is bound by no token", signedIn(member()), asks({ effect: "write" }), "allow"],
    ["what is open in person asks whoever is signed in for no section", signedIn(member({ sections: [] })), asks({ effect: "write", openInPerson: true }), "allow"],
    ["what is open in person asks for none beyond either", signedIn(member({ sections: [] })), asks({ section: "plans", openInPerson: true }), "allow"],
    ["what is open in person and about services is open to whoever reaches one", signedIn(member({ sections: ["plans"], serviceAccess: [THIS] })), asks({ about: "services", openInPerson: true }), "allow"],
    ["what is open in person is open to tokens as ever", speaking(member(), token()), asks({ openInPerson: true }), "allow"],
  ])("allows: %s", (_guarantee, principal, asked, expected) => {
    expect(answer(principal, asked)).toBe(expected);
  });

  it.each([
    ["a token stops when its owner loses the section", speaking(member({ sections: [] }), token()), asks(), "insufficient_rights"],
    ["another section is no substitute", speaking(member({ sections: ["finance", "plans", "portal", "settings"] }), token()), asks(), "insufficient_rights"],
    ["a further section is asked of the owner too", speaking(member(), token()), asks({ section: "plans" }), "insufficient_rights"],
    ["an admin's token is still bound by its scopes", speaking(admin(), token({ scopes: ["stats"] })), asks(), "insufficient_scope"],
    ["a token without scopes does nothing", speaking(admin(), token({ scopes: [] })), asks(), "insufficient_scope"],
    ["a scope that the owner lost does not open what another scope would", speaking(member({ sections: ["policy_registry"] }), token()), asks({ scopes: ["policy_registry", "account_management"] }), "insufficient_scope"],
    ["ro does not write", speaking(admin(), token({ permission: "ro" })), asks({ effect: "write" }), "read_only"],
    ["zero services refuse calls about services", speaking(member({ serviceAccess: [] }), token()), asks({ about: "services" }), "no_service_access"],
    ["a member with only finance reaches no service whatever list is stored", speaking(member({ sections: ["finance"], serviceAccess: "all" }), token({ scopes: ["finance"] })), asks({ scopes: ["finance"], about: "services" }), "no_service_access"],
    ["a member with every section is no admin", speaking(member({ sections: SECTIONS }), token()), asks({ role: "admin" }), "admin_required"],
    ["a member who is signed in is bound by their sections", signedIn(member({ sections: ["finance"] })), asks(), "insufficient_rights"],
    ["a member who is signed in is no admin", signedIn(member()), asks({ role: "admin" }), "admin_required"],
    ["what is open in person is closed to a token whose owner has no section", speaking(member({ sections: [] }), token()), asks({ openInPerson: true }), "insufficient_rights"],
    ["what is open in person is closed to a token without the scope", speaking(admin(), token({ scopes: ["stats"] })), asks({ openInPerson: true }), "insufficient_scope"],
    ["what is open in person is closed to a read-only token that writes", speaking(member(), token({ permission: "ro" })), asks({ effect: "write", openInPerson: true }), "read_only"],
    ["what is open in person and about services is closed to whoever reaches none", signedIn(member({ serviceAccess: [] })), asks({ about: "services", openInPerson: true }), "no_service_access"],
    ["no section that works with services is none reached, in person too", signedIn(member({ sections: ["finance"] })), asks({ about: "services", openInPerson: true }), "no_service_access"],
    ["what is open in person makes nobody an admin", signedIn(member({ sections: [] })), asks({ role: "admin", openInPerson: true }), "admin_required"],
    ["what is open in person is closed to a service token", gateway, asks({ openInPerson: true }), "wrong_kind"],
    ["a service token opens nothing of the account", gateway, asks(), "wrong_kind"],
    ["an operation that names no scope is open to nobody", speaking(admin(), token({ scopes: SCOPES })), asks({ scopes: [] }), "insufficient_rights"],
  ])("refuses: %s", (_guarantee, principal, asked, expected) => {
    expect(answer(principal, asked)).toBe(expected);
  });

  it.each([
    ["a scope of the token", speaking(admin(), token({ scopes: ["stats"] })), asks(), ["scope:account_management"]],
    ["only scopes that its owner could give it", speaking(member({ sections: ["finance"] }), token({ scopes: [] })), asks({ scopes: ["finance", "account_management"] }), ["scope:finance"]],
    ["the permission", speaking(member(), token({ permission: "ro" })), asks({ effect: "write" }), ["permission:rw"]],
    ["the sections of which one would do", speaking(member({ sections: [] }), token()), asks({ scopes: ["finance", "account_management"] }), ["section:finance", "section:partners"]],
    ["the further section", speaking(member(), token()), asks({ section: "plans" }), ["section:plans"]],
  ])("tells what is missing: %s", (_what, principal, asked, missing) => {
    expect(authorize(principal, asked)).toMatchObject({ allow: false, missing });
  });
});

describe("reaches", () => {
  it.each([
    ["all services are every service", member(), THIS, true],
    ["a listed service is reached", member({ serviceAccess: [OTHER, THIS] }), THIS, true],
    ["a service that is not listed is not reached", member({ serviceAccess: [OTHER] }), THIS, false],
    ["an empty list reaches none", member({ serviceAccess: [] }), THIS, false],
    ["a list is of no use without a section that works with services", member({ sections: ["finance", "portal", "settings"], serviceAccess: [THIS] }), THIS, false],
    ["all is of no use without a section that works with services", member({ sections: [], serviceAccess: "all" }), THIS, false],
    ["an admin reaches what no list names", admin({ serviceAccess: [] }), THIS, true],
  ])("%s", (_guarantee, owner, wanted, reached) => {
    expect(reaches(serviceAccessOf(owner), wanted)).toBe(reached);
  });
});

/**
 * Not a sample: every owner and every token, against every requirement that an operation states or 3scale's document
 * names, answered by lib and by the model.
 */
describe("every combination", () => {
  const tokenScopes = subsets(SCOPES);
  const sectionSets = subsets(SECTIONS);
  const accesses = ["all", [], [THIS], [OTHER]] as const;
  const owners = (states: readonly Member["state"][]) => ROLES.flatMap((role) => states.flatMap((state) =>
    sectionSets.flatMap((sections) => accesses.map((serviceAccess) => member({ role, state, sections, serviceAccess })))));
  const tokens = (expiries: readonly AccessToken["expiresAt"][]) => tokenScopes.flatMap((scopes) =>
    PERMISSIONS.flatMap((permission) => expiries.map((expiresAt) => token({ scopes, permission, expiresAt }))));

  /** The scopes that open operations, and the further sections that 3scale asks for behind some of them; one is open in person. */
  const doors: readonly Pick<Requirement, "scopes" | "section" | "openInPerson">[] = [
    { scopes: ["account_management"] }, { scopes: ["account_management"], openInPerson: true }, { scopes: ["finance"] }, { scopes: ["finance", "account_management"] }, { scopes: ["stats"] },
    { scopes: ["policy_registry"] }, { scopes: ["policy_registry", "account_management"] },
    { scopes: ["account_management"], section: "plans" }, { scopes: ["finance", "account_management"], section: "finance" },
    { scopes: ["policy_registry", "account_management"], section: "policy_registry" },
  ];
  const requirements: Requirement[] = doors.flatMap((door) => (["read", "write"] as const).flatMap((effect) =>
    (["account", "services"] as const).flatMap((about) => [{ ...door, effect, about }, { ...door, effect, about, role: "admin" as const }])));

  /** Compares two answers, and keeps what differs. How often each was given is counted too. */
  class Comparison {
    count = 0;
    readonly seen: Record<string, number> = {};
    readonly different: unknown[] = [];

    compare(ours: string, model: string, owner: Member, ...about: readonly unknown[]): void {
      this.count++;
      this.seen[model] = (this.seen[model] ?? 0) + 1;
      if (ours !== model && this.different.length < 3) this.different.push({ ours, model, owner, about });
    }

    /** What differs, how many were compared, and which answers there were. */
    result() {
      tried("decisions", { combinations: this.count, ...this.seen });
      return { different: this.different, count: this.count, answers: Object.keys(this.seen).sort() };
    }
  }

  it("is alive exactly when the model knows it: scopes × permission × expiry × role × state × sections × services", () => {
    const all = new Comparison();
    const everyToken = tokens(["never", AFTER, NOW, BEFORE]);
    for (const owner of owners(MEMBER_STATES)) {
      for (const by of everyToken) all.compare(String(isAlive(by, owner, NOW)), String(isKnown(owner, by, NOW)), owner, by);
    }
    expect(all.result()).toEqual({ different: [], count: 16 * 2 * 4 * 2 * 3 * 128 * 4, answers: ["false", "true"] });
  });

  it("is decided as the model decides it: scopes × permission × role × sections × services × every requirement", () => {
    const all = new Comparison();
    const everyToken = tokens(["never"]);
    for (const owner of owners(["active"])) {
      for (const by of everyToken) {
        const principal = speaking(owner, by);
        for (const asked of requirements) all.compare(answer(principal, asked), verdict(owner, by, NOW, asked), owner, by, asked);
      }
    }
    expect(all.result()).toEqual({ different: [], count: 16 * 2 * 2 * 128 * 4 * (10 * 2 * 2 * 2), answers: ["admin_required", "allow", "insufficient_rights", "insufficient_scope", "no_service_access", "read_only"] });
  }, 60_000);

  it("is decided as the model decides it for members who are signed in", () => {
    const all = new Comparison();
    for (const owner of owners(["active"])) {
      for (const asked of requirements) all.compare(answer(signedIn(owner), asked), verdictOnMember(owner, asked), owner, asked);
    }
    expect(all.result()).toEqual({ different: [], count: 2 * 128 * 4 * (10 * 2 * 2 * 2), answers: ["admin_required", "allow", "insufficient_rights", "no_service_access"] });
  });

  it("reaches the services that the model reaches, which authorize has not refused", () => {
    const all = new Comparison();
    for (const owner of owners(["active"])) {
      for (const wanted of [THIS, OTHER, service(103)]) all.compare(String(reaches(serviceAccessOf(owner), wanted)), String(reachesService(owner, wanted)), owner, wanted);
    }
    expect(all.result()).toEqual({ different: [], count: 2 * 128 * 4 * 3, answers: ["false", "true"] });
  });

  it("leaves out no requirement that an operation states", async () => {
    const files = readdirSync(FUNCTIONS).filter((file) => file.endsWith(".ts"));
    const modules = await Promise.all(files.map((file) => import(new URL(file, FUNCTIONS).href) as Promise<object>));
    const stated = modules.flatMap((module) => Object.values(module) as unknown[]).flatMap((served) =>
      typeof served === "function" && "operations" in served ? (served.operations as readonly { requires: Requirement }[]) : []);
    const known = new Set(requirements.map(keyOf));
    expect(stated.length).toBeGreaterThan(20);
    expect(stated.map(({ requires }) => keyOf(requires)).filter((key) => !known.has(key))).toEqual([]);
  });

  it("refuses a service token whatever is asked", () => {
    expect(requirements).toHaveLength(80);
    expect(new Set(requirements.map((asked) => answer(gateway, asked)))).toEqual(new Set(["wrong_kind"]));
  });

  it("names as missing only what helps: given it, the same refusal does not come again", () => {
    let helped = 0;
    const useless: unknown[] = [];
    for (const sectionSet of subsets(["finance", "partners", "plans"] as const)) {
      for (const scopes of tokenScopes) {
        for (const asked of requirements) {
          const owner = member({ sections: sectionSet });
          const by = token({ scopes, permission: "ro" });
          const refusal = authorize(speaking(owner, by), asked);
          if (refusal.allow || !("missing" in refusal)) continue;
          const after = refusal.missing.map((what) => {
            const [kind, name] = what.split(":");
            const given = kind === "section" ? speaking({ ...owner, sections: [...sectionSet, name as Member["sections"][number]] }, by)
              : speaking(owner, kind === "scope" ? { ...by, scopes: [...scopes, name as AccessToken["scopes"][number]] } : { ...by, permission: "rw" });
            return authorize(given, asked);
          });
          helped++;
          if (after.length === 0 || after.some((next) => JSON.stringify(next) === JSON.stringify(refusal))) useless.push({ sectionSet, scopes, asked, refusal });
        }
      }
    }
    expect(useless.slice(0, 3)).toEqual([]);
    expect(helped).toBeGreaterThan(5000);
  });
});
