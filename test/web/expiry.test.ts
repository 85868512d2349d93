import process from "node:process";
import { afterEach, describe, expect, it } from "vitest";
import { EXPIRY_CHOICES, expiryOf, firstDate, instant, statusOf } from "../../web/src/rules/expiry.ts";

const DAY = 86_400_000;
const NOW = Date.parse("2026-11-24T12:00:00.987Z");

/** Where the reader is. */
const HOME = process.env["TZ"];
const inZone = (zone: string) => { process.env["TZ"] = zone; };
afterEach(() => {
  if (HOME === undefined) delete process.env["TZ"];
  else process.env["TZ"] = HOME;
});

describe("the choice of an expiry", () => {
  it("begins with a short one: 7 days", () => {
    expect(EXPIRY_CHOICES.map(({ value }) => value)).toEqual(["7", "30", "60", "90", "custom", "never"]);
  });

  it.each([["7", 7], ["30", 30], ["60", 60], ["90", 90]] as const)("%s days are so many times 24 hours from now", (choice, days) => {
    expect(expiryOf(choice, "", NOW)).toBe(NOW + days * DAY);
  });

  it("no expiration is said, and never meant by an empty date", () => {
    expect(expiryOf("never", "", NOW)).toBe("never");
    expect(expiryOf("custom", "", NOW)).toBe("no_date");
    expect(expiryOf("custom", "1.12.2026", NOW)).toBe("no_date");
  });

  it.each([
    ["UTC", "2026-12-01T00:00:00Z"],
    ["Europe/Berlin", "2026-11-30T23:00:00Z"],
    ["America/Los_Angeles", "2026-12-01T08:00:00Z"],
    ["Pacific/Kiritimati", "2026-11-30T10:00:00Z"],
  ])("a day that is picked in %s begins there", (zone, begins) => {
    inZone(zone);
    const at = expiryOf("custom", "2026-12-01", NOW);
    expect(at).toBe(Date.parse(begins));
    expect(instant(Number(at))).toBe(begins);
  });

  it("a day that begins an hour late, as clocks go forward at midnight, is that day all the same", () => {
    inZone("America/Santiago");
    expect(expiryOf("custom", "2027-09-05", NOW)).toBe(Date.parse("2027-09-05T04:00:00Z"));
  });

  it("a day that has begun is over", () => {
    inZone("UTC");
    expect(expiryOf("custom", "2026-11-24", NOW)).toBe("past");
    expect(expiryOf("custom", "2026-11-23", NOW)).toBe("past");
  });

  it.each([["UTC", "2026-11-25"], ["Pacific/Kiritimati", "2026-11-26"], ["Pacific/Pago_Pago", "2026-11-25"]])("the first day on offer in %s is tomorrow there", (zone, tomorrow) => {
    inZone(zone);
    expect(firstDate(NOW)).toBe(tomorrow);
    expect(expiryOf("custom", firstDate(NOW), NOW)).toBeTypeOf("number");
  });

  it("is sent in UTC, in whole seconds, never later than promised", () => {
    expect(instant(NOW)).toBe("2026-11-24T12:00:00Z");
  });
});

describe("the mark of a token", () => {
  it.each([
    ["one without expiry is active for good", undefined, "active"],
    ["one is dead at the very second it expires", NOW, "expired"],
    ["one that has a millisecond left expires soon", NOW + 1, "soon"],
    ["one with three days left expires soon", NOW + 3 * DAY, "soon"],
    ["one with more than three days left does not", NOW + 3 * DAY + 1, "active"],
    ["one just made for the shortest time is not marked", NOW + 7 * DAY, "active"],
  ] as const)("%s", (_guarantee, expiresAt, status) => {
    expect(statusOf(expiresAt, NOW)).toBe(status);
  });
});
