import { describe, expect, it } from "vitest";
import { epochSeconds, id, type AccountId, type MemberId } from "../../lib/domain/brands.ts";
import { sessionCookie, sessionOf } from "../../lib/http/session-cookie.ts";
import { newSessionId } from "../../lib/secrets/random.ts";
import { cookieKeys, sealCookie } from "../../lib/secrets/sealed-cookie.ts";

const NOW = epochSeconds(1_900_000_000);
const SESSION = { accountId: id<AccountId>(1), memberId: id<MemberId>(2), id: newSessionId(), expiresAt: epochSeconds(NOW + 60) };
const keys = cookieKeys("k".repeat(32));
const NAME = "__Host-latchkey-session";

describe("the cookie of a session", () => {
  it("names the session that it was made of", async () => {
    const [cookie = ""] = (await sessionCookie(keys, SESSION, NOW)).split(";");
    expect(await sessionOf(keys, { cookies: [cookie] }, NOW)).toEqual(SESSION);
  });

  const CLAIMS = { account: "1", member: "2", session: SESSION.id };
  it.each([["account", undefined], ["account", "x"], ["member", undefined], ["member", "0"], ["session", undefined], ["session", "short"]])("names none whose %s is %s", async (claim, value) => {
    const sealed = async (claims: object) => [`${NAME}=${await sealCookie(keys, "session", { ...claims }, SESSION.expiresAt)}`];
    expect(await sessionOf(keys, { cookies: await sealed(CLAIMS) }, NOW)).toEqual(SESSION);
    expect(await sessionOf(keys, { cookies: await sealed({ ...CLAIMS, [claim]: value }) }, NOW)).toBeUndefined();
  });

  it("is none where nothing is", async () => {
    expect(await sessionOf(keys, { cookies: [] }, NOW)).toBeUndefined();
  });
});
