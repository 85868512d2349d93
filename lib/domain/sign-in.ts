import type { AccountId } from "./brands.ts";
import type { Member } from "./model.ts";

/** Who an issuer says is there. Only an e-mail that the issuer has verified is one. */
export type Identity = { readonly issuer: string; readonly subject: string; readonly verifiedEmail?: string };

/**
 * A member whom an identity may be: found by the subject that was kept at their first sign-in, or by their e-mail.
 * `bound` says to whom of this issuer's people they belong by now.
 */
export type Candidate = { readonly member: Member; readonly bound: "to_this" | "to_another" | "to_nobody" };

/**
 * An e-mail as it is compared: letter case does not count, of the letters A to Z. Unicode's own folding would make one
 * address of two: the sign for kelvin becomes a k.
 */
export function foldedEmail(email: string): string {
  return email.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** Why somebody is not let in, as the page that tells them names it. */
export type Refusal = "no_membership" | "not_active" | "unverified_email" | "other_identity";

export type Admission<C extends Candidate> =
  | { readonly kind: "one"; readonly candidate: C }
  | { readonly kind: "choose"; readonly accounts: readonly AccountId[] }
  | { readonly kind: "refused"; readonly reason: Refusal };

/**
 * Which of the candidates, one in each account, is let in? A member belongs to whoever came first: somebody else with the
 * same e-mail, as the next holder of an address, is not them. Whoever is active somewhere is let in there.
 */
export function admit<C extends Candidate>(candidates: readonly C[], identity: Identity): Admission<C> {
  const own = candidates.filter(({ bound }) => bound !== "to_another");
  const active = own.filter(({ member }) => member.state === "active");
  const [candidate, ...others] = active;
  if (others.length > 0) return { kind: "choose", accounts: active.map(({ member }) => member.accountId) };
  if (candidate !== undefined) return { kind: "one", candidate };
  if (own.length > 0) return { kind: "refused", reason: "not_active" };
  if (candidates.length > 0) return { kind: "refused", reason: "other_identity" };
  return { kind: "refused", reason: identity.verifiedEmail === undefined ? "unverified_email" : "no_membership" };
}
