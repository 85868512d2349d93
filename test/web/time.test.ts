import { describe, expect, it } from "vitest";
import { inWords, lastUse, moment, relative } from "../../web/src/rules/time.ts";

const NOW = Date.parse("2026-11-24T12:00:00Z");
const SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE, DAY = 24 * HOUR;

describe("a distance in time", () => {
  it.each([
    ["what was a moment ago is said without a number", -1, "just now"],
    ["what is to come in a moment is not yet over", 30 * SECOND, "in less than a minute"],
    ["this very moment is not yet over", 0, "in less than a minute"],
    ["minutes", -5 * MINUTE, "5 minutes ago"],
    ["almost an hour is an hour, not sixty minutes", 59.6 * MINUTE, "in 1 hour"],
    ["almost a day is a day, not 24 hours", -23.8 * HOUR, "1 day ago"],
    ["a token just made for 7 days expires in 7 days", 7 * DAY - SECOND, "in 7 days"],
    ["days up to two months", 59 * DAY, "in 59 days"],
    ["90 days are three months", 90 * DAY, "in 3 months"],
    ["months up to two years", -700 * DAY, "23 months ago"],
    ["years", 1000 * DAY, "in 3 years"],
  ])("%s", (_guarantee, distance, said) => {
    expect(relative(NOW + distance, NOW)).toBe(said);
  });
});

describe("the last use of a token", () => {
  it.each([
    ["is not said more exactly than it is known", -59 * MINUTE, "in the last hour"],
    ["is not in the future, however clocks differ", 5 * MINUTE, "in the last hour"],
    ["is a distance from then on", -HOUR, "1 hour ago"],
    ["and in days", -3 * DAY, "3 days ago"],
  ])("%s", (_guarantee, distance, said) => {
    expect(lastUse(NOW + distance, NOW)).toBe(said);
  });
});

describe("an instant", () => {
  it("leaves nothing to guess in words: weekday, month by name, hour, and whose time that is", () => {
    const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
    expect(inWords(new Date(2026, 11, 1, 9, 5).getTime())).toBe(`Tuesday, 1 December 2026 at 09:05 (${timeZone})`);
  });

  it("is short in a table, and still names the month", () => {
    expect(moment(new Date(2026, 11, 1, 0, 5).getTime())).toBe("1 Dec 2026, 00:05");
  });
});
