import { describe, expect, it } from "vitest";
import { isJsonObject, isShallow, jsonOrText } from "../../lib/domain/json.ts";

const nested = (depth: number, within: (inner: unknown) => unknown = (inner) => ({ inner })): unknown => (depth === 0 ? "leaf" : within(nested(depth - 1, within)));

describe("JSON", () => {
  it.each([[{}, true], [{ a: 1 }, true], [[], false], [null, false], [undefined, false], ["{}", false], [1, false]])("%j is an object: %s", (value, expected) => {
    expect(isJsonObject(value)).toBe(expected);
  });

  it("that is nested fifty deep is kept, and deeper is not, in objects and lists", () => {
    expect([isShallow(nested(50)), isShallow(nested(51))]).toEqual([true, false]);
    expect([isShallow(nested(50, (inner) => [inner])), isShallow(nested(51, (inner) => [inner]))]).toEqual([true, false]);
    expect(isShallow({ shallow: 1, deep: nested(50) })).toBe(false);
    expect(isShallow({})).toBe(true);
  });

  it.each(["text", 1, null, undefined, true])("that is no object is not nested: %s", (value) => {
    expect(isShallow(value, 0)).toBe(true);
  });

  it("comes as it is, or as a text; a text that is none is nothing", () => {
    expect(jsonOrText('{"a":[1]}')).toEqual({ a: [1] });
    expect([jsonOrText("{"), jsonOrText("")]).toEqual([undefined, undefined]);
    const list = [1];
    expect([jsonOrText(list), jsonOrText(7), jsonOrText(null), jsonOrText(undefined)]).toEqual([list, 7, null, undefined]);
  });
});
