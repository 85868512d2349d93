import type { EpochSeconds } from "./brands.ts";
import type { AccessToken, Member, Principal, Role, Scope, Section } from "./model.ts";
import { SECTION_OF, scopesOf, sectionsOf, serviceAccessOf } from "./rights.ts";

/** What an operation asks of its caller. Each operation declares it once; nothing else decides. */
export type Requirement = {
  /** Any one of these scopes opens the operation. */
  readonly scopes: readonly Scope[];
  /** A property of the operation, not of the HTTP method (D3). */
  readonly effect: "read" | "write";
  /** Operations about services refuse whoever reaches none (D4). */
  readonly about: "account" | "services";
  /** A section asked beyond the one that the scope stands for. */
  readonly section?: Section;
  readonly role?: Extract<Role, "admin">;
  /** Whoever is signed in may do it, whatever their sections. A token needs its scope, and its owner the section, all the same. */
  readonly openInPerson?: true;
};

/** What a caller lacks, as told in the refusal: a scope or permission of the token, a section of its owner. */
export type Missing = `scope:${Scope}` | `section:${Section}` | "permission:rw";

export type Decision =
  | { readonly allow: true }
  | { readonly allow: false; readonly reason: "wrong_kind" | "no_service_access" | "admin_required" }
  | { readonly allow: false; readonly reason: "insufficient_scope" | "insufficient_rights" | "read_only"; readonly missing: readonly Missing[] };

const ALLOW: Decision = { allow: true };

/** Only a token that exists, has not expired, and whose owner is active speaks for anybody (D2). Absence refuses. */
export function isAlive(token: AccessToken, owner: Member, now: EpochSeconds): boolean {
  return owner.state === "active" && (token.expiresAt === "never" || now < token.expiresAt);
}

/**
 * The one decision: may this principal do this? Rights are those of the token and of its owner as they are now
 * (D1, 3scale: app/lib/access_control). Pure, and blind to which object is asked for: `reaches` tells that.
 */
export function authorize(principal: Principal, asked: Requirement): Decision {
  switch (principal.kind) {
    case "service_token":
      return { allow: false, reason: "wrong_kind" };
    case "member": {
      const bySections = asked.openInPerson ? ALLOW : sectionsAllow(principal.member, asked);
      return bySections.allow ? positionAllows(principal.member, asked) : bySections;
    }
    case "access_token": {
      const bySections = sectionsAllow(principal.owner, asked);
      if (!bySections.allow) return bySections;
      const byToken = tokenAllows(principal.token, principal.owner, asked);
      return byToken.allow ? positionAllows(principal.owner, asked) : byToken;
    }
  }
}

function tokenAllows(token: AccessToken, owner: Member, asked: Requirement): Decision {
  // 3scale intersects three ways: a scope counts only if the token carries it and the owner still holds it.
  const usable = scopesOf(owner).filter((scope) => asked.scopes.includes(scope));
  if (!usable.some((scope) => token.scopes.includes(scope))) {
    return { allow: false, reason: "insufficient_scope", missing: usable.map((scope) => `scope:${scope}` as const) };
  }
  if (asked.effect === "write" && token.permission === "ro") {
    return { allow: false, reason: "read_only", missing: ["permission:rw"] };
  }
  return ALLOW;
}

function sectionsAllow(member: Member, asked: Requirement): Decision {
  if (!scopesOf(member).some((scope) => asked.scopes.includes(scope))) {
    return { allow: false, reason: "insufficient_rights", missing: asked.scopes.map((scope) => `section:${SECTION_OF[scope]}` as const) };
  }
  if (asked.section !== undefined && !sectionsOf(member).includes(asked.section)) {
    return { allow: false, reason: "insufficient_rights", missing: [`section:${asked.section}`] };
  }
  return ALLOW;
}

function positionAllows(member: Member, asked: Requirement): Decision {
  if (asked.about === "services") {
    const access = serviceAccessOf(member);
    if (access !== "all" && access.length === 0) return { allow: false, reason: "no_service_access" };
  }
  if (asked.role === "admin" && member.role !== "admin") return { allow: false, reason: "admin_required" };
  return ALLOW;
}
