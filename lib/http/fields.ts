import * as z from "zod/mini";
import { epochSeconds, parseId, type EpochSeconds, type Id } from "../domain/brands.ts";
import { SYSTEM_NAME } from "../domain/system-name.ts";

/**
 * The kinds of fields that requests are made of, with 3scale's words for what is wrong with them. Each parses strictly
 * and yields what the domain speaks; forms send everything as text, JSON may send numbers and booleans. What a field
 * registers of itself is what the documentation of the API says of it.
 */
const documented = z.globalRegistry;
const BLANK = "can't be blank";

/** Controls, what takes no room, marks that turn the direction of writing, and what XML cannot say: a name must look like what it is. */
const UNSEEN = /[\p{Cc}\u200B\u2028\u2029\u202A-\u202E\u2060\u2066-\u2069\uFEFF\uFFFE\uFFFF]/u;

/** A name that people give: 1 to 255 code points in NFC, on one line. */
export const name = z.string({ error: BLANK }).check(
  z.refine((text) => text.isWellFormed(), "is not valid Unicode"),
  z.overwrite((text) => text.normalize("NFC")),
  z.refine((text) => text.trim() !== "", BLANK),
  z.refine((text) => codePoints(text) <= 255, "is too long (maximum is 255 characters)"),
  z.refine((text) => !UNSEEN.test(text), "must not contain control characters"),
).register(documented, { type: "string", minLength: 1, maxLength: 255 });

/** A name that programs may write as a number, as in `"unit": 1`. */
export const nameOrNumber = z.pipe(z.pipe(z.union([z.string(), z.number()], { error: BLANK }), z.transform(String)), name)
  .register(documented, { type: "string", minLength: 1, maxLength: 255 });

/** A longer text, over several lines. */
export const description = z.string({ error: "is invalid" }).check(
  z.refine((text) => text.isWellFormed(), "is not valid Unicode"),
  z.overwrite((text) => text.normalize("NFC")),
  z.refine((text) => codePoints(text) <= 4000, "is too long (maximum is 4000 characters)"),
  z.refine((text) => !/[^\P{Cc}\n\r\t]|[\uFFFE\uFFFF]/u.test(text), "must not contain control characters"),
).register(documented, { type: "string", maxLength: 4000 });

/** A name for programs, which never changes. */
export const systemName = z.string({ error: "is invalid" }).check(
  z.regex(SYSTEM_NAME, "must be 1 to 255 ASCII letters, numbers, dashes and underscores"),
);

export const email = z.string({ error: BLANK }).check(
  z.refine((text) => text.trim() !== "", BLANK),
  z.refine((text) => text.trim() === "" || text.isWellFormed() && !UNSEEN.test(text) && /^[^\s@\p{Cc}]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/u.test(text), "should look like an email address"),
).register(documented, { type: "string", format: "email" });

/** An address is shown like a name, and serves as one: it keeps the rules of both. */
export const address = z.pipe(email, name);

/** The name of an organisation. */
export const orgName = name.check(z.refine((text) => text.trim() === "" || /[\p{L}\p{N}]/u.test(text), "must contain at least one alphanumeric character"));

/** What a developer signs in with at the provider's (3scale: User::Validations). */
export const username = z.string({ error: BLANK }).check(
  z.minLength(3, "is too short (minimum is 3 characters)"),
  z.maxLength(40, "is too long (maximum is 40 characters)"),
  z.regex(/^\w[\w.\-@+]+$/, "use only letters, numbers, and .-_@+ please."),
);

/** A text that need not be there may come blank or null: programs send every field that they know. */
export function blankOr<Field extends z.ZodMiniType<string>>(field: Field, error = "is invalid") {
  return z.union([z.literal(["", null]), field], { error });
}

/** Those of the values that were given. */
export function given<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

/** A whole number from 0 on, as a number or in digits; blank is 0. */
export const count = z.pipe(
  z.nullable(z.union([z.string(), z.number()], { error: "is not a number" })),
  z.transform((value, context): number => {
    const text = String(value ?? "").trim();
    const valid = /^\d{1,15}$/.test(text);
    if (!valid && text !== "") {
      context.issues.push({ code: "custom", message: /^-\d+/.test(text) ? "must be greater than or equal to 0" : "is not a number", input: value });
    }
    return valid ? Number(text) : 0;
  }),
).register(documented, { type: "integer", minimum: 0 });

/** An amount of money with at most two decimals, in the minor units of the currency; blank is 0. */
export const cents = z.pipe(
  z.nullable(z.union([z.string(), z.number()], { error: "is not a number" })),
  z.transform((value, context): number => {
    const text = String(value ?? "").trim();
    const [, whole, decimals = ""] = /^(\d{1,12})(?:\.(\d{1,2})0*)?$/.exec(text) ?? [];
    if (whole === undefined && text !== "") {
      context.issues.push({ code: "custom", message: text.startsWith("-") ? "must be greater than or equal to 0" : "is not a number", input: value });
    }
    return whole === undefined ? 0 : Number(whole) * 100 + Number(decimals.padEnd(2, "0"));
  }),
).register(documented, { type: "number", minimum: 0 });

/** One of a list; a number is taken for its text, as in `"backend_version": 1`. */
export function oneOf<const T extends string>(values: readonly T[]) {
  return z.pipe(
    z.union([z.string(), z.number()], { error: ({ input }) => (input === undefined ? BLANK : "is not included in the list") }),
    z.transform((value, context): T => {
      const found = values.find((each) => each === String(value));
      if (found === undefined) context.issues.push({ code: "custom", message: "is not included in the list", input: value });
      return found as T;
    }),
  ).register(documented, { type: "string", enum: [...values] });
}

/** Several of a list, each once, in the list's order; blanks are dropped, a single text is a list of one. */
export function someOf<const T extends string>(values: readonly T[], empty: string) {
  return z.pipe(
    z.union([z.array(z.nullable(z.string())), z.string()], { error: empty }),
    z.transform((value, context): readonly T[] => {
      const given = [value].flat().filter((each) => each !== "" && each !== null);
      if (given.length === 0) context.issues.push({ code: "custom", message: empty, input: value });
      if (given.some((each) => !values.includes(each as T))) context.issues.push({ code: "custom", message: "invalid", input: value });
      return values.filter((each) => given.includes(each));
    }),
  ).register(documented, { type: "array", items: { type: "string", enum: [...values] }, minItems: 1 });
}

/** True or false, as JSON and as forms write them. */
export const flag = z.pipe(
  z.union([z.boolean(), z.enum(["true", "false", "1", "0"])], { error: "is not true or false" }),
  z.transform((value) => value === true || value === "true" || value === "1"),
).register(documented, { type: "boolean" });

/** Beyond the year 9999 a time is not written with four digits. */
const LAST_MS = Date.UTC(10000, 0, 1) - 1;
const ISO_8601 = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.\d{1,9})?(?:Z|z|[+-]\d{2}:?\d{2})$/;

/** An expiry: ISO 8601 with or without fractions of a second, which are dropped; blank or null is "never". */
export const expiry = z.pipe(
  z.nullable(z.string({ error: "Date must follow ISO8601 format" })),
  z.transform((value, context): EpochSeconds | "never" => {
    if (value === null || value.trim() === "") return "never";
    const time = parseTime(value);
    if (time === undefined) context.issues.push({ code: "custom", message: "Date must follow ISO8601 format, as in 2030-01-01T12:00:00Z", input: value });
    return time ?? "never";
  }),
).register(documented, { type: ["string", "null"], format: "date-time", description: "In the future; null or blank is never." });

/** A moment that bounds a list; blank is none. */
export const instant = z.pipe(
  z.optional(z.unknown()),
  z.transform((value, context): EpochSeconds | undefined => {
    if (value === undefined || value === null || value === "") return undefined;
    const time = typeof value === "string" ? parseTime(value) : undefined;
    if (time === undefined) context.issues.push({ code: "custom", message: "must follow ISO8601 format, as in 2030-01-01T12:00:00Z", input: value });
    return time;
  }),
).register(documented, { type: "string", format: "date-time" });

/** The id of what a list is to be about; blank is none. */
export function idOf<T extends Id>() {
  return z.pipe(
    z.optional(z.unknown()),
    z.transform((value, context): T | undefined => {
      if (value === undefined || value === null || value === "") return undefined;
      const id = typeof value === "string" || typeof value === "number" ? parseId<T>(String(value)) : undefined;
      if (id === undefined) context.issues.push({ code: "custom", message: "is not an id", input: value });
      return id;
    }),
  ).register(documented, { type: "integer", minimum: 1 });
}

/** Paging and numbers in filters are never an error (3scale ignores what it does not understand). */
export const page = z.optional(z.unknown()).register(documented, { type: "integer", minimum: 1 });

/** What every list in pages takes beside its filters. Only a cursor can be wrong: see `paged`. */
export const paging = {
  page, per_page: z.optional(z.unknown()).register(documented, { type: "integer", minimum: 1, maximum: 500 }),
  after: z.optional(z.unknown()).register(documented, { type: "string", description: "A cursor, from `metadata.next` of the answer before; blank to begin. The page then costs what it shows, however long the list is, and its totals are not told." }),
};

/** A filter's text; anything else matches nothing. */
export const filter = z.optional(z.pipe(z.unknown(), z.transform((value) => (typeof value === "number" ? String(value) : typeof value === "string" ? value : "")))).register(documented, { type: "string" });

function codePoints(text: string): number {
  return Array.from(text).length;
}

function parseTime(text: string): EpochSeconds | undefined {
  const [, year, month, day, hour, minute, second] = ISO_8601.exec(text) ?? [];
  // `Date` would turn the 31st of February into a day of March.
  const date = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  const normal = text.replace(/[+-]\d{2}(?!:)\d{2}$/, (offset) => `${offset.slice(0, 3)}:${offset.slice(3)}`).toUpperCase();
  const milliseconds = Date.parse(normal);
  if (Number.isNaN(milliseconds) || milliseconds < 0 || milliseconds > LAST_MS || Number.isNaN(date.getTime()) || date.getUTCDate() !== Number(day)) return undefined;
  return epochSeconds(Math.floor(milliseconds / 1000));
}
