/** Instants as people read them. Milliseconds since 1970 in, sentences in English and the reader's own time zone out. */
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const RELATIVE = new Intl.RelativeTimeFormat("en", { numeric: "always" });

/** "in 7 days", "3 hours ago": rounded, in the largest unit of which there are two, or a whole one below days. */
export function relative(at: number, now: number): string {
  const distance = at - now;
  const size = Math.abs(distance);
  if (size < MINUTE_MS) return distance < 0 ? "just now" : "in less than a minute";
  const [unit, length] = size < 59.5 * MINUTE_MS ? (["minute", MINUTE_MS] as const)
    : size < 23.5 * HOUR_MS ? (["hour", HOUR_MS] as const)
    : size < 60 * DAY_MS ? (["day", DAY_MS] as const)
    : size < 730 * DAY_MS ? (["month", 30.44 * DAY_MS] as const)
    : (["year", 365.25 * DAY_MS] as const);
  return RELATIVE.format(Math.round(distance / length), unit);
}

/**
 * When a token was last used, of which a moment less than an hour before is known: "in the last hour", "3 hours ago". In the
 * last hour it may have been used once more, so that nothing more exact is said of it; clocks that differ do no harm.
 */
export function lastUse(at: number, now: number): string {
  return now - at < HOUR_MS ? "in the last hour" : relative(at, now);
}

/** "1 Dec 2026" */
export const day = (at: number) => new Intl.DateTimeFormat("en-GB", { dateStyle: "medium" }).format(at);

/** "1 Dec 2026, 14:05" */
export const moment = (at: number) => new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" }).format(at);

/** "Tuesday, 1 December 2026 at 14:05 (Europe/Berlin)": nothing left to guess. */
export function inWords(at: number): string {
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  const date = new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long", year: "numeric" }).format(at);
  const time = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" }).format(at);
  return `${date.replace(/^(\w+) /, "$1, ")} at ${time} (${timeZone})`;
}
