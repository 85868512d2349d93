import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { epochSeconds, type EpochSeconds } from "../../lib/domain/brands.ts";
import { ceilingOf, exceeding, type Grant } from "../../lib/domain/ceiling.ts";
import { PERMISSIONS, ROLES, SCOPES, SECTIONS, type Member, type Principal } from "../../lib/domain/model.ts";
import { admin, gateway, member, NOW, signedIn, speaking, subsets, token } from "../model/example.ts";
import { mayGrant, powers } from "../model/rights.ts";
import { tried } from "../support/tried.ts";

const later = (seconds: number) => epochSeconds(NOW + seconds);
const grant = (over: Partial<Grant> = {}): Grant => ({ scopes: ["account_management"], permission: "rw", expiresAt: "never", ...over });
const refused = (creator: Principal, wanted: Grant, held?: Grant) => [...new Set(exceeding(ceilingOf(creator), wanted, held).map(({ field }) => field))].sort();

describe("what may be granted to a new token", () => {
  it.each([
    ["an admin grants every scope", signedIn(admin()), grant({ scopes: SCOPES })],
    ["a member grants the scope of a section they hold", signedIn(member()), grant()],
    ["a token grants itself", speaking(admin(), token({ expiresAt: later(10) })), grant({ expiresAt: later(10) })],
    ["a token grants less than itself", speaking(admin(), token({ scopes: SCOPES })), grant({ scopes: ["stats"], permission: "ro", expiresAt: later(1) })],
    ["a token without expiry grants any expiry", speaking(admin(), token()), grant({ expiresAt: later(1) })],
  ])("allows: %s", (_guarantee, creator, wanted) => {
    expect(refused(creator, wanted)).toEqual([]);
  });

  it.each([
    ["a member grants no scope of a section they do not hold", signedIn(member()), grant({ scopes: ["account_management", "finance"] }), ["scopes"]],
    ["a member without sections grants nothing", signedIn(member({ sections: [] })), grant(), ["scopes"]],
    ["settings and plans unlock no scope", signedIn(member({ sections: ["settings", "plans", "portal"] })), grant(), ["scopes"]],
    ["an admin's token grants no scope that it does not carry", speaking(admin(), token()), grant({ scopes: ["stats"] }), ["scopes"]],
    ["a token grants no scope that its owner has lost", speaking(member({ sections: ["finance"] }), token()), grant(), ["scopes"]],
    ["a token with ro grants no rw", speaking(admin(), token({ permission: "ro" })), grant(), ["permission"]],
    ["a token that expires grants no later expiry", speaking(admin(), token({ expiresAt: later(10) })), grant({ expiresAt: later(11) }), ["expires_at"]],
    ["a token that expires grants none that never does", speaking(admin(), token({ expiresAt: later(10) })), grant(), ["expires_at"]],
    ["everything that is too much is told", speaking(admin(), token({ permission: "ro", expiresAt: later(10) })), grant({ scopes: ["account_management", "stats"] }), ["expires_at", "permission", "scopes"]],
    ["a service token grants nothing", gateway, grant({ permission: "ro" }), ["scopes"]],
  ])("refuses: %s", (_guarantee, creator, wanted, fields) => {
    expect(refused(creator, wanted)).toEqual(fields);
  });

  it("names each scope that is too much", () => {
    expect(exceeding(ceilingOf(signedIn(member())), grant({ scopes: ["finance", "account_management", "stats"] }))).toEqual([
      { field: "scopes", message: "finance is beyond your own rights" }, { field: "scopes", message: "stats is beyond your own rights" },
    ]);
  });
});

describe("the ceiling", () => {
  it("of somebody who is signed in is all that their rights open, to read and write, for ever", () => {
    expect(ceilingOf(signedIn(member({ sections: ["partners", "monitoring"] })))).toEqual({ scopes: ["account_management", "stats"], permission: "rw", expiresAt: "never" });
  });

  it("of a service token is nothing", () => {
    expect(ceilingOf(gateway)).toEqual({ scopes: [], permission: "ro", expiresAt: "never" });
  });
});

describe("what is told of a new token that is too much", () => {
  it("is all of it, in words, also when no scope of it is allowed", () => {
    const ceiling = ceilingOf(speaking(admin(), token({ permission: "ro", expiresAt: epochSeconds(1_900_000_000) })));
    expect(exceeding(ceiling, grant({ scopes: ["stats"] }))).toEqual([
      { field: "scopes", message: "stats is beyond your own rights" }, { field: "permission", message: "rw is beyond your own token" },
      { field: "expires_at", message: "must not be later than 2030-03-17T17:46:40Z, when your own token expires" },
    ]);
  });
});

describe("what an existing token may be turned into", () => {
  const narrow = speaking(admin(), token({ expiresAt: later(10) }));
  const wide = grant({ scopes: ["account_management", "finance"] });

  it.each([
    ["a narrow token leaves a wide one as it was", narrow, wide, wide],
    ["a narrow token narrows a wide one", narrow, grant({ scopes: ["finance"], permission: "ro" }), wide],
    ["a narrow token gives what it has itself", narrow, grant({ expiresAt: later(10) }), grant({ scopes: ["stats"], permission: "ro", expiresAt: later(10) })],
    ["a member keeps the scope of a section they lost", signedIn(member()), wide, wide],
  ])("allows: %s", (_guarantee, creator, wanted, held) => {
    expect(refused(creator, wanted, held)).toEqual([]);
  });

  it.each([
    ["a narrow token adds no scope that it does not carry", narrow, grant({ scopes: ["account_management", "stats"] }), wide, ["scopes"]],
    ["ro turns nothing into rw", speaking(admin(), token({ permission: "ro" })), grant(), grant({ permission: "ro" }), ["permission"]],
    ["a token that expires sooner postpones nothing beyond itself", narrow, grant({ expiresAt: later(30) }), grant({ expiresAt: later(20) }), ["expires_at"]],
  ])("refuses: %s", (_guarantee, creator, wanted, held, fields) => {
    expect(refused(creator, wanted, held)).toEqual(fields);
  });

  // Each half is held by one of the two, the whole by neither: a token with rw for accounts must not turn another's ro for finance into rw.
  it.each([
    ["rw, for a scope that only the other token reads", speaking(admin(), token()), grant({ scopes: ["finance"] }), grant({ scopes: ["finance"], permission: "ro" })],
    ["a scope, for a token that lives longer", speaking(admin(), token({ scopes: ["account_management", "stats"], expiresAt: later(10) })), grant({ scopes: ["account_management", "stats"] }), grant()],
    ["time, for a scope that only the other token has", speaking(admin(), token()), wide, { ...wide, expiresAt: later(10) }],
  ])("refuses to put together what neither token could do: %s", (_guarantee, creator, wanted, held) => {
    expect(refused(creator, wanted, held)).not.toEqual([]);
  });
});

const TIMES = [later(1), later(2), later(3), "never"] as const;
const grantsOf = (scopeSets: readonly Grant["scopes"][]) => scopeSets.flatMap((scopes) => PERMISSIONS.flatMap((permission) => TIMES.map((expiresAt): Grant => ({ scopes, permission, expiresAt }))));

describe("every combination of small grants", () => {
  it("the ceiling is what the creator's own token and rights allow", () => {
    let count = 0;
    const different: unknown[] = [];
    for (const role of ROLES) {
      for (const sections of subsets(SECTIONS)) {
        const owner = member({ role, sections });
        for (const own of grantsOf(subsets(SCOPES))) {
          count++;
          const ceiling = ceilingOf(speaking(owner, token(own)));
          const right = mayGrant({ owner, token: own }, ceiling) && SCOPES.every((scope) => ceiling.scopes.includes(scope) || !mayGrant({ owner, token: own }, { ...ceiling, scopes: [scope] }));
          if (!right || ceiling.permission !== own.permission || ceiling.expiresAt !== own.expiresAt) different.push({ owner, own, ceiling });
        }
      }
    }
    tried("ceilings", { combinations: count });
    expect(different.slice(0, 3)).toEqual([]);
    expect(count).toBe(2 * 128 * 16 * 2 * 4);
  });

  it("an accepted grant never exceeds creator and held together, and what does not exceed them is accepted", () => {
    const owner = admin();
    const some = grantsOf(subsets(SCOPES).filter((scopes) => scopes.length > 0));
    let count = 0;
    let accepted = 0;
    const escalations: unknown[] = [];
    const refusals: unknown[] = [];
    for (const own of some) {
      const ceiling = ceilingOf(speaking(owner, token(own)));
      const creator = { owner, token: own };
      for (const wanted of some) {
        for (const held of [undefined, ...some]) {
          count++;
          const fits = exceeding(ceiling, wanted, held).length === 0;
          if (fits) accepted++;
          if (fits === mayGrant(creator, wanted, held)) continue;
          const kept = fits ? escalations : refusals;
          if (kept.length < 3) kept.push({ own, wanted, held });
        }
      }
    }
    tried("grants", { combinations: count, accepted });
    expect({ escalations, refusals }).toEqual({ escalations: [], refusals: [] });
    expect(count).toBe(120 * 120 * 121);
    expect(accepted).toBe(479_700);
  }, 60_000);
});

describe("any grant", () => {
  const scopes = fc.subarray([...SCOPES], { minLength: 1 });
  const expiresAt = fc.oneof(fc.constant("never" as const), fc.integer({ min: NOW + 1, max: NOW + 1_000_000 }).map((time): EpochSeconds => epochSeconds(time)));
  const anyGrant: fc.Arbitrary<Grant> = fc.record({ scopes, permission: fc.constantFrom(...PERMISSIONS), expiresAt });
  const anyOwner: fc.Arbitrary<Member> = fc.record({ role: fc.constantFrom(...ROLES), sections: fc.subarray([...SECTIONS]) }).map(member);

  it("that is accepted for a new token is no more than its creator has", () => {
    fc.assert(fc.property(anyOwner, fc.option(anyGrant, { nil: undefined }), anyGrant, (owner, own, wanted) => {
      const creator = own === undefined ? signedIn(owner) : speaking(owner, token(own));
      expect(exceeding(ceilingOf(creator), wanted).length === 0).toBe(mayGrant({ owner, ...(own === undefined ? {} : { token: own }) }, wanted));
    }), { numRuns: 5000 });
  });

  it("that stays as it was is never refused", () => {
    fc.assert(fc.property(anyOwner, anyGrant, anyGrant, (owner, own, held) => {
      expect(exceeding(ceilingOf(speaking(owner, token(own))), held, held)).toEqual([]);
    }), { numRuns: 2000 });
  });

  it("reached by any chain of creations and updates lets nobody do what none of the first tokens could", () => {
    const step = fc.record({ creator: fc.nat(), target: fc.option(fc.nat(), { nil: undefined }), change: fc.record({ scopes, permission: fc.constantFrom(...PERMISSIONS), expiresAt }, { requiredKeys: [] }) });
    fc.assert(fc.property(fc.array(anyGrant, { minLength: 1, maxLength: 3 }), fc.array(step, { maxLength: 12 }), (first, steps) => {
      const pool = [...first];
      for (const { creator, target, change } of steps) {
        const by = pool[creator % pool.length] ?? grant();
        const held = target === undefined ? undefined : pool[target % pool.length];
        const wanted = { ...(held ?? by), ...change };
        if (exceeding(ceilingOf(speaking(admin(), token(by))), wanted, held).length > 0) continue;
        if (target === undefined) pool.push(wanted);
        else pool[target % pool.length] = wanted;
      }
      const beyond = pool.flatMap((each) => [...powers(each)]).filter(([power, until]) => until > Math.max(0, ...first.map((each) => powers(each).get(power) ?? 0)));
      expect(beyond).toEqual([]);
    }), { numRuns: 3000 });
  });
});
