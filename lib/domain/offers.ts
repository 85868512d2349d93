import type { Missing } from "./authorize.ts";
import type { Grant } from "./ceiling.ts";
import { SCOPES, type Member, type Scope } from "./model.ts";
import { scopesOf, SECTION_OF } from "./rights.ts";

/** A scope that may be given to a token, or the one thing that is missing for it. */
export type Offer = { readonly scope: Scope } & ({ readonly allowed: true } | { readonly allowed: false; readonly missing: Missing });

/**
 * Every scope, in 3scale's order, and whether a member may give it to a token under this ceiling (ceiling.ts). What is
 * missing is a section of theirs; when they hold that, a scope of the token that they ask with (D1).
 */
export function offersTo(member: Member, ceiling: Grant): readonly Offer[] {
  const held = scopesOf(member);
  return SCOPES.map((scope) => {
    if (ceiling.scopes.includes(scope)) return { scope, allowed: true };
    return { scope, allowed: false, missing: held.includes(scope) ? `scope:${scope}` : `section:${SECTION_OF[scope]}` };
  });
}
