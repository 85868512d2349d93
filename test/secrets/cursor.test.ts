import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openCursor, sealCursor } from "../../lib/secrets/cursor.ts";
import { digest, parsePeppers } from "../../lib/secrets/pepper.ts";
import { rounds } from "../support/rounds.ts";

const [OLD, NEW] = ["o".repeat(40), "n".repeat(40)];
const peppers = parsePeppers(`1:${OLD}`);
const place = fc.oneof(fc.maxSafeNat(), fc.nat({ max: 100 }));
const question = fc.oneof(fc.string(), fc.json());
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

describe("a cursor", () => {
  it("leads back to its place, for its question, in 32 characters that a URL carries as they are", () => {
    fc.assert(fc.property(question, place, (asked, at) => {
      const cursor = sealCursor(peppers, asked, at);
      expect(cursor).toMatch(/^[A-Za-z0-9_-]{32}$/);
      expect(openCursor(peppers, asked, cursor)).toBe(at);
      expect(sealCursor(peppers, asked, at)).toBe(cursor);
    }), { numRuns: rounds(300) });
  });

  it("opens nothing once any one of its characters is another", () => {
    const cursor = sealCursor(peppers, "which?", 244_887_536_281_354);
    let tried = 0;
    for (let at = 0; at < cursor.length; at++) {
      for (const other of ALPHABET.replace(cursor.charAt(at), "")) {
        expect(openCursor(peppers, "which?", cursor.slice(0, at) + other + cursor.slice(at + 1))).toBeUndefined();
        tried++;
      }
    }
    expect(tried).toBe(32 * 63);
  });

  it("opens nothing for another question", () => {
    fc.assert(fc.property(question, question, place, (asked, other, at) => {
      fc.pre(asked !== other);
      expect(openCursor(peppers, other, sealCursor(peppers, asked, at))).toBeUndefined();
    }), { numRuns: rounds(300) });
  });

  it.each([
    ["nothing", () => ""],
    ["a shorter one", (cursor: string) => cursor.slice(0, -1)],
    ["a longer one", (cursor: string) => `${cursor}A`],
    ["one with padding", (cursor: string) => `${cursor}=`],
    ["one with a line end", (cursor: string) => `${cursor}\n`],
    ["one in the other alphabet of base64", (cursor: string) => `+/${cursor.slice(2)}`],
    ["the place alone", (cursor: string) => Buffer.from(cursor, "base64url").subarray(0, 8).toString("base64url")],
    ["the place as a number", () => "7"],
    ["zeros", () => "A".repeat(32)],
  ])("is not %s", (_what, made) => {
    expect(openCursor(peppers, "which?", made(sealCursor(peppers, "which?", 7)))).toBeUndefined();
  });

  it("is of no use to whoever has another pepper, and outlives one that is no longer current", () => {
    const cursor = sealCursor(peppers, "which?", 7);
    expect(openCursor(parsePeppers(`1:${NEW}`), "which?", cursor)).toBeUndefined();
    expect(openCursor(parsePeppers(`1:${OLD},2:${NEW}`), "which?", cursor)).toBe(7);
    expect(openCursor(peppers, "which?", sealCursor(parsePeppers(`2:${NEW},1:${OLD}`), "which?", 7))).toBeUndefined();
  });

  it("is not made with the key that hashes tokens: a text that somebody has hashed proves no place", () => {
    const written = Buffer.alloc(8);
    const hash = Buffer.from(digest(peppers, `${written.toString("latin1")}which?`).hash, "base64url").subarray(0, 16);
    expect(openCursor(peppers, "which?", Buffer.concat([written, hash]).toString("base64url"))).toBeUndefined();
  });
});
