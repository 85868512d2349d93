import type { EpochSeconds } from "./brands.ts";
import type { AccessToken, Permission, Principal } from "./model.ts";
import { scopesOf } from "./rights.ts";
import { isoSeconds } from "./time.ts";

/** What a token grants: the part of it that can be too much. */
export type Grant = Pick<AccessToken, "scopes" | "permission" | "expiresAt">;
/** The field of a grant that goes too far, and what to tell the caller about it. */
export type Excess = { readonly field: "scopes" | "permission" | "expires_at"; readonly message: string };

/** The most a principal may grant: what they hold now, and, when a token speaks, no more than that token (D1). */
export function ceilingOf(principal: Principal): Grant {
  switch (principal.kind) {
    case "service_token":
      return { scopes: [], permission: "ro", expiresAt: "never" };
    case "member":
      return { scopes: scopesOf(principal.member), permission: "rw", expiresAt: "never" };
    case "access_token": {
      const { token, owner } = principal;
      return { scopes: scopesOf(owner).filter((scope) => token.scopes.includes(scope)), permission: token.permission, expiresAt: token.expiresAt };
    }
  }
}

/**
 * Where a wanted grant passes the ceiling. What a token had before (`held`) may stay as it was: only what is added
 * is judged, so that a narrow token can rename a wide one but never widen it. Each scope is judged with the permission
 * and the expiry that it would get, for together they are what is granted: a token may not lend its permission to a
 * scope that only the other had. Empty when all is well.
 */
export function exceeding(ceiling: Grant, wanted: Grant, held?: Grant): readonly Excess[] {
  const added = wanted.scopes.filter((scope) => held === undefined || !held.scopes.includes(scope) || isMore(held, wanted));
  const beyond = added.filter((scope) => !ceiling.scopes.includes(scope));
  const excess: Excess[] = beyond.map((scope) => ({ field: "scopes", message: `${scope} is beyond your own rights` }));
  // What a change adds beyond the ceiling anyway says nothing about the permission and the expiry it leaves alone.
  const within = held === undefined || added.length > beyond.length;
  if (within && wider(ceiling.permission, wanted.permission)) {
    excess.push({ field: "permission", message: "rw is beyond your own token" });
  }
  if (within && later(ceiling.expiresAt, wanted.expiresAt)) {
    excess.push({ field: "expires_at", message: `must not be later than ${isoSeconds(ceiling.expiresAt)}, when your own token expires` });
  }
  return excess;
}

/** Whether a grant gives its scopes more than another does: to write, or for longer. */
function isMore(than: Grant, grant: Grant): boolean {
  return wider(than.permission, grant.permission) || later(than.expiresAt, grant.expiresAt);
}

const wider = (than: Permission, permission: Permission) => than === "ro" && permission === "rw";
const later = (than: EpochSeconds | "never", time: EpochSeconds | "never"): than is EpochSeconds => than !== "never" && (time === "never" || time > than);
