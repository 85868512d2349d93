import { epochSeconds, type AccessTokenId, type EpochSeconds, type MemberId, type Month, type ServiceId } from "./brands.ts";
import type { DomainEvent } from "./events.ts";
import { monthOf } from "./months.ts";

/** Which records somebody looks for: all that is given must hold. `since` is in it, `until` is not. */
export type AuditFilter = {
  readonly memberId?: MemberId | undefined; readonly tokenId?: AccessTokenId | undefined; readonly serviceId?: ServiceId | undefined;
  readonly since?: EpochSeconds | undefined; readonly until?: EpochSeconds | undefined;
};

/** Whether a record is about what is looked for: a member or a token who did it, or to whom it was done; a service it was done to. */
export function concerns({ actor, subject, at }: DomainEvent, { memberId, tokenId, serviceId, since, until }: AuditFilter): boolean {
  // Latchkey itself is neither.
  const by = actor as { readonly memberId?: MemberId; readonly tokenId?: AccessTokenId };
  return (memberId === undefined || by.memberId === memberId || subject.memberId === memberId)
    && (tokenId === undefined || by.tokenId === tokenId || subject.tokenId === tokenId)
    && (serviceId === undefined || subject.serviceId === serviceId)
    && (since === undefined || at >= since) && (until === undefined || at < until);
}

/** The months, in UTC, from that of `last` back to that of `first`; none when they are the wrong way round. */
export function monthsBack(last: EpochSeconds, first: EpochSeconds): readonly Month[] {
  const months: Month[] = [];
  for (let time = last; monthOf(time) >= monthOf(first); time = endOfMonthBefore(time)) {
    months.push(monthOf(time));
    if (monthOf(time) === "1970-01") break;
  }
  return months;
}

function endOfMonthBefore(time: EpochSeconds): EpochSeconds {
  const date = new Date(time * 1000);
  return epochSeconds(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1) / 1000 - 1);
}
