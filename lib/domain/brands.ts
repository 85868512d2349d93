/**
 * A name for every kind of value. The compiler refuses a member's id where a service's is wanted; at run time
 * a brand costs nothing. Only this file writes `as`; everyone else receives.
 */
declare const brand: unique symbol;
type Brand<T, Name extends string> = T & { readonly [brand]: Name };

export type AccountId = Brand<number, "AccountId">;
export type MemberId = Brand<number, "MemberId">;
export type ServiceId = Brand<number, "ServiceId">;
export type AccessTokenId = Brand<number, "AccessTokenId">;
export type ApplicationId = Brand<number, "ApplicationId">;
export type MetricId = Brand<number, "MetricId">;
export type PlanId = Brand<number, "PlanId">;
export type LimitId = Brand<number, "LimitId">;
export type DeveloperAccountId = Brand<number, "DeveloperAccountId">;
export type DeveloperUserId = Brand<number, "DeveloperUserId">;
export type AccountPlanId = Brand<number, "AccountPlanId">;
export type MappingRuleId = Brand<number, "MappingRuleId">;
export type ProxyConfigId = Brand<number, "ProxyConfigId">;
export type PolicyId = Brand<number, "PolicyId">;
export type InvoiceId = Brand<number, "InvoiceId">;
export type LineItemId = Brand<number, "LineItemId">;
export type PaymentId = Brand<number, "PaymentId">;
export type Id =
  | AccountId | MemberId | ServiceId | AccessTokenId | ApplicationId | MetricId | PlanId | LimitId
  | DeveloperAccountId | DeveloperUserId | AccountPlanId | MappingRuleId | ProxyConfigId | PolicyId | InvoiceId | LineItemId | PaymentId;

/** Names a session. Random and not told by time: a person's own, and never a number that could be guessed. */
export type SessionId = Brand<string, "SessionId">;
/** Whole seconds since 1970: what DynamoDB's TTL compares. `Date.now()` does not compile here. */
export type EpochSeconds = Brand<number, "EpochSeconds">;
/** An amount of money: whole ten-thousandths of the currency's unit, because 3scale keeps four decimals. */
export type TenThousandths = Brand<number, "TenThousandths">;
/** A month of the calendar, `yyyy-mm`. */
export type Month = Brand<string, "Month">;
/** The clock is a function: a Lambda container outlives the moment it started. */
export type Clock = () => EpochSeconds;

/** Ids are positive integers that every JSON parser reads exactly (D13). Undefined for anything else. */
export function toId<T extends Id>(value: unknown): T | undefined {
  return Number.isSafeInteger(value) && (value as number) > 0 ? (value as T) : undefined;
}

/** Brands a number that is known to be an id; throws RangeError on anything else. */
export function id<T extends Id>(value: unknown): T {
  const found = toId<T>(value);
  if (found === undefined) throw new RangeError("Not an id");
  return found;
}

/** Reads an id as people and programs write it: decimal digits, no sign, no leading zero. Undefined for the rest. */
export function parseId<T extends Id>(text: string): T | undefined {
  return /^[1-9]\d{0,15}$/.test(text) ? toId<T>(Number(text)) : undefined;
}

/** Brands a time in whole seconds; throws RangeError on fractions, which DynamoDB's TTL would ignore. */
export function epochSeconds(value: unknown): EpochSeconds {
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw new RangeError("Not a time in seconds");
  return value as EpochSeconds;
}

/** Brands an amount; throws RangeError on fractions, and on what is too large to be added exactly. */
export function tenThousandths(value: unknown): TenThousandths {
  if (!Number.isSafeInteger(value)) throw new RangeError("Not an amount of money");
  return value as TenThousandths;
}

/** Reads a session's id: 32 characters of base64url, which are 192 bits. Undefined for the rest. */
export function parseSessionId(text: unknown): SessionId | undefined {
  return typeof text === "string" && /^[A-Za-z0-9_-]{32}$/.test(text) ? (text as SessionId) : undefined;
}

/** Reads a month as programs write it, `2026-11`. Undefined for the rest. */
export function parseMonth(text: string): Month | undefined {
  return /^\d{4}-(?:0[1-9]|1[0-2])$/.test(text) ? (text as Month) : undefined;
}

/** The time now, of the machine. */
export const systemClock: Clock = () => epochSeconds(Math.floor(Date.now() / 1000));
