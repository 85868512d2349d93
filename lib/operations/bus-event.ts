import type { DomainEvent } from "../domain/events.ts";
import { isoSeconds } from "../domain/time.ts";

/** The `source` of every event that Latchkey puts on the bus: what it consumes from elsewhere has another. */
export const SOURCE = "latchkey";

/** What subscribers receive: ids and facts in the API's spelling, never a secret. */
export type BusEvent = {
  readonly id: string;
  readonly account_id: number;
  readonly at: string;
  readonly actor: Readonly<Record<string, number | string | undefined>>;
  /** `member_id`, `token_id`, `service_id`, and so on: what it happened to. */
  readonly subject: Readonly<Record<string, number>>;
  readonly facts: Readonly<Record<string, unknown>>;
};

/** An event as it goes onto the bus, under its type. The same event always gives the same text. */
export function busEvent({ id, accountId, at, actor, subject, facts }: DomainEvent): BusEvent {
  return {
    id,
    account_id: accountId,
    at: isoSeconds(at),
    actor: "system" in actor ? { system: actor.system } : { member_id: actor.memberId, token_id: actor.tokenId },
    subject: Object.fromEntries(Object.entries(subject).map(([name, id]) => [name.replaceAll(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`), id])),
    facts,
  };
}
