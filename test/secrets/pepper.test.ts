import { createHash, createHmac } from "node:crypto";
import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { digest, importedDigests, matches, parsePeppers, threescaleDigest } from "../../lib/secrets/pepper.ts";

const OLD = "old-pepper-0123456789-0123456789-0123456789";
const NEW = "new-pepper-0123456789-0123456789-0123456789";
const VALUE = "lk_at_000000001000000002000000003JKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz2qbYXr";
const before = parsePeppers(`1:${OLD}`);
const during = parsePeppers(`2:${NEW},1:${OLD}`);
const after = parsePeppers(`2:${NEW}`);

/** What a failure says, to whoever reads the log. */
function failureOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return inspect(error);
  }
  throw new Error("It did not fail");
}

describe("a stored digest", () => {
  it("is HMAC-SHA-256 of the value under the current pepper, and says under which", () => {
    expect(digest(before, VALUE)).toEqual({ pepper: 1, hash: createHmac("sha256", OLD).update(VALUE).digest("base64url") });
  });

  it("matches the value it was made from", () => {
    expect(matches(before, VALUE, digest(before, VALUE))).toBe(true);
  });

  it("matches no other value", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (value, presented) => {
      // What UTF-8 cannot tell apart is no other value: lone surrogates are written alike.
      expect(matches(before, presented, digest(before, value))).toBe(Buffer.from(presented).equals(Buffer.from(value)));
    }));
  });

  it.each([
    ["a value that is cut short", VALUE.slice(0, -1)],
    ["a value that goes on", `${VALUE}0`],
    ["no value", ""],
    ["the value in capitals", VALUE.toUpperCase()],
    ["the stored digest itself, as someone who read the table would try", digest(before, VALUE).hash],
    ["the plain SHA-256 of the value", createHash("sha256").update(VALUE).digest("base64url")],
  ])("does not match %s", (_what, presented) => {
    expect(matches(before, presented, digest(before, VALUE))).toBe(false);
  });

  it.each([
    ["it is empty", ""],
    ["it is cut short", digest(before, VALUE).hash.slice(0, -1)],
    ["it goes on", `${digest(before, VALUE).hash}A`],
    ["it is the value in plain text", VALUE],
    ["it is the value's hash without a pepper", createHash("sha256").update(VALUE).digest("base64url")],
    ["it is in another encoding", createHmac("sha256", OLD).update(VALUE).digest("hex")],
  ])("matches nothing when %s: who writes the table cannot mint", (_what, hash) => {
    expect(matches(before, VALUE, { pepper: 1, hash })).toBe(false);
  });

  it("has one length, whatever it is made from", () => {
    fc.assert(fc.property(fc.string(), (value) => {
      expect(digest(before, value).hash).toMatch(/^[A-Za-z0-9_-]{43}$/);
    }));
  });
});

describe("rotation", () => {
  it("keeps old tokens valid under the old pepper while both are there", () => {
    expect(matches(during, VALUE, digest(before, VALUE))).toBe(true);
  });

  it("stores new tokens under the version that is written first, and knows those of all", () => {
    expect(digest(during, VALUE)).toEqual(digest(after, VALUE));
    const announced = parsePeppers(`1:${OLD},2:${NEW}`);
    expect(digest(announced, VALUE)).toEqual(digest(before, VALUE));
    expect(matches(announced, VALUE, digest(after, VALUE))).toBe(true);
    expect(parsePeppers(`9:${OLD},10:${NEW}`).current).toBe(9);
  });

  it("does not match a value under another version than the one that it is stored under", () => {
    expect(matches(during, VALUE, { ...digest(before, VALUE), pepper: 2 })).toBe(false);
    expect(matches(during, VALUE, { ...digest(after, VALUE), pepper: 1 })).toBe(false);
  });

  it("fails when a token's pepper is gone: that is no \"no\"", () => {
    expect(() => matches(after, VALUE, digest(before, VALUE))).toThrow(/Pepper version 1 is not configured/);
    expect(() => matches(before, VALUE, digest(after, VALUE))).toThrow(/Pepper version 2 is not configured/);
  });

  it("does not put a pepper or a value into the failure's text", () => {
    const failure = failureOf(() => matches(after, VALUE, digest(before, VALUE)));
    expect(failure).not.toMatch(/-pepper-|lk_at_/);
  });
});

describe("PEPPERS", () => {
  it("is versions and keys", () => {
    expect(parsePeppers(`1:${OLD}, 2:${NEW}`)).toEqual({ current: 1, keys: new Map([[1, OLD], [2, NEW]]) });
  });

  it.each([
    ["is missing", undefined],
    ["is empty", ""],
    ["is blank", "  "],
    ["has no version", OLD],
    ["has an empty version", `:${OLD}`],
    ["has version 0", `0:${OLD}`],
    ["has a version with a leading zero", `01:${OLD}`],
    ["has a negative version", `-1:${OLD}`],
    ["has a version that is no integer", `1.5:${OLD}`],
    ["has a version in words", `one:${OLD}`],
    ["has a version of seven digits", `1000000:${OLD}`],
    ["has an empty key", "1:"],
    ["has a key of 31 characters", `1:${"k".repeat(31)}`],
    ["has one good key and one that is too short", `1:${OLD},2:short`],
    ["has a key with a space", `1:${"k".repeat(20)} ${"k".repeat(20)}`],
    ["has a key with a colon", `1:${"k".repeat(20)}:${"k".repeat(20)}`],
    ["has the same version twice", `1:${OLD},1:${NEW}`],
    ["ends with a comma", `1:${OLD},`],
    ["begins with a comma", `,1:${OLD}`],
    ["is CloudFormation's reference, which nobody resolved", "1:{{resolve:secretsmanager:latchkey-pepper:SecretString:key}}"],
    ["is JSON", JSON.stringify({ 1: OLD })],
  ])("stops a function that would start when it %s", (_what, text) => {
    expect(() => parsePeppers(text)).toThrow(/PEPPERS/);
  });

  it("takes a key of 32 characters, the shortest", () => {
    expect(parsePeppers(`1:${"k".repeat(32)}`).current).toBe(1);
  });

  it("is not told in the failure", () => {
    expect(failureOf(() => parsePeppers(`1:${OLD},2:short`))).not.toMatch(/old-pepper|short/);
  });
});

describe("a value imported from 3scale", () => {
  const hex = "0123456789abcdef".repeat(6);

  it("is known by the digest that 3scale kept of it", () => {
    expect(threescaleDigest("abc")).toBe(
      "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7",
    );
  });

  it("has one possible digest under each pepper, all different", () => {
    const digests = importedDigests(during, threescaleDigest(hex));
    expect(digests.map(({ pepper }) => pepper)).toEqual([2, 1]);
    expect(new Set(digests.map(({ hash }) => hash)).size).toBe(2);
  });

  it("keeps its digest when a pepper is added", () => {
    expect(importedDigests(during, threescaleDigest(hex))).toEqual(expect.arrayContaining([...importedDigests(before, threescaleDigest(hex))]));
  });

  it("shares no digest with a value of ours: neither kind passes for the other", () => {
    const [imported] = importedDigests(before, threescaleDigest(hex));
    expect([digest(before, hex), digest(before, threescaleDigest(hex))]).not.toContainEqual(imported);
  });
});
