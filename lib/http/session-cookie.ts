import { parseId, parseSessionId, type AccountId, type EpochSeconds, type MemberId } from "../domain/brands.ts";
import type { Session } from "../domain/model.ts";
import { openCookie, sealCookie, type CookieKeys } from "../secrets/sealed-cookie.ts";
import { clearCookie, cookieOf, setCookie, type CookieCarrier } from "./cookies.ts";

const NAME = "__Host-latchkey-session";

/** The `Set-Cookie` that opens the portal to whoever has just signed in. */
export async function sessionCookie(keys: CookieKeys, { accountId, memberId, id, expiresAt }: Session, now: EpochSeconds): Promise<string> {
  const sealed = await sealCookie(keys, "session", { account: String(accountId), member: String(memberId), session: id }, expiresAt);
  return setCookie(NAME, sealed, "Strict", expiresAt - now);
}

/** The session that a request names by its cookie. It may have ended since: only its row tells. */
export async function sessionOf(keys: CookieKeys, event: CookieCarrier, now: EpochSeconds): Promise<Session | undefined> {
  const sealed = cookieOf(event, NAME);
  const claims = sealed === undefined ? undefined : await openCookie(keys, "session", sealed, now);
  if (claims === undefined) return undefined;
  const [accountId, memberId] = [parseId<AccountId>(String(claims["account"])), parseId<MemberId>(String(claims["member"]))];
  const id = parseSessionId(claims["session"]);
  return accountId === undefined || memberId === undefined || id === undefined ? undefined : { accountId, memberId, id, expiresAt: claims.exp };
}

export const CLEARED_SESSION = clearCookie(NAME, "Strict");
