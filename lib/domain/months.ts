import { parseMonth, type EpochSeconds, type Month } from "./brands.ts";
import { isoSeconds } from "./time.ts";
import { dayOf } from "./time.ts";

const DAY_SECONDS = 24 * 60 * 60;
/** Invoices are made for no month further ahead (3scale: Invoice, validation of period). */
const MONTHS_AHEAD = 12;

/** The month of a time, in UTC. */
export function monthOf(time: EpochSeconds): Month {
  const month = parseMonth(isoSeconds(time).slice(0, 7));
  if (month === undefined) throw new RangeError("Beyond the year 9999 there are no months");
  return month;
}

/** The day of a time in UTC, or of so many days later, `yyyy-mm-dd`. */
export function dateOf(time: EpochSeconds, daysLater: number = 0): string {
  return dayOf(time + daysLater * DAY_SECONDS);
}

/** The first and the last day of a month. */
export function daysOf(month: Month): { readonly first: string; readonly last: string } {
  const [year, number] = partsOf(month);
  return { first: `${month}-01`, last: `${month}-${lastDay(year, number)}` };
}

/** Whether a provider may bill a month: from the one in which its account was made to twelve after this one. */
export function isBillable(month: Month, accountCreatedAt: EpochSeconds, now: EpochSeconds): boolean {
  const [year, number] = partsOf(month);
  const [thisYear, thisNumber] = partsOf(monthOf(now));
  return month >= monthOf(accountCreatedAt) && (year - thisYear) * 12 + number - thisNumber <= MONTHS_AHEAD;
}

function partsOf(month: Month): readonly [year: number, number: number] {
  return [Number(month.slice(0, 4)), Number(month.slice(5))];
}

function lastDay(year: number, number: number): number {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return number === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(number) ? 30 : 31;
}
