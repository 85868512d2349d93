import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { epochSeconds, id, parseSessionId, type AccessTokenId, type AccountId, type MemberId, type ServiceId } from "../../lib/domain/brands.ts";
import { PERMISSIONS, ROLES, SCOPES, SECTIONS, type Principal, type ServiceAccess, type Session } from "../../lib/domain/model.ts";
import { ANONYMOUS, decodePrincipal, decodeSession, encodePrincipal, encodeSession, type PrincipalContext } from "../../lib/http/principal.ts";
import { account, gateway, member, NOW, service, signedIn, speaking, token } from "../model/example.ts";

const anyId = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
const anyAccess: fc.Arbitrary<ServiceAccess> = fc.oneof(fc.constant("all" as const), fc.array(anyId.map((number) => id<ServiceId>(number)), { maxLength: 100 }));
const anyAccessToken = fc.record({
  accountId: anyId.map((number) => id<AccountId>(number)), memberId: anyId.map((number) => id<MemberId>(number)), tokenId: anyId.map((number) => id<AccessTokenId>(number)),
  role: fc.constantFrom(...ROLES), sections: fc.subarray([...SECTIONS]), serviceAccess: anyAccess, scopes: fc.subarray([...SCOPES]),
  permission: fc.constantFrom(...PERMISSIONS), expiresAt: fc.oneof(fc.constant("never" as const), fc.nat().map((seconds) => epochSeconds(seconds))),
}).map(({ accountId, memberId, tokenId, role, sections, serviceAccess, scopes, permission, expiresAt }) => speaking(
  member({ accountId, id: memberId, role, sections, serviceAccess }), token({ accountId, ownerId: memberId, id: tokenId, scopes, permission, expiresAt }),
));

const anyMember = fc.record({ id: anyId.map((number) => id<MemberId>(number)), role: fc.constantFrom(...ROLES), sections: fc.subarray([...SECTIONS]), serviceAccess: anyAccess }).map(member);
const session: Session = { accountId: account, memberId: member().id, id: parseSessionId("s".repeat(32))!, expiresAt: NOW };

const goodMember = encodeSession(member({ sections: ["partners", "finance"], serviceAccess: [service(1), service(2)] }), session);

/** What rights depend on, and nothing else. */
function rights(principal: Principal) {
  if (principal.kind !== "access_token") return principal;
  const { token: { accountId, ownerId, id: tokenId, scopes, permission, expiresAt }, owner } = principal;
  const { role, state, sections, serviceAccess } = owner;
  return { accountId, ownerId, tokenId, scopes, permission, expiresAt, owner: { accountId: owner.accountId, id: owner.id, role, state, sections, serviceAccess } };
}

describe("the authorizer's context", () => {
  it("carries everything that rights depend on", () => {
    fc.assert(fc.property(anyAccessToken, (principal) => {
      const decoded = decodePrincipal(encodePrincipal(principal));
      expect(decoded).toMatchObject({ kind: "principal", reload: false });
      expect(decoded?.kind === "principal" && rights(decoded.principal)).toEqual(rights(principal));
    }), { numRuns: 500 });
  });

  it("survives a gateway that writes it as JSON and reads it again", () => {
    fc.assert(fc.property(anyAccessToken, (principal) => {
      const context = encodePrincipal(principal);
      expect(decodePrincipal(JSON.parse(JSON.stringify(context)))).toEqual(decodePrincipal(context));
    }), { numRuns: 200 });
  });

  it("is flat text of less than 4 kB, without names or secrets", () => {
    const largest = speaking(
      member({ username: "hidden-name", email: "hidden@example.com", sections: SECTIONS, serviceAccess: Array.from({ length: 100 }, (_, at) => service(Number.MAX_SAFE_INTEGER - at)) }),
      token({ name: "hidden-token", scopes: SCOPES }),
    );
    const context = encodePrincipal(largest);
    expect(Object.values(context).filter((value) => typeof value !== "string")).toEqual([]);
    expect(Buffer.byteLength(JSON.stringify(context))).toBeLessThan(4096);
    expect(JSON.stringify(context)).not.toContain("hidden");
  });

  it("leaves a list of more than 100 services behind, and has the owner read again", () => {
    const [hundred, more] = [100, 101].map((length) => encodePrincipal(speaking(member({ serviceAccess: Array.from({ length }, (_, at) => service(at + 1)) }), token())));
    expect(decodePrincipal(hundred)).toMatchObject({ reload: false });
    // Until it has been read, nobody is let in further than an owner without services.
    expect(decodePrincipal(more)).toMatchObject({ reload: true, principal: { owner: { serviceAccess: [] } } });
  });

  it("carries a service token by its ids", () => {
    expect(decodePrincipal(encodePrincipal(gateway))).toMatchObject({ kind: "principal", reload: false, principal: { kind: "service_token", token: { accountId: 11, serviceId: 101 } } });
  });

  it("carries nobody as nobody", () => {
    expect(decodePrincipal(ANONYMOUS)).toEqual({ kind: "anonymous" });
  });

  it("carries whoever is signed in, with everything that their rights depend on", () => {
    fc.assert(fc.property(anyMember, (somebody) => {
      const decoded = decodePrincipal(JSON.parse(JSON.stringify(encodeSession(somebody, session))));
      const { accountId, id, role, sections, serviceAccess } = somebody;
      expect(decoded).toMatchObject({ kind: "principal", reload: false, principal: { kind: "member", member: { accountId, id, role, state: "active", sections, serviceAccess } } });
    }), { numRuns: 300 });
  });

  it("leaves a list of more than 100 services of whoever is signed in behind too", () => {
    const more = encodeSession(member({ serviceAccess: Array.from({ length: 101 }, (_, at) => service(at + 1)) }), session);
    expect(decodePrincipal(more)).toMatchObject({ reload: true, principal: { member: { serviceAccess: [] } } });
  });

  it("carries the session of whoever is signed in, for those who end it", () => {
    expect(decodeSession(goodMember)).toEqual({ accountId: account, memberId: 22, id: session.id });
  });

  it("is never made for whoever is signed in without their session", () => {
    expect(() => encodePrincipal(signedIn(member()))).toThrow(/session/);
  });

  it.each([
    ["a token that claims one", { ...encodePrincipal(speaking(member(), token())), sessionId: session.id }],
    ["nobody who claims one", { ...ANONYMOUS, sessionId: session.id }],
    ["nothing", undefined],
  ])("names no session for %s", (_what, context) => {
    expect(decodeSession(context)).toBeUndefined();
  });
});

const good: PrincipalContext = encodePrincipal(speaking(member({ sections: ["partners", "finance"], serviceAccess: [service(1), service(2)] }), token({ scopes: ["finance", "stats"], expiresAt: epochSeconds(1_900_000_000) })));
const goodService = encodePrincipal(gateway);
const FIELDS = Object.keys(good);
const MEMBER_FIELDS = Object.keys(goodMember);
/** Those values of a field with which the context is still taken for the authorizer's. */
const understood = (context: PrincipalContext, field: string, values: readonly unknown[]) => values.filter((value) => decodePrincipal({ ...context, [field]: value }) !== undefined);
const ID_FIELDS = ["accountId", "memberId", "tokenId"] as const;

describe("a context that is not the authorizer's", () => {
  it("differs in these rows from one that is, and that is understood", () => {
    expect(FIELDS.toSorted()).toEqual(["accountId", "expiresAt", "kind", "memberId", "permission", "role", "scopes", "sections", "services", "tokenId"]);
    expect([decodePrincipal(good)?.kind, decodePrincipal(goodService)?.kind]).toEqual(["principal", "principal"]);
  });

  it.each([[undefined], [null], [""], ["access_token"], [0], [1], [true], [[]], [[good]], [{}], [{ isAuthorized: true }], [JSON.stringify(good)], [{ lambda: good }], [() => good]])("is refused: %j", (context) => {
    expect(decodePrincipal(context)).toBeUndefined();
  });

  it.each(FIELDS)("is refused without %s", (field) => {
    const { [field]: _, ...rest } = good;
    expect(decodePrincipal(rest)).toBeUndefined();
    expect(decodePrincipal({ ...good, [field]: undefined })).toBeUndefined();
  });

  it.each(FIELDS)("is refused when %s is anything but text", (field) => {
    const text = good[field] ?? "";
    const others = [null, 0, 1, Number(text), BigInt(1), true, false, [], [text], text.split(","), {}, { [text]: text }, new String(text), { toString: () => text }, () => text];
    expect(understood(good, field, others)).toEqual([]);
  });

  it.each(MEMBER_FIELDS)("is refused for whoever is signed in without %s, or with one that is none", (field) => {
    const { [field]: _, ...rest } = goodMember;
    const text = goodMember[field] ?? "";
    expect(decodePrincipal(goodMember)?.kind).toBe("principal");
    expect([decodePrincipal(rest), decodeSession(rest)]).toEqual([undefined, undefined]);
    expect(understood(goodMember, field, [undefined, null, 1, true, [text], {}, `${text} `, `${text},`, `${text}x`, `${text}\0`, "null", "-1", "*"])).toEqual([]);
  });

  it.each(["", "s".repeat(31), "s".repeat(33), `${"s".repeat(31)}#`, `${"s".repeat(31)}\n`])("is refused for whoever is signed in by the session %j", (sessionId) => {
    expect(decodePrincipal({ ...goodMember, sessionId })).toBeUndefined();
  });

  it.each(FIELDS)("is refused when %s is mangled", (field) => {
    const text = good[field] ?? "";
    const mangled = [`${text} `, ` ${text}`, `${text}\n`, `${text},`, `,${text}`, `${text}x`, text.toUpperCase() === text ? `${text}E1` : text.toUpperCase(), `${text}\0`, "\0", "null", "undefined", "*", "-1", "NaN"];
    expect(understood(good, field, mangled)).toEqual([]);
  });

  it.each(["accountId", "serviceId"])("is refused for a service token without %s, or with one that is none", (field) => {
    const { [field]: _, ...rest } = goodService;
    expect(decodePrincipal(rest)).toBeUndefined();
    expect(understood(goodService, field, ["", "0", "01", "-1", "1.0", " 1", "9007199254740992", 101, null])).toEqual([]);
  });

  it.each(ID_FIELDS.flatMap((field) => ["", "0", "01", "+1", "1.0", "1e3", "0x10", "١", "9007199254740992"].map((value) => [field, value] as const)))("is refused when %s is %j", (field, value) => {
    expect(decodePrincipal({ ...good, [field]: value })).toBeUndefined();
  });

  it.each([
    ["kind", "member"], ["kind", "principal"], ["kind", "Access_Token"], ["kind", ""], ["kind", "__proto__"], ["kind", "constructor"],
    ["role", ""], ["role", "Admin"], ["role", "owner"], ["role", "admin,member"],
    ["permission", ""], ["permission", "RW"], ["permission", "rw,ro"], ["permission", "write"],
    ["scopes", "account_management,root"], ["scopes", "finance stats"], ["scopes", "finance, stats"], ["scopes", "cms"], ["scopes", "finance,,stats"],
    ["sections", "partners,all"], ["sections", "services"], ["sections", "partners;finance"], ["sections", "all"],
    ["services", "1,2,0"], ["services", "1,two"], ["services", "1,,2"], ["services", "all,1"], ["services", "ALL"], ["services", "1 2"], ["services", "[1,2]"], ["services", "9007199254740992"],
    ["expiresAt", ""], ["expiresAt", " "], ["expiresAt", "Never"], ["expiresAt", "-1"], ["expiresAt", "1.5"], ["expiresAt", "1e12"], ["expiresAt", "0x7fffffff"],
    ["expiresAt", "Infinity"], ["expiresAt", "2030-01-01T00:00:00Z"], ["expiresAt", "01900000000"], ["expiresAt", "9007199254740992"],
  ])("is refused when %s is %j", (field, value) => {
    expect(decodePrincipal({ ...good, [field]: value })).toBeUndefined();
  });

  it("is refused whatever it is, unless every field is one that the authorizer writes", () => {
    const mess = fc.oneof(fc.anything(), fc.record(Object.fromEntries(FIELDS.map((field) => [field, fc.oneof(fc.constant(good[field]), fc.string())])), { requiredKeys: [] }));
    fc.assert(fc.property(mess, (context) => {
      const decoded = decodePrincipal(context);
      if (decoded?.kind !== "principal") return;
      const again = encodePrincipal(decoded.principal);
      expect(again).toEqual(Object.fromEntries(Object.keys(again).map((field) => [field, (context as PrincipalContext)[field]])));
    }), { numRuns: 3000 });
  });
});
