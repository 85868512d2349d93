import { describe, expect, it } from "vitest";
import { id, type MetricId } from "../../lib/domain/brands.ts";
import { applied, folded, readUsage, type Amount } from "../../lib/domain/traffic.ts";
import { TrafficError } from "../../lib/domain/traffic-errors.ts";

const [HITS, SEARCH, FIND, OTHER] = [1, 2, 3, 4].map((number) => id<MetricId>(number)) as [MetricId, MetricId, MetricId, MetricId];
const METRICS = [
  { id: HITS, systemName: "hits" }, { id: SEARCH, systemName: "search", parentId: HITS }, { id: FIND, systemName: "find", parentId: HITS }, { id: OTHER, systemName: "other" },
];
const add = (value: number): Amount => ({ op: "add", value });
const set = (value: number): Amount => ({ op: "set", value });
const read = (raw: Record<string, unknown>) => [...readUsage(raw, METRICS)];

describe("a usage", () => {
  it.each<[string, Record<string, unknown>, [MetricId, Amount][]]>([
    ["of a metric", { other: "3" }, [[OTHER, add(3)]]],
    ["of a method is of its metric too", { search: "2" }, [[SEARCH, add(2)], [HITS, add(2)]]],
    ["of a metric and its methods is all of it together", { hits: "1", search: "2", find: "3" }, [[HITS, add(6)], [SEARCH, add(2)], [FIND, add(3)]]],
    ["that sets a method sets its metric", { search: "#5" }, [[SEARCH, set(5)], [HITS, set(5)]]],
    ["of a set metric and an added method", { hits: "#5", search: "2" }, [[HITS, set(7)], [SEARCH, add(2)]]],
    ["of nothing", { hits: "0" }, [[HITS, add(0)]]],
    ["with white space", { " hits ": " 7 " }, [[HITS, add(7)]]],
    ["as a number", { hits: 7 }, [[HITS, add(7)]]],
    ["none", {}, []],
  ])("%s", (_what, raw, wanted) => {
    expect(read(raw)).toEqual(wanted);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ["an unknown metric", { nothing: "1" }, 'metric "nothing" is invalid'],
    ["a metric by a name of every object", { constructor: "1" }, 'metric "constructor" is invalid'],
    ...["tons!", "-1", "1.5", "1e3", "0x1", "##1", "1 2", "9".repeat(16)].map((value): [string, Record<string, unknown>, string] => [value, { hits: value }, `usage value "${value}" for metric "hits" is invalid`]),
    ...["", " ", null, undefined, [], {}, ["1"], true].map((value): [string, Record<string, unknown>, string] => [JSON.stringify(value) ?? "nothing", { hits: value }, 'usage value for metric "hits" can not be empty']),
  ])("is refused: %s", (_what, raw, message) => {
    expect(() => read(raw)).toThrow(new TrafficError(message.startsWith("metric") ? "metric_invalid" : "usage_value_invalid", message));
  });
});

describe("a metric", () => {
  it("whose parent is gone counts for what is there", () => {
    expect([...readUsage({ lost: "2" }, [{ id: OTHER, systemName: "lost", parentId: HITS }])]).toEqual([[OTHER, add(2)], [HITS, add(2)]]);
  });

  it("that is wrong is said by name", () => {
    expect(new TrafficError("metric_invalid", "wrong").name).toBe("TrafficError");
  });
});

describe("amounts", () => {
  it("one after the other are as one: what is added grows, what is set is what counts", () => {
    for (const first of [add(0), add(3), set(3)]) {
      for (const next of [add(0), add(5), set(5), set(0)]) {
        for (const before of [0, 7]) expect(applied(folded(first, next), before)).toBe(applied(next, applied(first, before)));
      }
    }
  });
});
