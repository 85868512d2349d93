import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RAILS_TIME_ZONES } from "../../lib/domain/rails-time-zones.ts";
import { DAY, isoIn, railsTextIn, timeOf, timeZoneNamed, UTC, wallAt, type TimeZone } from "../../lib/domain/time-zones.ts";

const zone = (name: string): TimeZone => {
  const found = timeZoneNamed(name);
  if (found === undefined) throw new Error(`There is no ${name}`);
  return found;
};
const at = (text: string) => Date.parse(text) / 1000;
/** What a clock shows, written as if it were UTC. */
const clock = (text: string) => at(`${text}Z`);

describe("the name of a time zone", () => {
  it.each([
    ["UTC", "Etc/UTC"], ["Madrid", "Europe/Madrid"], ["Pacific Time (US & Canada)", "America/Los_Angeles"], ["Nuku'alofa", "Pacific/Tongatapu"],
    ["Buenos Aires", "America/Argentina/Buenos_Aires"], ["Hong Kong", "Asia/Hong_Kong"], ["Ulaan Bataar", "Asia/Ulaanbaatar"],
    ["Europe/Madrid", "Europe/Madrid"], ["Asia/Kolkata", "Asia/Kolkata"], ["Etc/GMT+12", "Etc/GMT+12"], ["EST5EDT", "EST5EDT"],
  ])("%s is %s", (given, name) => {
    expect(zone(given).name).toBe(name);
  });

  it.each(["", " ", "Atlantis", "Europe/Atlantis", "+01:00", "-03", "Madrid ", "constructor", "__proto__", "Europe/Madrid\n", "../etc"])("%j is none", (given) => {
    expect(timeZoneNamed(given)).toBeUndefined();
  });

  it("of every zone of Rails is one that this Node knows", () => {
    expect(RAILS_TIME_ZONES.size).toBeGreaterThan(140);
    expect([...RAILS_TIME_ZONES].filter(([name, inTz]) => timeZoneNamed(name)?.name !== inTz)).toEqual([]);
  });
});

/** Zones with every kind of oddity: half hours, quarters, jumps at midnight, of half an hour, over a day, away from a whole minute. */
const ODD = [
  "Etc/UTC", "Europe/Madrid", "America/New_York", "Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe", "America/St_Johns", "America/Sao_Paulo", "America/Havana",
  "Pacific/Apia", "Pacific/Kiritimati", "Africa/Cairo", "Africa/Casablanca", "Africa/Monrovia", "Asia/Gaza", "America/Santiago", "Antarctica/Troll", "Asia/Pyongyang",
];
const times = fc.integer({ min: 0, max: at("2038-01-01T00:00:00Z") / 900 }).map((quarters) => quarters * 900);
const places = fc.constantFrom(...ODD);

describe("the time of what a clock shows", () => {
  it.each([
    ["Europe/Madrid", "2026-01-01T00:00:00", "2025-12-31T23:00:00Z"],
    ["Asia/Kathmandu", "2026-01-01T00:00:00", "2025-12-31T18:15:00Z"],
    ["Europe/Madrid", "2026-10-25T02:30:00", "2026-10-25T00:30:00Z"], // shown twice: the first time
    ["Europe/Madrid", "2026-03-29T02:30:00", "2026-03-29T01:00:00Z"], // skipped: the jump
    ["America/Sao_Paulo", "2018-11-04T00:00:00", "2018-11-04T03:00:00Z"], // a midnight that was skipped
    ["America/Havana", "2026-11-01T00:00:00", "2026-11-01T04:00:00Z"], // a midnight that comes twice
    ["Pacific/Apia", "2011-12-30T12:00:00", "2011-12-30T10:00:00Z"], // a day that never was
    ["Pacific/Apia", "2011-12-31T00:00:00", "2011-12-30T10:00:00Z"],
  ])("in %s, %s, is %s", (name, shown, time) => {
    expect(timeOf(zone(name), clock(shown))).toBe(at(time));
  });

  it("is the first at which the clock shows that or more", () => {
    fc.assert(fc.property(places, times, (name, wall) => {
      const place = zone(name);
      const time = timeOf(place, wall);
      expect(wallAt(place, time)).toBeGreaterThanOrEqual(wall);
      for (let before = 1; before < 2 * DAY; before += 3599) expect(wallAt(place, time - before)).toBeLessThan(wall);
    }), { numRuns: 100 });
  });

  it("is never after the time at which the clock was read", () => {
    fc.assert(fc.property(places, times, (name, time) => {
      const place = zone(name);
      expect(timeOf(place, wallAt(place, time))).toBeLessThanOrEqual(time);
    }), { numRuns: 300 });
  });
});

describe("a time in words", () => {
  it.each<[TimeZone, string, string, string]>([
    [UTC, "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", "2026-01-01 00:00:00 UTC"],
    [zone("Etc/UTC"), "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", "2026-01-01 00:00:00 UTC"],
    [zone("Madrid"), "2026-07-01T00:00:00Z", "2026-07-01T02:00:00+02:00", "2026-07-01 02:00:00 +0200"],
    [zone("London"), "2026-01-01T00:00:00Z", "2026-01-01T00:00:00+00:00", "2026-01-01 00:00:00 +0000"],
    [zone("Newfoundland"), "2026-01-01T00:00:00Z", "2025-12-31T20:30:00-03:30", "2025-12-31 20:30:00 -0330"],
  ])("is ISO 8601 with an offset, or Rails' text", (place, time, iso, text) => {
    expect([isoIn(place, at(time)), railsTextIn(place, at(time))]).toEqual([iso, text]);
  });
});
