import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pageWanted } from "../../lib/http/paging.ts";

describe("the page that is asked for", () => {
  it.each([
    ["nothing", {}, { page: 1, perPage: 500 }],
    ["a page", { page: "2" }, { page: 2, perPage: 500 }],
    ["a page and its length", { page: "3", per_page: "20" }, { page: 3, perPage: 20 }],
    ["numbers, as JSON has them", { page: 3, per_page: 20 }, { page: 3, perPage: 20 }],
    ["page 0, which is the first", { page: "0" }, { page: 1, perPage: 500 }],
    ["a page before the first", { page: "-1" }, { page: 1, perPage: 500 }],
    ["a length of 0", { per_page: "0" }, { page: 1, perPage: 500 }],
    ["one more than 3scale's limit", { per_page: "501" }, { page: 1, perPage: 500 }],
    ["just 3scale's limit", { per_page: "500" }, { page: 1, perPage: 500 }],
    ["a page of one", { per_page: "1" }, { page: 1, perPage: 1 }],
    ["words", { page: "two", per_page: "all" }, { page: 1, perPage: 500 }],
    ["blanks", { page: "", per_page: " " }, { page: 1, perPage: 500 }],
    ["fractions", { page: "1.5", per_page: 2.5 }, { page: 1, perPage: 500 }],
    ["other ways to write numbers", { page: "1e3", per_page: "0x10" }, { page: 1, perPage: 500 }],
    ["lists and objects", { page: ["2"], per_page: { $gt: 0 } }, { page: 1, perPage: 500 }],
    ["what is no number", { page: NaN, per_page: Infinity }, { page: 1, perPage: 500 }],
    ["null and true", { page: null, per_page: true }, { page: 1, perPage: 500 }],
  ])("is read from %s, and never an error", (_what, input, page) => {
    expect(pageWanted(input)).toEqual(page);
  });

  it.each([[{}, 20], [{ per_page: "0" }, 20], [{ per_page: "501" }, 20], [{ per_page: "21" }, 21], [{ per_page: "500" }, 500]])("is, of %j, as long as usual where another length is usual: %d", (input, perPage) => {
    expect(pageWanted(input, 20)).toEqual({ page: 1, perPage });
  });

  it("is one that can be counted exactly, whatever is asked", () => {
    fc.assert(fc.property(fc.anything(), fc.oneof(fc.anything(), fc.nat().map(String)), (page, per_page) => {
      const wanted = pageWanted({ page, per_page });
      expect(Number.isSafeInteger(wanted.page) && wanted.page >= 1).toBe(true);
      expect(Number.isSafeInteger(wanted.perPage) && wanted.perPage >= 1 && wanted.perPage <= 500).toBe(true);
      expect(Number.isSafeInteger(wanted.page * wanted.perPage)).toBe(true);
    }), { numRuns: 2000 });
  });
});
