import type { DeveloperAccountId } from "./brands.ts";
import type { Invoice } from "./invoices.ts";

/** Which invoices are wanted: all of what is given must hold. Texts are compared as they came; one that says nothing sensible fits none. */
export type InvoiceFilter = {
  readonly state?: string;
  /** `2026-11` */
  readonly month?: string;
  /** A friendly id, where `*` stands for anything. */
  readonly number?: string;
  /** `2026` */
  readonly year?: string;
  /** 1 to 12 */
  readonly monthNumber?: string;
  readonly buyers?: ReadonlySet<DeveloperAccountId>;
};

export function fits({ state, period, friendlyId, developerAccountId }: Invoice, wanted: InvoiceFilter): boolean {
  return (wanted.state ?? state) === state
    && (wanted.month ?? period) === period
    && (wanted.year ?? period.slice(0, 4)) === period.slice(0, 4)
    && (wanted.monthNumber === undefined || wanted.monthNumber.padStart(2, "0") === period.slice(5))
    && (wanted.number === undefined || matches(friendlyId, wanted.number))
    && (wanted.buyers === undefined || wanted.buyers.has(developerAccountId));
}

/** Whether a text is what a pattern with `*` says. Looks at each part once: no pattern makes it slow. */
export function matches(text: string, pattern: string): boolean {
  const [first, ...others] = pattern.split("*") as [string, ...string[]];
  const last = others.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first)) return false;
  let from = first.length;
  for (const part of others) {
    const at = text.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  return text.length - last.length >= from && text.endsWith(last);
}
