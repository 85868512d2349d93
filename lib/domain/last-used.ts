import { epochSeconds, type AccessTokenId, type AccountId, type EpochSeconds, type MemberId } from "./brands.ts";

/** That an access token was used, and whose it is. */
export type TokenUse = { readonly accountId: AccountId; readonly ownerId: MemberId; readonly id: AccessTokenId; readonly at: EpochSeconds };

const HOUR_SECONDS = 60 * 60;

/**
 * The hour (of UTC) of a time, by its beginning. Last use is known to the hour: one of the uses in it is recorded, so that
 * a token that is used a thousand times a second is written to once, and what is recorded is less than an hour too early.
 */
export function hourOf(at: EpochSeconds): EpochSeconds {
  return epochSeconds(at - (at % HOUR_SECONDS));
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
