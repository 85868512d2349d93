import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { refusalOfKey } from "../../lib/domain/application-keys.ts";
import { BACKEND_VERSIONS } from "../../lib/domain/model.ts";

const four = ["key-1", "key-2", "key-3", "KEY-4"];
const TAKEN = { value: ["has already been taken"] };
const LIMIT = { base: ["Limit reached"] };
const SHORT = "is too short (minimum is 5 characters)";

describe("a key joins those that an application has", () => {
  it.each([
    ["the first", [], "abcde", "2", undefined],
    ["a fifth", four, "key-5", "2", undefined],
    ["no sixth", [...four, "key-5"], "key-6", "2", LIMIT],
    ["the one that is the secret of a client", [], "secret", "oidc", undefined],
    ["no second secret of a client", ["secret"], "another", "oidc", LIMIT],
    ["nor where the version is called oauth", ["secret"], "another", "oauth", LIMIT],
    ["several where calls are made with user keys, though nobody asks for them", four, "key-5", "1", undefined],
    ["none that is there", four, "key-1", "2", TAKEN],
    ["none that is there in other letters", four, "Key-4", "2", TAKEN],
    ["none of four characters", [], "abcd", "2", { value: [SHORT] }],
    ["one of 255 characters", [], "a".repeat(255), "2", undefined],
    ["none of 256 characters", [], "a".repeat(256), "2", { value: ["is too long (maximum is 255 characters)"] }],
    ["none with a blank", [], "ab cde", "2", { value: ["invalid"] }],
    ["none with a letter beyond ASCII", [], "abcdé", "2", { value: ["invalid"] }],
    ["none with a line break at its end", [], "abcde\n", "2", { value: ["invalid"] }],
    ["none with a delete", [], "abcde\x7f", "2", { value: ["invalid"] }],
    ["none that is both short and odd", [], "é", "2", { value: ["invalid", SHORT] }],
  ] as const)("%s", (_which, held, value, version, refusal) => {
    expect(refusalOfKey(held, value, version)).toEqual(refusal);
  });

  it("of any printable characters, when it is long enough and the only one", () => {
    const printable = fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code));
    fc.assert(fc.property(fc.string({ unit: printable, minLength: 5, maxLength: 255 }), fc.constantFrom(...BACKEND_VERSIONS), (value, version) => {
      expect([refusalOfKey([], value, version), refusalOfKey([value.toUpperCase()], value, version) === undefined]).toEqual([undefined, false]);
    }));
  });
});
