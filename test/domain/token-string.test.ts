import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { id, type AccessTokenId, type AccountId, type MemberId, type ServiceId } from "../../lib/domain/brands.ts";
import { accessTokenString, base62Secret, parseToken, SECRET_LENGTH, serviceTokenString, type ParsedToken } from "../../lib/domain/token-string.ts";

const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const SIGNS = BASE62.split("");
const FIRST = BASE62.slice(0, SECRET_LENGTH);
const LAST = BASE62.slice(-SECRET_LENGTH);
const MAX = Number.MAX_SAFE_INTEGER;

const accessToken = (account: number, owner: number, token: number, secret: string) =>
  accessTokenString(id<AccountId>(account), id<MemberId>(owner), id<AccessTokenId>(token), secret);
const serviceToken = (account: number, service: number, secret: string) => serviceTokenString(id<AccountId>(account), id<ServiceId>(service), secret);

/** Values that were computed once, outside this program. If one of these rows turns red, tokens already issued stopped working. */
describe("the format of tokens already issued", () => {
  it.each([
    ["lk_at_000000001000000002000000003JKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz2qbYXr", [1, 2, 3], LAST],
    ["lk_at_fFgnDxSe7fFgnDxSe7fFgnDxSe70123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefg1aOHEd", [MAX, MAX, MAX], FIRST],
    ["lk_at_0yruJXMpd00000089RX09QylZJhJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0zouF8", [214358881000001, 31337, 7205759403792793], LAST],
  ] as const)("never changes: %s", (value, [accountId, ownerId, tokenId], secret) => {
    expect(accessToken(accountId, ownerId, tokenId, secret)).toBe(value);
    expect(parseToken(value)).toEqual({ kind: "access_token", accountId, ownerId, id: tokenId });
  });

  it.each([
    ["lk_st_00000000100000000gJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz13MMOK", [1, 42], LAST],
    ["lk_st_0yruJXMpdX09QylZJh0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefg0FoaKd", [214358881000001, 7205759403792793], FIRST],
  ] as const)("never changes: %s", (value, [accountId, serviceId], secret) => {
    expect(serviceToken(accountId, serviceId, secret)).toBe(value);
    expect(parseToken(value)).toEqual({ kind: "service_token", accountId, serviceId });
  });
});

describe("a token", () => {
  const anyId = fc.oneof(fc.integer({ min: 1, max: MAX }), fc.constantFrom(1, 61, 62, 63, 2 ** 32 - 1, 2 ** 32, MAX - 1, MAX));
  const anySecret = fc.string({ unit: fc.constantFrom(...SIGNS), minLength: SECRET_LENGTH, maxLength: SECRET_LENGTH });

  it("says which rows to read, for every id there can be, in one word of fixed length", () => {
    fc.assert(fc.property(anyId, anyId, anyId, anySecret, (accountId, second, third, secret) => {
      const access = accessToken(accountId, second, third, secret);
      const service = serviceToken(accountId, second, secret);
      expect(parseToken(access)).toEqual({ kind: "access_token", accountId, ownerId: second, id: third });
      expect(parseToken(service)).toEqual({ kind: "service_token", accountId, serviceId: second });
      expect([access.length, service.length]).toEqual([82, 73]);
      expect(access + service).toMatch(/^\w+$/);
    }), { numRuns: 2000 });
  });

  const issued = [accessToken(1, 2, 3, FIRST), accessToken(MAX, MAX, MAX, LAST), serviceToken(1, 2, FIRST), serviceToken(MAX, MAX, LAST)];
  const understood = (texts: readonly string[]) => texts.filter((text) => parseToken(text) !== undefined);

  it.each(issued)("is refused when any one character of it is another: %s", (value) => {
    const changed = Array.from(value).flatMap((was, at) => [...SIGNS, "_", "-", " ", "\n", "\0", "é", "٣", "😀"]
      .filter((is) => is !== was).map((is) => value.slice(0, at) + is + value.slice(at + 1)));
    expect(changed.length).toBeGreaterThan(value.length * 60);
    expect(understood(changed)).toEqual([]);
  });

  it.each(issued)("is refused when it is cut short, drawn out or moved: %s", (value) => {
    const cut = Array.from(value).flatMap((_, at) => [value.slice(0, at), value.slice(at + 1), value.slice(0, at) + value.slice(at + 1)]);
    const drawn = [...SIGNS, "\n", "\r\n", " ", "\0", "="].flatMap((more) => [value + more, more + value, value.slice(0, -6) + more + value.slice(-6)]);
    expect(understood([...cut, ...drawn, value + value, value.toUpperCase(), value.toLowerCase(), value.replaceAll("_", "-")])).toEqual([]);
  });

  it("is refused when two neighbours changed places, as in a value typed by hand", () => {
    const swapped = issued.flatMap((value) => Array.from(value).slice(1).flatMap((is, at) =>
      value[at] === is ? [] : [value.slice(0, at) + is + value.slice(at, at + 1) + value.slice(at + 2)]));
    expect(swapped.length).toBeGreaterThan(200);
    expect(understood(swapped)).toEqual([]);
  });

  // The checks of these are right: only their ids or lengths are not.
  it.each([
    ["an account that is 0", "lk_at_000000000000000002000000003JKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", "lk_at_"],
    ["an owner that is 0", "lk_at_000000001000000000000000003JKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", "lk_at_"],
    ["a token that is 0", "lk_at_000000001000000002000000000JKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", "lk_at_"],
    ["a token above 2^53-1 by one", "lk_at_000000001000000002fFgnDxSe8JKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", "lk_at_"],
    ["an account above 2^53-1 by one", "lk_at_fFgnDxSe8000000002000000003JKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", "lk_at_"],
    ["the largest number that nine signs can write", "lk_st_000000001zzzzzzzzzJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", "lk_st_"],
    ["a service that is 0", "lk_st_000000001000000000JKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", "lk_st_"],
    ["a secret of 44 signs", "lk_at_000000001000000002000000003JKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0", "lk_at_"],
    ["a secret of 42 signs", "lk_at_000000001000000002000000003JKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxy", "lk_at_"],
    ["a service token's secret of 44 signs", "lk_st_000000001000000002JKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0", "lk_st_"],
    ["something before its prefix, an access token's", "0lk_at_000000001000000002000000003JKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", "0lk_at_"],
    ["something before its prefix", "0lk_st_000000001000000002JKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", "0lk_st_"],
    ["a prefix that was never given out", "lk_xt_000000001000000002JKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", "lk_xt_"],
    ["an access token's ids under a service token's prefix", "lk_st_000000001000000002000000003JKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", "lk_st_"],
    ["a service token's ids under an access token's prefix", "lk_at_000000001000000002JKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", "lk_at_"],
  ])("is refused with %s", (_what, body, prefix) => {
    expect(body.startsWith(prefix)).toBe(true);
    expect(parseToken(body + checkOf(body))).toBeUndefined();
  });

  it("is accepted when made by the tests' own arithmetic, so that the rows above are refused for what they say", () => {
    const body = `lk_at_000000001000000002000000003${LAST}`;
    expect(parseToken(body + checkOf(body))).toBeDefined();
  });
});

describe("a value imported from 3scale", () => {
  const hex = (length: number) => "0123456789abcdef".repeat(7).slice(0, length);
  const IMPORTED: ParsedToken = { kind: "imported" };

  it.each([
    ["64 lower-case hex digits", hex(64), IMPORTED],
    ["96 lower-case hex digits", hex(96), IMPORTED],
    ["64 digits, which are hex too", "1".repeat(64), IMPORTED],
    ["63 hex digits", hex(63), undefined],
    ["65 hex digits", hex(65), undefined],
    ["80 hex digits", hex(80), undefined],
    ["95 hex digits", hex(95), undefined],
    ["97 hex digits", hex(97), undefined],
    ["128 hex digits", "0".repeat(128), undefined],
    ["64 upper-case hex digits", hex(64).toUpperCase(), undefined],
    ["one upper-case digit among 96", `${hex(95)}F`, undefined],
    ["a letter beyond f", `${hex(63)}g`, undefined],
    ["a line break at the end", `${hex(64)}\n`, undefined],
    ["a space before", ` ${hex(64)}`, undefined],
    ["3scale's stored digest", `SHA384$${hex(96)}`, undefined],
    ["nothing", "", undefined],
  ])("is told by its form: %s", (_what, text, parsed) => {
    expect(parseToken(text)).toEqual(parsed);
  });
});

describe("a secret", () => {
  it("has 43 characters of base62, which hold 256 bits", () => {
    expect(SECRET_LENGTH).toBe(43);
    expect(62n ** 43n > 2n ** 256n).toBe(true);
    expect(base62Secret(SECRET_LENGTH, (count) => new Uint8Array(count).fill(61))).toBe("z".repeat(43));
  });

  it("draws every character from exactly four of the 256 bytes", () => {
    const every = base62Secret(248, () => Uint8Array.from({ length: 256 }, (_, byte) => byte));
    expect(SIGNS.map((character) => every.split(character).length - 1)).toEqual(SIGNS.map(() => 4));
  });

  it("asks for more bytes when it threw some away", () => {
    let asked = 0;
    const secret = base62Secret(SECRET_LENGTH, (count) => new Uint8Array(count).fill(asked++ === 0 ? 255 : 10));
    expect([secret, asked]).toEqual(["A".repeat(43), 2]);
  });

  it("favours no character at any place: chi-square over 20 000 secrets from a fixed source", () => {
    const source = pseudoRandom(20_260_101);
    const counts = new Map<string, number>();
    for (let made = 0; made < 20_000; made++) {
      for (const character of base62Secret(SECRET_LENGTH, source)) counts.set(character, (counts.get(character) ?? 0) + 1);
    }
    const expected = (20_000 * SECRET_LENGTH) / 62;
    const chiSquare = SIGNS.reduce((sum, character) => sum + ((counts.get(character) ?? 0) - expected) ** 2 / expected, 0);
    // 61 degrees of freedom: one fair source in a million lies above 131. Bytes taken modulo 62 come to thousands.
    expect(chiSquare).toBeLessThan(131);
  });
});

/** xorshift32: the same bytes in every run. */
function pseudoRandom(seed: number): (count: number) => Uint8Array {
  let state = seed;
  return (count) => Uint8Array.from({ length: count }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 24;
  });
}

/** CRC-32 (the polynomial of zip) in six signs of base62, bit by bit, and not by the library that lib uses. */
function checkOf(text: string): string {
  let crc = 0xffffffff;
  for (const byte of Buffer.from(text)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  let rest = (crc ^ 0xffffffff) >>> 0;
  let check = "";
  while (check.length < 6) {
    check = BASE62.charAt(rest % 62) + check;
    rest = Math.floor(rest / 62);
  }
  return check;
}
