import { EXPIRY_CHOICES, type ExpiryChoice } from "./expiry.ts";

/** What has been filled in about a token that is not made yet. None of it is secret. */
export type Draft = {
  readonly name: string;
  readonly scopes: readonly string[];
  readonly permission: "ro" | "rw";
  readonly expiry: ExpiryChoice;
  readonly date: string;
};

/** Little for short, until somebody asks for more. */
export const BLANK_DRAFT: Draft = { name: "", scopes: [], permission: "ro", expiry: "7", date: "" };

/** A draft kept as text; anything else is no draft. */
export function readDraft(text: string | null): Draft | undefined {
  try {
    const kept: unknown = JSON.parse(text ?? "null");
    if (typeof kept !== "object" || kept === null) return undefined;
    const { name, scopes, permission, expiry, date } = kept as Record<string, unknown>;
    const choice = EXPIRY_CHOICES.find(({ value }) => value === expiry)?.value;
    if (typeof name !== "string" || typeof date !== "string" || choice === undefined || (permission !== "ro" && permission !== "rw")) return undefined;
    if (!Array.isArray(scopes) || !scopes.every((scope): scope is string => typeof scope === "string")) return undefined;
    return { name, scopes, permission, expiry: choice, date };
  } catch {
    return undefined;
  }
}
