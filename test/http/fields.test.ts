import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { epochSeconds } from "../../lib/domain/brands.ts";
import { isoSeconds } from "../../lib/domain/time.ts";
import * as fields from "../../lib/http/fields.ts";
import { read } from "./read.ts";

describe("a name", () => {
  const UNSEEN = ["must not contain control characters"];
  const TOO_LONG = ["is too long (maximum is 255 characters)"];

  it.each([
    ["plain text", "CI token", "CI token"],
    ["white space around it, which 3scale keeps too", " a ", " a "],
    ["letters and accents apart, brought together (NFC)", "Cafe\u0301", "Caf\u00e9"],
    ["a sign that NFC writes in another way", "\u212b", "\u00c5"],
    ["what looks like markup", "<script>alert(1)</script>&amp;\"'", "<script>alert(1)</script>&amp;\"'"],
    ["what looks like a key of the table", "ACCOUNT#1", "ACCOUNT#1"],
    ["text from right to left", "שלום עולם", "שלום עולם"],
    ["a family of joined emoji", "👨‍👩‍👧", "👨‍👩‍👧"],
    ["255 letters", "x".repeat(255), "x".repeat(255)],
    ["255 letters beyond the first plane, which count once", "😀".repeat(255), "😀".repeat(255)],
    ["510 signs that NFC makes 255", "e\u0301".repeat(255), "\u00e9".repeat(255)],
    ["a word of JavaScript", "__proto__", "__proto__"],
  ])("may be %s", (_what, text, is) => {
    expect(read(fields.name, text)).toEqual({ is });
  });

  it.each([
    ["empty", "", ["can't be blank"]],
    ["blank", "   ", ["can't be blank"]],
    ["blank with other spaces", "\u00a0\u3000\u2003", ["can't be blank"]],
    ["256 letters", "x".repeat(256), TOO_LONG],
    ["256 letters beyond the first plane", "😀".repeat(256), TOO_LONG],
    ["128 signs that NFC makes 256", "\u0958".repeat(128), TOO_LONG],
    ["NUL", "a\0b", UNSEEN],
    ["a line break", "a\nb", UNSEEN],
    ["a carriage return", "a\rb", UNSEEN],
    ["a tab", "a\tb", UNSEEN],
    ["an escape, which colours terminals", "a\u001b[31mb", UNSEEN],
    ["DEL", "a\u007fb", UNSEEN],
    ["a control of the second block", "a\u0085b", UNSEEN],
    ["a line separator", "a\u2028b", UNSEEN],
    ["a paragraph separator", "a\u2029b", UNSEEN],
    ["a lone high surrogate", "a\ud800", ["is not valid Unicode"]],
    ["a lone low surrogate", "\udc00a", ["is not valid Unicode"]],
    ["surrogates the wrong way round", "\udc00\ud800", ["is not valid Unicode"]],
    ["a number", 5, ["can't be blank"]],
    ["a list", ["a"], ["can't be blank"]],
    ["an object", { toString: "a" }, ["can't be blank"]],
    ["null", null, ["can't be blank"]],
    ["missing", undefined, ["can't be blank"]],
  ])("may not be or hold: %s", (_what, value, told) => {
    expect(read(fields.name, value)).toEqual(told);
  });

  it.each(["\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u2069"])("may not turn the direction of writing: %j", (mark) => {
    expect(read(fields.name, `user${mark}nimda`)).toEqual(UNSEEN);
  });

  it("is stored as it will be compared: reading it again changes nothing", () => {
    fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => {
      const first = fields.name.safeParse(text);
      if (!first.success) return;
      expect(read(fields.name, first.data)).toEqual({ is: first.data });
      expect(first.data).toBe(text.normalize("NFC"));
    }), { numRuns: 2000 });
  });
});

describe("a description", () => {
  it.each(["", "two\nlines\r\nand\ta tab", "x".repeat(4000), "😀".repeat(4000)])("may be %.20j", (text) => {
    expect(read(fields.description, text)).toEqual({ is: text });
  });

  it.each([
    ["x".repeat(4001), ["is too long (maximum is 4000 characters)"]],
    ["a\0", ["must not contain control characters"]],
    ["a\u001b[31m", ["must not contain control characters"]],
    ["\ud800", ["is not valid Unicode"]],
    [5, ["is invalid"]],
    [null, ["is invalid"]],
  ])("may not be %.20j", (value, told) => {
    expect(read(fields.description, value)).toEqual(told);
  });
});

describe("an email address", () => {
  it.each(["mia@example.com", "mia+ci@example.co.uk", "m@localhost", "m@x", "ü@example.com"])("may be %s", (text) => {
    expect(read(fields.email, text)).toEqual({ is: text });
  });

  it.each(["mia", "@example.com", "mia@", "mia@example.com\nbcc: x", "a b@example.com", "mia@-example.com", "mia@example.com.", "a@b@c", `${"x".repeat(65)}@example.com`, `m@${"x".repeat(254)}`])("may not be %j", (text) => {
    expect(read(fields.email, text)).toEqual(["should look like an email address"]);
  });

  it.each([[""], [" "], [null], [5], [undefined]])("may not be blank: %j", (value) => {
    expect(read(fields.email, value)).toEqual(["can't be blank"]);
  });
});

describe("an expiry", () => {
  const FORMAT = ["Date must follow ISO8601 format, as in 2030-01-01T12:00:00Z"];
  const NOON = 1_893_499_200;

  it.each([
    ["in UTC", "2030-01-01T12:00:00Z", NOON],
    ["with an offset", "2030-01-01T12:00:00+01:00", NOON - 3600],
    ["with an offset without a colon", "2030-01-01T12:00:00+0100", NOON - 3600],
    ["with an offset to the west", "2030-01-01T12:00:00-05:30", NOON + 5.5 * 3600],
    ["with an offset into the next day", "2030-01-01T23:00:00-02:00", NOON + 13 * 3600],
    ["with a small z", "2030-01-01T12:00:00z", NOON],
    ["with milliseconds, as JavaScript writes it", "2030-01-01T12:00:00.000Z", NOON],
    ["with fractions, which are dropped and never rounded up", "2030-01-01T12:00:00.999Z", NOON],
    ["with nanoseconds, as Go writes it", "2030-01-01T12:00:00.123456789+00:00", NOON],
    ["on the day that leap years have", "2028-02-29T00:00:00Z", 1_835_395_200],
    ["in the past, which is for the operation to refuse", "2001-01-01T00:00:00Z", 978_307_200],
  ])("may be %s", (_what, text, seconds) => {
    expect(read(fields.expiry, text)).toEqual({ is: seconds });
  });

  it.each([[""], ["  "], [null]])("is never when blank, as in 3scale: %j", (value) => {
    expect(read(fields.expiry, value)).toEqual({ is: "never" });
  });

  it.each([
    ["no seconds", "2030-01-01T12:00Z"],
    ["no time", "2030-01-01"],
    ["a space for the T", "2030-01-01 12:00:00Z"],
    ["a small t", "2030-01-01t12:00:00Z"],
    ["no zone", "2030-01-01T12:00:00"],
    ["a space before it", " 2030-01-01T12:00:00Z"],
    ["a 13th month", "2030-13-01T12:00:00Z"],
    ["month 0", "2030-00-01T12:00:00Z"],
    ["a 30th of February", "2030-02-30T12:00:00Z"],
    ["a 29th of February in a year without", "2030-02-29T12:00:00Z"],
    ["a 31st of April", "2030-04-31T12:00:00+02:00"],
    ["a 32nd", "2030-01-32T12:00:00Z"],
    ["day 0", "2030-01-00T12:00:00Z"],
    ["hour 24", "2030-01-01T24:00:00Z"],
    ["hour 25", "2030-01-01T25:00:00Z"],
    ["minute 60", "2030-01-01T12:60:00Z"],
    ["second 60", "2030-01-01T12:00:60Z"],
    ["an offset of 24 hours", "2030-01-01T12:00:00+24:00"],
    ["an offset in hours alone", "2030-01-01T12:00:00+01"],
    ["a fraction without digits", "2030-01-01T12:00:00.Z"],
    ["a fraction after a comma", "2030-01-01T12:00:00,5Z"],
    ["a year of five digits", "+12030-01-01T12:00:00Z"],
    ["a year of two digits", "30-01-01T12:00:00Z"],
    ["a time before 1970", "1969-12-31T23:59:59Z"],
    ["a line break after it", "2030-01-01T12:00:00Z\n"],
    ["two of them", "2030-01-01T12:00:00Z2030-01-01T12:00:00Z"],
    ["digits of another script", "٢٠٣٠-01-01T12:00:00Z"],
    ["seconds since 1970, as text", "1893499200"],
    ["a word", "tomorrow"],
    ["never, in a word", "never"],
    ["a date as mail writes it", "Tue, 01 Jan 2030 12:00:00 GMT"],
  ])("may not have or be: %s", (_what, text) => {
    expect(read(fields.expiry, text)).toEqual(FORMAT);
  });

  // 3scale's `DateTime.strptime` lets these through; none of them is ISO 8601, and no program of 3scale's writes them.
  it.each(["2030-01-01T12:00:00EST", "2030-01-01T12:00:00Z ", "2030-1-1T1:2:3Z"])("is ISO 8601, and stricter in that than 3scale: %j is refused", (text) => {
    expect(read(fields.expiry, text)).toEqual(FORMAT);
  });

  it.each([[NOON], [true], [["2030-01-01T12:00:00Z"]], [{}], [undefined]])("may not be anything but text: %j", (value) => {
    expect(read(fields.expiry, value)).toEqual(["Date must follow ISO8601 format"]);
  });

  it("is read back from what we write, to the second", () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 253_402_300_799 }), fc.nat(999), (seconds, milliseconds) => {
      const written = isoSeconds(epochSeconds(seconds));
      expect(read(fields.expiry, written)).toEqual({ is: seconds });
      expect(read(fields.expiry, new Date(seconds * 1000 + milliseconds).toISOString())).toEqual({ is: seconds });
    }));
  });

  it("is written as it may be read: nothing that is accepted comes out with a year of five digits", () => {
    for (const text of ["9999-12-31T23:59:59Z", "9999-12-31T23:59:59.999Z"]) expect(read(fields.expiry, text)).toEqual({ is: 253_402_300_799 });
    expect(read(fields.expiry, "9999-12-31T23:59:59-00:01")).toEqual(FORMAT);
  });
});

describe("several of a list", () => {
  const scopes = fields.someOf(["finance", "account_management", "stats"], "select at least one scope");

  it.each([
    ["one", ["stats"], ["stats"]],
    ["several, in our order", ["stats", "finance"], ["finance", "stats"]],
    ["one twice, once", ["stats", "stats"], ["stats"]],
    ["with blanks, which are dropped", ["", "stats", ""], ["stats"]],
    ["with nulls, which are dropped as in 3scale's own test", ["stats", null], ["stats"]],
    ["a text, as a list of one", "stats", ["stats"]],
  ])("may be %s", (_what, value, is) => {
    expect(read(scopes, value)).toEqual({ is });
  });

  it.each([
    ["none", [], ["select at least one scope"]],
    ["blanks alone", ["", ""], ["select at least one scope"]],
    ["an empty text", "", ["select at least one scope"]],
    ["missing", undefined, ["select at least one scope"]],
    ["an unknown one", ["root"], ["invalid"]],
    ["an unknown one among good ones", ["stats", "root"], ["invalid"]],
    ["in capitals", ["STATS"], ["invalid"]],
    ["with a space", ["stats "], ["invalid"]],
    ["two in one text", "stats,finance", ["invalid"]],
    ["a property that every object has", ["constructor"], ["invalid"]],
  ])("may not be %s", (_what, value, told) => {
    expect(read(scopes, value)).toEqual(told);
  });

  it.each([[5], [[5]], [[["stats"]]], [{ 0: "stats" }], [true]])("may not be %j", (value) => {
    expect(read(scopes, value)).toBeInstanceOf(Array);
  });
});

describe("one of a list", () => {
  const version = fields.oneOf(["1", "2", "oidc"]);

  it.each([["1", "1"], [1, "1"], ["oidc", "oidc"]])("may be %j", (value, is) => {
    expect(read(version, value)).toEqual({ is });
  });

  it.each([["3"], [1.5], [""], [" 1"], [null], [["1"]], [true], ["toString"]])("may not be %j", (value) => {
    expect(read(version, value)).toEqual(["is not included in the list"]);
  });

  it("may not be missing", () => {
    expect(read(version, undefined)).toEqual(["can't be blank"]);
  });
});

describe("a flag", () => {
  it.each([[true, true], ["true", true], ["1", true], [false, false], ["false", false], ["0", false]])("%j is %s", (value, is) => {
    expect(read(fields.flag, value)).toEqual({ is });
  });

  it.each([["yes"], ["TRUE"], [""], [1], [null], [[]], [undefined]])("%j is neither", (value) => {
    expect(read(fields.flag, value)).toEqual(["is not true or false"]);
  });
});

describe("a filter", () => {
  it.each([["name", "name"], [5, "5"], [true, ""], [["a"], ""], [{ $ne: "" }, ""], [null, ""], [undefined, undefined]])("%j is the text %j, and never an error", (value, is) => {
    expect(read(fields.filter, value)).toEqual({ is });
  });
});
