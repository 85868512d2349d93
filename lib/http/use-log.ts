import { epochSeconds, parseId, type AccessTokenId, type AccountId, type MemberId } from "../domain/brands.ts";
import type { TokenUse } from "../domain/last-used.ts";
import type { Principal } from "../domain/model.ts";
import { log } from "./log.ts";

/**
 * How logs tell that a token was used. For most requests that is in the access log, whose lines hold what the authorizer
 * found under the names of lib/http/principal.ts. Of a token in the body the authorizer saw nothing: the function that finds
 * it says so in a log of its own, under the same names. From both lines come to functions/record-use.ts.
 */
export function logUse(principal: Principal): void {
  if (principal.kind !== "access_token") return;
  const { accountId, ownerId, id } = principal.token;
  log("INFO", "A token in the body", { accountId: String(accountId), memberId: String(ownerId), tokenId: String(id) });
}

/** The use that a line tells of, and that was at `timestamp` (milliseconds since 1970). Undefined for a line that tells of none. */
export function useIn(line: string, timestamp: unknown): TokenUse | undefined {
  try {
    const told = JSON.parse(line) as Readonly<Record<string, unknown>>;
    const [accountId, ownerId, id] = [parseId<AccountId>(text(told["accountId"])), parseId<MemberId>(text(told["memberId"])), parseId<AccessTokenId>(text(told["tokenId"]))];
    if (accountId === undefined || ownerId === undefined || id === undefined) return undefined;
    return { accountId, ownerId, id, at: epochSeconds(typeof timestamp === "number" ? Math.floor(timestamp / 1000) : undefined) };
  } catch {
    return undefined;
  }
}

const text = (value: unknown) => (typeof value === "string" ? value : "");
