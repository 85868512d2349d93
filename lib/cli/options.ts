import { InvalidArgumentError } from "commander";
import type * as z from "zod/mini";
import { parseId, type Id } from "../domain/brands.ts";
import { SCOPES, type AccessToken, type Scope } from "../domain/model.ts";
import { expiry } from "../http/fields.ts";

/** Reads an option by the rule that the API has for the same field; commander names the option that is wrong. */
export function by<T>(field: z.ZodMiniType<T>): (text: string) => T {
  return (text) => parsed(field, text, (message) => `It ${message}.`);
}

export function anId<T extends Id>(text: string): T {
  const found = parseId<T>(text);
  if (found === undefined) throw new InvalidArgumentError("It must be an id: a whole number, as the listings show it.");
  return found;
}

/** Scopes with commas between them. */
export function scopes(text: string): readonly Scope[] {
  const given = text.split(",").map((each) => each.trim());
  const found = SCOPES.filter((scope) => given.includes(scope));
  if (found.length !== new Set(given).size) throw new InvalidArgumentError(`It must be one or more of ${SCOPES.join(", ")}, with commas between them.`);
  return found;
}

/** A time in the future. Blank is refused here: an empty shell variable must not make a token that never expires. */
export function expiresAt(text: string): AccessToken["expiresAt"] {
  if (text.trim() === "") throw new InvalidArgumentError("It can't be blank; leave the option out for a token that never expires.");
  const time = parsed(expiry, text, (message) => `${message}.`);
  if (time !== "never" && time * 1000 <= Date.now()) throw new InvalidArgumentError("It must be in the future.");
  return time;
}

/** The name of a stage or a table, as AWS accepts them. */
export function awsName(text: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9_.:/-]*$/.test(text)) throw new InvalidArgumentError("It must be letters, digits and dashes.");
  return text;
}

function parsed<T>(field: z.ZodMiniType<T>, text: string, sentence: (message: string) => string): T {
  const result = field.safeParse(text);
  if (result.success) return result.data;
  throw new InvalidArgumentError(result.error.issues.map(({ message }) => sentence(message)).join(" "));
}
