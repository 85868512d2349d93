import { describe, expect, it } from "vitest";
import { DomainError } from "../../../lib/domain/errors.ts";
import { usageWindow, wholePeriod, type Asked, type Window } from "../../../lib/domain/analytics/window.ts";
import { isoIn } from "../../../lib/domain/time-zones.ts";

const NOTHING: Asked = { period: undefined, granularity: undefined, since: undefined, until: undefined, timezone: undefined };
const NOW = Date.parse("2026-03-31T10:30:40Z") / 1000;

/** What is asked for, as it is answered: its name, first and last second, granularity, and how many cycles. */
function shown({ name, zone, granularity, borders }: Window) {
  return [name, isoIn(zone, borders[0]!), isoIn(zone, borders.at(-1)! - 1), granularity, borders.length - 1];
}
function refused(ask: () => unknown): unknown {
  try {
    return ask();
  } catch (error) {
    return error instanceof DomainError ? [error.code, error.message] : error;
  }
}
const usage = (asked: Partial<Asked>, now = NOW) => usageWindow({ ...NOTHING, ...asked }, now);
const whole = (asked: Partial<Asked>) => wholePeriod({ ...NOTHING, ...asked }, NOW);

describe("the time of a usage", () => {
  it.each<[string, Partial<Asked>, readonly unknown[]]>([
    ["the day up to now touches 25 hours", { period: "day" }, ["day", "2026-03-30T10:00:00Z", "2026-03-31T10:59:59Z", "hour", 25]],
    ["a day from midnight on has 24 hours", { period: "day", since: "2026-01-01" }, ["day", "2026-01-01T00:00:00Z", "2026-01-01T23:59:59Z", "hour", 24]],
    ["a month has its days", { period: "month", since: "2026-01-01" }, ["month", "2026-01-01T00:00:00Z", "2026-01-31T23:59:59Z", "day", 31]],
    ["the month up to the 31st begins on the last day of February", { period: "month" }, ["month", "2026-02-28T00:00:00Z", "2026-03-28T23:59:59Z", "day", 29]],
    ["a week has quarters of days", { period: "week", since: "2026-01-01" }, ["week", "2026-01-01T00:00:00Z", "2026-01-07T23:59:59Z", 21600, 28]],
    ["the week up to now touches 29 of them", { period: "week" }, ["week", "2026-03-24T06:00:00Z", "2026-03-31T11:59:59Z", 21600, 29]],
    ["a year has months", { period: "year", since: "2026-01-01" }, ["year", "2026-01-01T00:00:00Z", "2026-12-31T23:59:59Z", "month", 12]],
    ["the year up to now touches 13", { period: "year" }, ["year", "2025-03-01T00:00:00Z", "2026-03-31T23:59:59Z", "month", 13]],
    ["a period may be asked for in other cycles", { period: "week", since: "2026-01-01", granularity: "day" }, ["week", "2026-01-01T00:00:00Z", "2026-01-07T23:59:59Z", "day", 7]],
    ["where there is a period, until says nothing", { period: "day", since: "2026-01-01", until: "2027-01-01" }, ["day", "2026-01-01T00:00:00Z", "2026-01-01T23:59:59Z", "hour", 24]],
    ["eternity ends with today", { period: "eternity" }, ["eternity", "1970-01-01T00:00:00Z", "2026-03-31T23:59:59Z", "eternity", 1]],
    ["eternity by name", { period: "eternity", granularity: "eternity", since: "2026-01-01" }, ["eternity", "1970-01-01T00:00:00Z", "2026-03-31T23:59:59Z", "eternity", 1]],
    ["from one day to another, both whole", { granularity: "day", since: "2026-01-01", until: "2026-01-31" }, [null, "2026-01-01T00:00:00Z", "2026-01-31T23:59:59Z", "day", 31]],
    ["from one hour to another", { granularity: "hour", since: "2026-01-01 10:15:00", until: "2026-01-01T12:00" }, [null, "2026-01-01T10:00:00Z", "2026-01-01T12:59:59Z", "hour", 3]],
    ["by 21600 seconds", { granularity: "21600", since: "2026-01-01 07:00:00", until: "2026-01-01 12:00:00" }, [null, "2026-01-01T06:00:00Z", "2026-01-01T17:59:59Z", 21600, 2]],
    ["at one moment", { granularity: "month", since: "2026-02-15", until: "2026-02-15" }, [null, "2026-02-01T00:00:00Z", "2026-02-28T23:59:59Z", "month", 1]],
    ["what has no offset is in the zone", { period: "day", since: "2026-01-01", timezone: "Madrid" }, ["day", "2026-01-01T00:00:00+01:00", "2026-01-01T23:59:59+01:00", "hour", 24]],
    ["what has one is not", { period: "day", since: "2026-01-01T00:00:00Z", timezone: "Madrid" }, ["day", "2026-01-01T01:00:00+01:00", "2026-01-02T00:59:59+01:00", "hour", 24]],
    ["an offset as the answer writes it", { granularity: "hour", since: "2026-01-01T00:00:00+01:00", until: "2026-01-01 00:00:00 +0100" }, [null, "2025-12-31T23:00:00Z", "2025-12-31T23:59:59Z", "hour", 1]],
    ["a day on which clocks go forward", { period: "day", since: "2026-03-29", timezone: "Europe/Madrid" }, ["day", "2026-03-29T00:00:00+01:00", "2026-03-29T23:59:59+02:00", "hour", 23]],
    ["and one on which they go back", { period: "day", since: "2026-10-25", timezone: "Europe/Madrid" }, ["day", "2026-10-25T00:00:00+02:00", "2026-10-25T23:59:59+01:00", "hour", 25]],
    ["hours that begin at half past", { period: "day", since: "2026-01-01", timezone: "Kolkata" }, ["day", "2026-01-01T00:00:00+05:30", "2026-01-01T23:59:59+05:30", "hour", 24]],
    ["ninety days of hours", { granularity: "hour", since: "2026-01-01", until: "2026-03-31 23:59:59" }, [null, "2026-01-01T00:00:00Z", "2026-03-31T23:59:59Z", "hour", 2160]],
    ["a year of days", { granularity: "day", since: "2026-01-01", until: "2026-12-31" }, [null, "2026-01-01T00:00:00Z", "2026-12-31T23:59:59Z", "day", 365]],
    ["ten years of months", { granularity: "month", since: "2017-01-01", until: "2026-12-01" }, [null, "2017-01-01T00:00:00Z", "2026-12-31T23:59:59Z", "month", 120]],
  ])("%s", (_what, asked, expected) => {
    expect(shown(usage(asked))).toEqual(expected);
  });

  it("is named by the tz database, and UTC unless asked for", () => {
    expect([usage({ period: "day" }), usage({ period: "day", timezone: "Madrid" })].map(({ zone }) => zone.name)).toEqual(["Etc/UTC", "Europe/Madrid"]);
  });

  const DATES = "Date parameters should have valid date/time format.";
  it.each<[Partial<Asked>, string, string]>([
    [{}, "missing_parameter", "Required parameter missing: granularity"],
    [{ since: "2026-01-01", until: "2026-01-02" }, "missing_parameter", "Required parameter missing: granularity"],
    [{ granularity: "day" }, "missing_parameter", "Required parameter missing: since"],
    [{ granularity: "foo" }, "missing_parameter", "Required parameter missing: since"],
    [{ granularity: "day", since: "2026-01-01" }, "invalid_parameter", "You need to specify either 'range' or 'since' and 'until'"],
    [{ period: "foo" }, "invalid_parameter", 'Period must be one of ["eternity", "year", "month", "week", "day"] not "foo"'],
    [{ period: "hour" }, "invalid_parameter", 'Period must be one of ["eternity", "year", "month", "week", "day"] not "hour"'],
    [{ granularity: "foo", since: "2026-01-01", until: "2026-01-02" }, "invalid_parameter", "Granularity must be one of [:eternity, :month, :day, 6 hours, :hour], not foo"],
    [{ period: "day", granularity: "week" }, "invalid_parameter", "Granularity must be one of [:eternity, :month, :day, 6 hours, :hour], not week"],
    [{ period: "day", granularity: "eternity" }, "invalid_parameter", "Granularity 'eternity' is only supported for period 'eternity'"],
    [{ granularity: "eternity", since: "2026-01-01", until: "2026-01-02" }, "invalid_parameter", "Granularity 'eternity' is only supported for period 'eternity'"],
    [{ period: "eternity", granularity: "day" }, "invalid_parameter", "Only 'eternity' granularity is supported for period 'eternity'"],
    [{ granularity: "month", since: "2016-12-31", until: "2026-12-31" }, "invalid_parameter", "Time range for the granularity must be less than 10 years"],
    [{ granularity: "day", since: "2026-01-01", until: "2027-01-01" }, "invalid_parameter", "Time range for the granularity must be less than 1 year"],
    [{ granularity: "hour", since: "2026-01-01", until: "2026-04-01" }, "invalid_parameter", "Time range for the granularity must be less than 90 days"],
    [{ granularity: "hour", since: "2026-01-01 00:59:59", until: "2026-04-01 00:00:00" }, "invalid_parameter", "Time range for the granularity must be less than 90 days"],
    [{ granularity: "21600", since: "2026-01-01", until: "2026-07-05" }, "invalid_parameter", "Time range for the granularity must be less than 6 months"],
    [{ period: "year", since: "2026-01-01", granularity: "hour" }, "invalid_parameter", "Time range for the granularity must be less than 90 days"],
    [{ granularity: "hour", since: "1970-01-01", until: "9997-12-31" }, "invalid_parameter", "Time range for the granularity must be less than 90 days"],
    [{ granularity: "day", since: "2026-01-02", until: "2026-01-01" }, "invalid_parameter", "'until' must not be before 'since'"],
    [{ period: "day", timezone: "Atlantis" }, "invalid_parameter", "Time zone Atlantis not found"],
    ...["foo", "2026", "2026-13-01", "2026-02-30", "2026-01-01T24:00:00", "2026-01-01 10:60", "2026-01-01T00:00:00+15:00", "2026-01-01T00:00:00 CET", "0001-01-01", "9999-01-01", "1767225600", "-2026-01-01"]
      .map((since) => [{ period: "day", since }, "invalid_parameter", DATES] as [Partial<Asked>, string, string]),
    [{ granularity: "day", since: "2026-01-01", until: "tomorrow" }, "invalid_parameter", DATES],
  ])("%j: %s, %s", (asked, code, message) => {
    expect(refused(() => usage(asked))).toEqual([code, message]);
  });
});

describe("a whole period", () => {
  it.each<[Partial<Asked>, readonly unknown[]]>([
    [{ period: "day", since: "2026-01-07 12:00:00" }, ["day", "2026-01-07T00:00:00Z", "2026-01-07T23:59:59Z", "hour", 1]],
    [{ period: "week", since: "2026-01-07" }, ["week", "2026-01-05T00:00:00Z", "2026-01-11T23:59:59Z", 21600, 1]],
    [{ period: "week", since: "2026-01-11" }, ["week", "2026-01-05T00:00:00Z", "2026-01-11T23:59:59Z", 21600, 1]],
    [{ period: "month", since: "2026-02-28" }, ["month", "2026-02-01T00:00:00Z", "2026-02-28T23:59:59Z", "day", 1]],
    [{ period: "year", since: "2024-02-29" }, ["year", "2024-01-01T00:00:00Z", "2024-12-31T23:59:59Z", "month", 1]],
    [{ period: "month", since: "2026-03-15", timezone: "Madrid" }, ["month", "2026-03-01T00:00:00+01:00", "2026-03-31T23:59:59+02:00", "day", 1]],
    [{ period: "eternity", since: "2026-03-15" }, ["eternity", "1970-01-01T00:00:00Z", "2026-03-31T23:59:59Z", "eternity", 1]],
  ])("%j", (asked, expected) => {
    expect(shown(whole(asked))).toEqual(expected);
  });

  it.each<[Partial<Asked>, string, string]>([
    [{}, "missing_parameter", "Required parameter missing: period"],
    [{ since: "2026-01-01", granularity: "day" }, "missing_parameter", "Required parameter missing: period"],
    [{ period: "day" }, "missing_parameter", "Required parameter missing: since"],
    [{ period: "foo", since: "2026-01-01" }, "invalid_parameter", 'Period must be one of ["eternity", "year", "month", "week", "day"] not "foo"'],
    [{ period: "day", since: "foo" }, "invalid_parameter", "Date parameters should have valid date/time format."],
    [{ period: "day", since: "2026-01-01", timezone: "Atlantis" }, "invalid_parameter", "Time zone Atlantis not found"],
  ])("%j: %s, %s", (asked, code, message) => {
    expect(refused(() => whole(asked))).toEqual([code, message]);
  });
});
