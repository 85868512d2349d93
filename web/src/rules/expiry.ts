/** How long a token lives: what may be picked, what that means, and how it is marked later. Milliseconds since 1970. */
const DAY_MS = 86_400_000;
/** Less than the shortest life on offer, so that no token is born with the mark. */
const SOON_MS = 3 * DAY_MS;

export const EXPIRY_CHOICES = [
  { value: "7", label: "7 days" },
  { value: "30", label: "30 days" },
  { value: "60", label: "60 days" },
  { value: "90", label: "90 days" },
  { value: "custom", label: "Custom date…" },
  { value: "never", label: "No expiration" },
] as const;
export type ExpiryChoice = (typeof EXPIRY_CHOICES)[number]["value"];
export type Expiry = number | "never" | "no_date" | "past";

/** When a token would expire that is made now. `date` is what a date field holds, "2026-12-01": local midnight, as that day begins. */
export function expiryOf(choice: ExpiryChoice, date: string, now: number): Expiry {
  if (choice === "never") return "never";
  if (choice !== "custom") return now + Number(choice) * DAY_MS;
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(date) ?? [];
  if (year === undefined) return "no_date";
  const midnight = new Date(Number(year), Number(month) - 1, Number(day)).getTime();
  return midnight > now ? midnight : "past";
}

/** The first day that may be picked, as a date field writes it: tomorrow, where the reader is. */
export function firstDate(now: number): string {
  const today = new Date(now);
  const tomorrow = new Date(today.getFullYear(), today.getMonth(), today.getDate() + 1);
  return [tomorrow.getFullYear(), tomorrow.getMonth() + 1, tomorrow.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
}

/** As the API reads it: UTC, in whole seconds. */
export const instant = (at: number) => `${new Date(Math.floor(at / 1000) * 1000).toISOString().slice(0, 19)}Z`;

export const STATUSES = ["active", "soon", "expired"] as const;
export type Status = (typeof STATUSES)[number];

/** A token is dead at the very second it expires, as the API judges it. */
export function statusOf(expiresAt: number | undefined, now: number): Status {
  if (expiresAt === undefined) return "active";
  if (expiresAt <= now) return "expired";
  return expiresAt - now <= SOON_MS ? "soon" : "active";
}
