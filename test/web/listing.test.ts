import { describe, expect, it } from "vitest";
import { matches, ordered, pageOf } from "../../web/src/rules/listing.ts";

describe("looking for a token", () => {
  it.each([
    ["nothing finds all", "", true],
    ["a part of the name", "depl", true],
    ["whatever the case", "CI DEPLOYS", true],
    ["whatever the accents", "munchen", true],
    ["words in any order, of any of the texts", "alice deploys", true],
    ["every word has to be there", "deploys bob", false],
    ["what is special in patterns is a letter like others", ".*", false],
    ["a word does not run on from one text into the next", "münchenalice", false],
  ])("%s", (_guarantee, wanted, found) => {
    expect(matches(["CI deploys (München)", "alice"], wanted)).toBe(found);
  });
});

describe("the order of a list", () => {
  const rows = [{ name: "token 10", at: 3 }, { name: "Token 9", at: Infinity }, { name: "ábc", at: -Infinity }, { name: "abd", at: 3 }];
  const names = (by: "name" | "at", descending: boolean) => ordered(rows, { by, descending }, (row, key) => row[key]).map(({ name }) => name);

  it("is that of people: numbers by their value, whatever the case and the accents", () => {
    expect(names("name", false)).toEqual(["ábc", "abd", "Token 9", "token 10"]);
    expect(names("name", true)).toEqual(["token 10", "Token 9", "abd", "ábc"]);
  });

  it("has never at its end, and what nobody knows at its beginning; equals stay as they came", () => {
    expect(names("at", false)).toEqual(["ábc", "token 10", "abd", "Token 9"]);
    expect(names("at", true)).toEqual(["Token 9", "token 10", "abd", "ábc"]);
  });

  it("leaves the list itself alone", () => {
    ordered(rows, { by: "name", descending: false }, (row) => row.name);
    expect(rows[0]?.name).toBe("token 10");
  });
});

describe("a page of a list", () => {
  const rows = [1, 2, 3, 4, 5];
  it.each([
    ["the first", 1, { page: 1, rows: [1, 2] }],
    ["the last, which is not full", 3, { page: 3, rows: [5] }],
    ["past the end is the last: what was there is gone", 9, { page: 3, rows: [5] }],
    ["before the first is the first", 0, { page: 1, rows: [1, 2] }],
  ])("%s", (_guarantee, page, shown) => {
    expect(pageOf(rows, page, 2)).toEqual(shown);
  });

  it("of nothing is there, and empty", () => {
    expect(pageOf([], 1, 2)).toEqual({ page: 1, rows: [] });
  });
});
