import { describe, expect, it } from "vitest";
import * as fields from "../../lib/http/fields.ts";
import { read } from "./read.ts";

const NO_NUMBER = ["is not a number"];
const NEGATIVE = ["must be greater than or equal to 0"];

describe("a count", () => {
  it.each([[0, 0], [7, 7], ["0", 0], ["7", 7], [" 7 ", 7], ["007", 7], ["999999999999999", 999_999_999_999_999], ["", 0], ["  ", 0], [null, 0]])("%j is %i", (value, is) => {
    expect(read(fields.count, value)).toEqual({ is });
  });

  it.each([["1.5"], [1.5], ["x"], ["1x"], ["x1"], ["1000000000000000"], ["1e3"], [1e21], ["٣"], ["-"], ["- 1"], ["0-1"], [true], [[]], [["1"]], [{}]])("%j is no number", (value) => {
    expect(read(fields.count, value)).toEqual(NO_NUMBER);
  });

  it.each([[-1], ["-1"], ["-0"], ["-12x"]])("%j is less than nothing", (value) => {
    expect(read(fields.count, value)).toEqual(NEGATIVE);
  });
});

describe("an amount of money", () => {
  it.each([[0, 0], [1, 100], ["1", 100], ["12", 1200], ["1.5", 150], [1.5, 150], ["1.05", 105], ["1.50", 150], ["1.5000", 150], [" 0.99 ", 99], ["0.01", 1], ["999999999999.99", 99_999_999_999_999], ["", 0], [null, 0]])(
    "%j are %i cents", (value, is) => {
      expect(read(fields.cents, value)).toEqual({ is });
    });

  it.each([["x"], ["1.505"], ["1."], [".5"], ["1,5"], ["1.5x"], ["x1.5"], ["1000000000000"], ["1.5.5"], [1e21], [true], [[1]]])("%j is none", (value) => {
    expect(read(fields.cents, value)).toEqual(NO_NUMBER);
  });

  it.each([[-1], ["-0.5"], ["-x"]])("%j is less than nothing", (value) => {
    expect(read(fields.cents, value)).toEqual(NEGATIVE);
  });
});

describe("a moment that bounds a list", () => {
  it.each([[undefined], [null], [""]])("%j bounds nothing", (value) => {
    expect(read(fields.instant, value)).toEqual({ is: undefined });
  });

  it.each([["1970-01-01T00:00:00Z", 0], ["2030-01-01T12:00:00Z", 1_893_499_200], ["2030-01-01T12:00:00+01:00", 1_893_495_600]])("%s is a moment", (value, is) => {
    expect(read(fields.instant, value)).toEqual({ is });
  });

  it.each([["yesterday"], ["2030-01-01"], [" "], [5], [true], [["2030-01-01T12:00:00Z"]], [{}]])("%j is none", (value) => {
    expect(read(fields.instant, value)).toEqual(["must follow ISO8601 format, as in 2030-01-01T12:00:00Z"]);
  });
});

describe("the id of what a list is about", () => {
  const field = fields.idOf();

  it.each([[undefined], [null], [""]])("%j is of nothing", (value) => {
    expect(read(field, value)).toEqual({ is: undefined });
  });

  it.each([["1", 1], [1, 1], ["4711", 4711]])("%j is one", (value, is) => {
    expect(read(field, value)).toEqual({ is });
  });

  it.each([["0"], [0], ["-1"], ["1.5"], [1.5], ["x"], ["1x"], [" "], [true], [["1"]], [{}]])("%j is none", (value) => {
    expect(read(field, value)).toEqual(["is not an id"]);
  });
});

describe("what is not chosen freely", () => {
  it.each([[1, { is: "1" }], ["hit", { is: "hit" }], [1.5, { is: "1.5" }], ["", ["can't be blank"]], [null, ["can't be blank"]], [true, ["can't be blank"]], ["a\nb", ["must not contain control characters"]]])(
    "a name that may be a number: %j", (value, told) => {
      expect(read(fields.nameOrNumber, value)).toEqual(told);
    });

  it.each<[unknown, unknown]>([["a-B_9", { is: "a-B_9" }], ["x".repeat(255), { is: "x".repeat(255) }], ...["", " ", "a b", "é", "a.b", "a\n", "x".repeat(256)].map((text): [unknown, unknown] => [text, ["must be 1 to 255 ASCII letters, numbers, dashes and underscores"]]), [1, ["is invalid"]], [null, ["is invalid"]]])(
    "a name for programs: %.20j", (value, told) => {
      expect(read(fields.systemName, value)).toEqual(told);
    });

  const [SHORT, LONG, LETTERS] = ["is too short (minimum is 3 characters)", "is too long (maximum is 40 characters)", "use only letters, numbers, and .-_@+ please."];
  it.each([["bob", { is: "bob" }], ["a.b-c_d@e+f", { is: "a.b-c_d@e+f" }], ["x".repeat(40), { is: "x".repeat(40) }], ["x".repeat(41), [LONG]], ["ab", [SHORT]], ["a", [SHORT, LETTERS]], ["", [SHORT, LETTERS]], ["-ab", [LETTERS]], ["a b c", [LETTERS]], ["bób", [LETTERS]], ["bob\n", [LETTERS]], [1, ["can't be blank"]], [undefined, ["can't be blank"]]])(
    "what a developer signs in with: %.20j", (value, told) => {
      expect(read(fields.username, value)).toEqual(told);
    });

  it.each([["Acme 1", { is: "Acme 1" }], ["é", { is: "é" }], ["١", { is: "١" }], ["!?", ["must contain at least one alphanumeric character"]], ["", ["can't be blank"]], [" ", ["can't be blank"]]])("the name of an organisation: %j", (value, told) => {
    expect(read(fields.orgName, value)).toEqual(told);
  });

  it.each([["", { is: "" }], [null, { is: null }], ["bob", { is: "bob" }], ["-ab", [LETTERS]], [1, ["is odd"]]])("a text that need not be there: %j", (value, told) => {
    expect(read(fields.blankOr(fields.username, "is odd"), value)).toEqual(told);
    expect(read(fields.blankOr(fields.username), 1)).toEqual(["is invalid"]);
  });

  it("of several values those are given that are not undefined", () => {
    expect(Object.entries(fields.given({ a: 1, b: undefined, c: null, d: 0, e: "" }))).toEqual([["a", 1], ["c", null], ["d", 0], ["e", ""]]);
  });
});
