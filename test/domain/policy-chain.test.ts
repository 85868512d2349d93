import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { APICAST, bytesOf, chainFrom } from "../../lib/domain/policy-chain.ts";

const CORS = { name: "cors", version: "builtin", configuration: { allow: ["GET"] }, enabled: true };
const BAD_FORMAT = { faults: { policies_config: ['has invalid format. The Correct format is: [{ "name": "apicast"... }]'] } };

describe("a chain of policies", () => {
  it("is kept in its order, with the four attributes of each and no other", () => {
    expect(chainFrom([{ ...CORS, removable: true }, APICAST, { ...CORS, version: 2 }])).toEqual({ chain: [CORS, APICAST, { ...CORS, version: "2" }] });
  });

  it.each<[string, unknown]>([["a list", [CORS]], ["a single policy", CORS], ["the text of a list", JSON.stringify([CORS])], ["the text of a policy", JSON.stringify(CORS)]])("comes as %s, and gets apicast at its end", (_as, given) => {
    expect(chainFrom(given)).toEqual({ chain: [CORS, APICAST] });
  });

  it.each<[unknown]>([[""], [null], [undefined], [[]], ["[]"]])("that is nothing (%j) is apicast alone", (given) => {
    expect(chainFrom(given)).toEqual({ chain: [{ name: "apicast", version: "builtin", configuration: {}, enabled: true }] });
  });

  it.each<[unknown]>([["no JSON"], ["7"], [7], [true], ["null"], [" "], ["\"text\""]])("%j is none", (given) => {
    expect(chainFrom(given)).toEqual(BAD_FORMAT);
  });

  it("that is nested without end is none", () => {
    let deep: object = {};
    for (let depth = 0; depth < 60; depth++) deep = { deep };
    expect(chainFrom([{ ...CORS, configuration: deep }])).toEqual(BAD_FORMAT);
  });

  it.each<[unknown, boolean]>([[true, true], ["true", true], [1, true], ["1", true], [false, false], ["false", false], [0, false], ["0", false], [undefined, false], [null, false], ["yes", false]])("has a policy that is enabled by %j: %s", (enabled, expected) => {
    expect(chainFrom([{ ...APICAST, enabled }])).toEqual({ chain: [{ ...APICAST, enabled: expected }] });
  });

  it.each<[string, Record<string, unknown>, Record<string, readonly string[]>]>([
    ["no name", { version: "1", configuration: {} }, { name: ["can't be blank"] }],
    ["a blank name", { name: " ", version: "1", configuration: {} }, { name: ["can't be blank"] }],
    ["a name of null", { name: null, version: "1", configuration: {} }, { name: ["can't be blank"] }],
    ["an empty list for a name", { name: [], version: "1", configuration: {} }, { name: ["can't be blank"] }],
    ["a list for a name", { name: ["cors"], version: "1", configuration: {} }, { name: ["invalid"] }],
    ["an object for a name", { name: {}, version: "1", configuration: {} }, { name: ["invalid"] }],
    ["a name that is too long", { name: "x".repeat(256), version: "1", configuration: {} }, { name: ["invalid"] }],
    ["no version", { name: "cors", configuration: {} }, { version: ["can't be blank"] }],
    ["a version that is none", { name: "cors", version: true, configuration: {} }, { version: ["invalid"] }],
    ["no configuration", { name: "cors", version: "1" }, { configuration: ["can't be blank"] }],
    ["a text for a configuration", { name: "cors", version: "1", configuration: "x" }, { configuration: ["invalid"] }],
    ["an empty text for a configuration", { name: "cors", version: "1", configuration: "" }, { configuration: ["can't be blank"] }],
    ["a list for a configuration", { name: "cors", version: "1", configuration: [1] }, { configuration: ["invalid"] }],
    ["nothing at all", {}, { name: ["can't be blank"], version: ["can't be blank"], configuration: ["can't be blank"] }],
  ])("with a policy that has %s comes back whole, and says what that one lacks", (_what, bad, errors) => {
    const kept = Object.fromEntries(Object.entries(bad).filter(([, value]) => value !== null));
    expect(chainFrom([CORS, bad])).toStrictEqual({ items: [CORS, { ...kept, errors }] });
  });

  it("takes names and versions of up to 255 characters, and numbers", () => {
    const longest = { ...CORS, name: "x".repeat(255), version: "y".repeat(255) };
    expect(chainFrom([longest])).toEqual({ chain: [longest, APICAST] });
    expect(chainFrom([{ ...CORS, name: 1 }])).toEqual({ chain: [{ ...CORS, name: "1" }, APICAST] });
  });

  it.each<[unknown]>([[7], ["text"], [null], [[]]])("holds no %j, which is as good as an empty policy", (item) => {
    expect(chainFrom([item])).toEqual(chainFrom([{}]));
    expect(chainFrom([{}])).toMatchObject({ items: [{ errors: { name: ["can't be blank"] } }] });
  });

  it("says of what it gives back no more than was asked for", () => {
    expect(chainFrom([{ name: "", secret: "x", enabled: null }])).toEqual({
      items: [{ name: "", errors: { name: ["can't be blank"], version: ["can't be blank"], configuration: ["can't be blank"] } }],
    });
  });

  it("is as long as a row has room for, and no longer", () => {
    const withText = (length: number) => [{ ...APICAST, configuration: { text: "x".repeat(length) } }];
    const room = 256 * 1024 - bytesOf(withText(0));
    expect(chainFrom(withText(room))).toEqual({ chain: withText(room) });
    expect(chainFrom(withText(room + 1))).toEqual({ faults: { policies_config: ["is too long (maximum is 262144 characters)"] } });
  });

  it("is as long as its UTF-8, not as its characters", () => {
    expect([bytesOf("é"), bytesOf({ a: "😀" })]).toEqual([4, 12]);
  });

  it("that was taken is taken again, and is the same", () => {
    const policy = fc.record({ name: fc.constantFrom("apicast", "cors", "headers"), version: fc.constantFrom("builtin", "1.0"), configuration: fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 })), enabled: fc.boolean() });
    fc.assert(fc.property(fc.array(policy, { maxLength: 5 }), (given) => {
      const verdict = chainFrom(given);
      if (!("chain" in verdict)) throw new Error(JSON.stringify(verdict));
      expect(chainFrom(verdict.chain)).toEqual(verdict);
      expect(chainFrom(JSON.stringify(verdict.chain))).toEqual({ chain: JSON.parse(JSON.stringify(verdict.chain)) as unknown });
    }));
  });
});
