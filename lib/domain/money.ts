import { tenThousandths, type TenThousandths } from "./brands.ts";

export const NOTHING = tenThousandths(0);

/** An amount may have nine digits before the point, so that nine hundred thousand of the largest still add exactly. */
const AMOUNT = /^(?<sign>-?)(?<whole>\d{1,9})(?:\.(?<decimals>\d{1,30}))?$/;

/** Reads an amount in whole units with any number of decimals, of which four are kept, rounded. Undefined for the rest. */
export function parseAmount(text: string): TenThousandths | undefined {
  const { sign, whole, decimals = "" } = AMOUNT.exec(text)?.groups ?? {};
  if (whole === undefined) return undefined;
  const kept = Number(whole) * 10_000 + Number(decimals.padEnd(4, "0").slice(0, 4)) + (Number(decimals.charAt(4)) >= 5 ? 1 : 0);
  return tenThousandths(sign === "-" && kept > 0 ? -kept : kept);
}

/** A sum. Undefined where it would be too large to be exact. */
export function plus(one: TenThousandths, other: number): TenThousandths | undefined {
  const sum = one + other;
  return Number.isSafeInteger(sum) ? tenThousandths(sum) : undefined;
}

/** An amount in whole units, as JSON has it: `20.5`. */
export function units(amount: TenThousandths): number {
  return amount / 10_000;
}

/** An amount in whole units, as Rails writes decimals in XML: `20.0`, `20.0001`. */
export function decimal(amount: TenThousandths): string {
  const digits = String(Math.abs(amount)).padStart(5, "0");
  return `${amount < 0 ? "-" : ""}${digits.slice(0, -4)}.${digits.slice(-4).replace(/0{1,3}$/, "")}`;
}
