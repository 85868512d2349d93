import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { epochSeconds, id } from "../../lib/domain/brands.ts";
import { parametersOf, patternFaults, placed, querystringParametersOf, type MappingRule } from "../../lib/domain/mapping-rules.ts";

const FORMAT = expect.stringMatching(/^a Mapping Rule has to start with '\/' and can only contain valid URL characters and\n'wildcards' - words inside curly brackets \('\{\}'\)\n$/);
const EMPTY = expect.stringMatching(/^a Mapping Rule can't be empty, has to start with '\/' and can only contain valid URL characters and\n'wildcards' - words inside curly brackets \('\{\}'\)\n$/);
const REPEATED = "Can't have repeated variable names";

describe("a pattern", () => {
  it.each<[string, readonly string[]]>([
    ["/", []], ["/$", []], ["/foo/bar", []], ["/foo/{id}/bar.json$", []], ["/{a}-{b}", []], ["/a;b=c", []], ["/%20", []], ["//", []],
    ["/foo?a={x}", []], ["/foo?a={x}&b=1", []], ["/foo$?a=1", []], ["/foo?", []], ["/foo?a[]=1", []],
    ["foo", [FORMAT]], ["/foo bar", [FORMAT]], ["/{", [FORMAT]], ["/{}", [FORMAT]], ["/{a b}", [FORMAT]], ["/a$b", [FORMAT]], ["/é", [FORMAT]], ["/%zz", [FORMAT]], ["/\n", [FORMAT]],
    ["/foo?{x}", [FORMAT, "Can't use variables as keys in the querystring"]], ["/foo?{x}={y}", [FORMAT, "Can't use variables as keys in the querystring"]],
    ["/foo?a=b{x}", [FORMAT]], ["/foo?{word}=1", [FORMAT, "Can't use variables as keys in the querystring"]], ["", [EMPTY]], [" \t", [EMPTY]],
    ["/foo?&a=1&", []], ["/foo?&", []],
    ["/{a}/{a}", [REPEATED]], ["/{a}?a={x}", [REPEATED]], ["/foo?a=1&a=2", [REPEATED]],
    [`/${"a".repeat(254)}`, []], [`/${"a".repeat(255)}`, ["is too long (maximum is 255 characters)"]],
  ])("%j", (pattern, faults) => {
    expect(patternFaults(pattern)).toEqual(faults);
  });

  it("is judged in no time, whatever it is made of", () => {
    const pieces = fc.array(fc.constantFrom("/", "a", "{a}", "a={b}", "{", "}", "?", "&", "=", "$", ";", "%20", "^"), { maxLength: 100 });
    const started = performance.now();
    fc.assert(fc.property(pieces, (parts) => void patternFaults(`/${parts.join("")}`)), { numRuns: 500 });
    patternFaults(`/?${"aaaa={x}&".repeat(28)}^`);
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it("names its wildcards, in the path and in the query apart", () => {
    expect(parametersOf("/a/{id}/{name}.json?q={x}")).toEqual(["id", "name"]);
    expect(querystringParametersOf("/a/{id}?q={x}&b=1=2&c")).toEqual({ q: "{x}", b: "1=2", c: "" });
    expect([querystringParametersOf("/a"), querystringParametersOf("/a?"), querystringParametersOf("/a?&b=1&")]).toEqual([{}, {}, { b: "1" }]);
  });
});

describe("a place among the rules", () => {
  const rule = (number: number): MappingRule => ({
    id: id(number), metricId: id(1), httpMethod: "GET", pattern: "/", delta: 1, last: false, createdAt: epochSeconds(0), updatedAt: epochSeconds(0),
  });
  const [one, two, three] = [rule(1), rule(2), rule(3)];

  it.each([
    ["a new one comes last", placed([one, two], three), [1, 2, 3]],
    ["a new one is put first", placed([one, two], three, 1), [3, 1, 2]],
    ["no place is before the first", placed([one, two], three, 0), [3, 1, 2]],
    ["nor behind the last", placed([one, two], three, 99), [1, 2, 3]],
    ["a changed one stays", placed([one, two, three], two), [1, 2, 3]],
    ["a changed one moves down", placed([one, two, three], one, 3), [2, 3, 1]],
    ["a changed one moves up", placed([one, two, three], three, 2), [1, 3, 2]],
  ])("%s", (_what, after, ids) => {
    expect(after.map((each) => each.id)).toEqual(ids);
  });
});
