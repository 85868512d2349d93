import { epochSeconds, type AccessTokenId, type AccountId, type EpochSeconds, type MemberId } from "./brands.ts";

/** That an access token was used, and whose it is. */
export type TokenUse = { readonly accountId: AccountId; readonly ownerId: MemberId; readonly id: AccessTokenId; readonly at: EpochSeconds };

const HOUR_SECONDS = 60 * 60;

/**
 * The hour of a use, by its beginning. Last use is known to the hour: one of the uses in it is recorded, so that
 * a token that is used a thousand times a second is written to once, and what is recorded is less than an hour too early.
 * Its id decides at which second of the clock a token's hours begin: those of all of an account's tokens would otherwise be
 * due at once, and keep the account's list of tokens from being written.
 */
export function hourOf({ id, at }: Pick<TokenUse, "id" | "at">): EpochSeconds {
  return epochSeconds(Math.max(0, at - ((at + id) % HOUR_SECONDS)));
}

/** Whether the hour that began then was over at a time, whichever token's it is. */
export function isOverAt(hour: EpochSeconds, at: number): boolean {
  return hour + HOUR_SECONDS <= at;
}

/** The latest use of each token. */
export function latestUses(uses: readonly TokenUse[]): readonly TokenUse[] {
  const latest = new Map<string, TokenUse>();
  for (const use of uses) {
    const before = latest.get(nameOfUsed(use));
    if (before === undefined || before.at < use.at) latest.set(nameOfUsed(use), use);
  }
  return [...latest.values()];
}

/** Names the token that was used: ids of tokens alone are unique only to their owner. */
export function nameOfUsed({ accountId, ownerId, id }: TokenUse): string {
  return `${accountId}/${ownerId}/${id}`;
}
