import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { id, type AccountId, type ServiceId } from "../../lib/domain/brands.ts";
import { seal, unseal } from "../../lib/secrets/seal.ts";

const KEY = Buffer.alloc(32, 7);
const ACCOUNT = id<AccountId>(1);
const SERVICE = id<ServiceId>(23);
const VALUE = "lk_st_00000000100000000gJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz13MMOK";
const sealed = seal(KEY, ACCOUNT, SERVICE, VALUE);
const bytesOf = (text: string) => Buffer.from(text.slice("v1.".length), "base64url");
const textOf = (bytes: Uint8Array) => `v1.${Buffer.from(bytes).toString("base64url")}`;

function opens(key: Uint8Array, account: AccountId, service: ServiceId, text: string): boolean {
  try {
    unseal(key, account, service, text);
    return true;
  } catch {
    return false;
  }
}

describe("a sealed value", () => {
  it("opens with the key, the account and the service it was sealed for", () => {
    expect(unseal(KEY, ACCOUNT, SERVICE, sealed)).toBe(VALUE);
  });

  it("opens to what it was, whatever that was", () => {
    fc.assert(fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 1 }), fc.integer({ min: 1 }), (value, account, service) => {
      const key = randomBytes(32);
      expect(unseal(key, id(account), id(service), seal(key, id(account), id(service), value))).toBe(value);
    }));
  });

  it.each([
    ["another key", Buffer.alloc(32, 8), ACCOUNT, SERVICE],
    ["a key that differs in one bit", Buffer.concat([Buffer.alloc(31, 7), Buffer.from([6])]), ACCOUNT, SERVICE],
    ["another account", KEY, id<AccountId>(2), SERVICE],
    ["another service", KEY, ACCOUNT, id<ServiceId>(24)],
    ["account and service exchanged", KEY, id<AccountId>(23), id<ServiceId>(1)],
    ["account and service cut elsewhere: 12:3 for 1:23", KEY, id<AccountId>(12), id<ServiceId>(3)],
    ["a key that is too short", KEY.subarray(0, 16), ACCOUNT, SERVICE],
    ["no key", Buffer.alloc(0), ACCOUNT, SERVICE],
  ])("does not open with %s", (_what, key, account, service) => {
    expect(opens(key, account, service, sealed)).toBe(false);
  });

  it("does not open when any one bit of it is another", () => {
    const bytes = bytesOf(sealed);
    expect(bytes).toHaveLength(12 + VALUE.length + 16);
    const opened = Array.from({ length: bytes.length * 8 }, (_, bit) => bit).filter((bit) => {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      return opens(KEY, ACCOUNT, SERVICE, textOf(changed));
    });
    expect(opened).toEqual([]);
  });

  it("does not open when it is cut short anywhere: a shorter tag is not taken", () => {
    const bytes = bytesOf(sealed);
    const shorter = Array.from(bytes, (_, length) => [bytes.subarray(0, length), bytes.subarray(length + 1)]).flat();
    expect(shorter.filter((rest) => opens(KEY, ACCOUNT, SERVICE, textOf(rest)))).toEqual([]);
  });

  it.each([
    ["has no version", sealed.slice("v1.".length)],
    ["has a version that is not known", sealed.replace("v1.", "v2.")],
    ["is empty", ""],
    ["is a version alone", "v1"],
    ["is a version and nothing", "v1."],
    ["is the value itself", VALUE],
    ["is the sealed value of another time, with this one's beginning", textOf(Buffer.concat([bytesOf(sealed).subarray(0, 12), bytesOf(seal(KEY, ACCOUNT, SERVICE, VALUE)).subarray(12)]))],
  ])("does not open when it %s", (_what, text) => {
    expect(opens(KEY, ACCOUNT, SERVICE, text)).toBe(false);
  });

  it("shows nothing of the value, and is another every time: no nonce serves twice", () => {
    const times = 2000;
    const made = Array.from({ length: times }, () => seal(KEY, ACCOUNT, SERVICE, VALUE));
    expect(new Set(made.map((text) => bytesOf(text).subarray(0, 12).toString("hex"))).size).toBe(times);
    expect(made.filter((text) => text.includes("lk_st_") || bytesOf(text).includes("lk_st_"))).toEqual([]);
  });
});
