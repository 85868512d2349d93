import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { CompactEncrypt, EncryptJWT } from "jose";
import { beforeAll, describe, expect, it } from "vitest";
import { epochSeconds } from "../../lib/domain/brands.ts";
import { cookieKeys, openCookie, sealCookie, type Purpose } from "../../lib/secrets/sealed-cookie.ts";

const NOW = epochSeconds(1_900_000_000);
const LATER = epochSeconds(NOW + 60);
const TEXT = "k".repeat(32);
const keys = cookieKeys(TEXT);
const PURPOSES: readonly Purpose[] = ["session", "signing-in", "choosing"];
let sealed: string;
beforeAll(async () => {
  sealed = await sealCookie(keys, "session", { account: "1" }, LATER);
});
const opened = (value: string, now = NOW) => openCookie(keys, "session", value, now);

describe("a sealed cookie", () => {
  it("opens to what it said", async () => {
    expect(await opened(sealed)).toEqual({ account: "1", exp: LATER });
  });

  it("opens in another container, which derives the same keys", async () => {
    expect(await openCookie(cookieKeys(TEXT), "session", sealed, NOW)).toEqual({ account: "1", exp: LATER });
  });

  it("tells nothing to whoever carries it", async () => {
    const secret = await sealCookie(keys, "signing-in", { verifier: "hidden-verifier" }, LATER);
    expect(secret.split(".").map((part) => Buffer.from(part, "base64url").toString("latin1")).join()).not.toContain("hidden");
  });

  it("is another every time", async () => {
    expect(await sealCookie(keys, "session", { account: "1" }, LATER)).not.toBe(sealed);
  });

  it("fits a header and a cookie: letters, digits, - _ and .", () => {
    expect(sealed).toMatch(/^[A-Za-z0-9_.-]+$/);
  });

  it("is over at the second it expires", async () => {
    expect(await opened(sealed, epochSeconds(LATER - 1))).toBeDefined();
    expect(await opened(sealed, LATER)).toBeUndefined();
    expect(await opened(sealed, epochSeconds(LATER + 1))).toBeUndefined();
  });

  it.each(PURPOSES.flatMap((made) => PURPOSES.map((used) => [made, used] as const)))("made for %s, opened as %s: only if that is the same", async (made, used) => {
    const value = await sealCookie(keys, made, { account: "1" }, LATER);
    expect((await openCookie(keys, used, value, NOW)) !== undefined).toBe(made === used);
  });

  it("does not open under another key", async () => {
    expect(await openCookie(cookieKeys("x".repeat(32)), "session", sealed, NOW)).toBeUndefined();
  });

  it("does not open when any one character was changed", async () => {
    for (let at = 0; at < sealed.length; at++) {
      const other = sealed[at] === "A" ? "B" : "A";
      const changed = sealed.slice(0, at) + other + sealed.slice(at + 1);
      // The last character of a part may hold bits that are no part of a byte.
      if (sealed.split(".").every((part, index) => Buffer.from(part, "base64url").equals(Buffer.from(changed.split(".")[index] ?? "", "base64url")))) continue;
      expect([at, await opened(changed)]).toEqual([at, undefined]);
    }
  });

  it.each<[string, () => Promise<string>]>([
    ["without an expiry", () => new EncryptJWT({ account: "1" }).setProtectedHeader({ alg: "dir", enc: "A256GCM" }).encrypt(keys.session)],
    ["in another way of managing keys", () => new EncryptJWT({ account: "1" }).setExpirationTime(LATER).setProtectedHeader({ alg: "A256KW", enc: "A256GCM" }).encrypt(keys.session)],
    ["with another cipher", () => new EncryptJWT({ account: "1" }).setExpirationTime(LATER).setProtectedHeader({ alg: "dir", enc: "A128CBC-HS256" }).encrypt(keys.session)],
    ["of text that is no JSON", () => new CompactEncrypt(Buffer.from("text")).setProtectedHeader({ alg: "dir", enc: "A256GCM" }).encrypt(keys.session)],
    ["of JSON that is no object", () => new CompactEncrypt(Buffer.from("[]")).setProtectedHeader({ alg: "dir", enc: "A256GCM" }).encrypt(keys.session)],
    ["not sealed at all", async () => [{ alg: "none" }, { account: "1", exp: LATER }].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".").concat(".")],
  ])("does not open when it was made %s", async (_what, make) => {
    expect(await opened(await make())).toBeUndefined();
  });

  it("does not open, and breaks nothing, whatever it is", async () => {
    const part = fc.oneof(fc.base64String(), fc.string(), fc.json().map((json) => Buffer.from(json).toString("base64url")), fc.constant("eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0"));
    const mess = fc.oneof(fc.string(), fc.array(part, { maxLength: 6 }).map((parts) => parts.join(".")));
    await fc.assert(fc.asyncProperty(mess, async (value) => { expect(await opened(value)).toBeUndefined(); }), { numRuns: 500 });
  });
});

describe("the key", () => {
  it.each(["", "short", "k".repeat(31)])("is refused when it is too short: %j", (text) => {
    expect(() => cookieKeys(text)).toThrow(/^SESSION_KEY must have/);
  });

  it("gives each purpose a key of 256 bits of its own, none of which is its text", () => {
    const all = Object.values(cookieKeys(randomBytes(32).toString("hex"))).map((key) => Buffer.from(key));
    expect(all.map(({ length }) => length)).toEqual([32, 32, 32]);
    expect(new Set(all.map((key) => key.toString("hex"))).size).toBe(3);
  });
});
