import { epochSeconds, parseId, type AccountId, type EpochSeconds } from "../domain/brands.ts";
import { openCookie, sealCookie, type CookieKeys } from "../secrets/sealed-cookie.ts";
import { clearCookie, cookieOf, setCookie, type CookieCarrier } from "./cookies.ts";
import type { Challenge } from "./issuer.ts";

/** A sign-in that has begun: what proves its end, where it leads, and the account that was named. */
export type SigningIn = Challenge & { readonly to: string; readonly account?: AccountId | undefined };
/** Whoever was proved to be a member of several accounts: those, and where it leads. */
export type Choosing = { readonly accounts: readonly AccountId[]; readonly to: string };

const NAME = "__Host-latchkey-signing-in";
const SECONDS = 10 * 60;
/** The way back from the issuer begins at another site: a strict cookie would not come along. */
const SAME_SITE = "Lax";

export const CLEARED_SIGNING_IN = clearCookie(NAME, SAME_SITE);

export async function signingInCookie(keys: CookieKeys, { account, ...begun }: SigningIn, now: EpochSeconds): Promise<string> {
  return sealed(keys, "signing-in", { ...begun, ...(account === undefined ? {} : { account: String(account) }) }, now);
}

export async function signingInOf(keys: CookieKeys, event: CookieCarrier, now: EpochSeconds): Promise<SigningIn | undefined> {
  const claims = await opened(keys, "signing-in", event, now);
  if (claims === undefined) return undefined;
  const { state, nonce, verifier, to, account } = claims;
  return { state: String(state), nonce: String(nonce), verifier: String(verifier), to: String(to), account: parseId<AccountId>(String(account)) };
}

export async function choosingCookie(keys: CookieKeys, { accounts, to }: Choosing, now: EpochSeconds): Promise<string> {
  return sealed(keys, "choosing", { accounts: accounts.join(","), to }, now);
}

export async function choosingOf(keys: CookieKeys, event: CookieCarrier, now: EpochSeconds): Promise<Choosing | undefined> {
  const claims = await opened(keys, "choosing", event, now);
  if (claims === undefined) return undefined;
  return { accounts: String(claims["accounts"]).split(",").flatMap((text) => parseId<AccountId>(text) ?? []), to: String(claims["to"]) };
}

async function sealed(keys: CookieKeys, purpose: "signing-in" | "choosing", claims: object, now: EpochSeconds): Promise<string> {
  return setCookie(NAME, await sealCookie(keys, purpose, { ...claims }, epochSeconds(now + SECONDS)), SAME_SITE, SECONDS);
}

async function opened(keys: CookieKeys, purpose: "signing-in" | "choosing", event: CookieCarrier, now: EpochSeconds) {
  const value = cookieOf(event, NAME);
  return value === undefined ? undefined : openCookie(keys, purpose, value, now);
}
