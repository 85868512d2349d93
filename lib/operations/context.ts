import type { Clock } from "../domain/brands.ts";
import type { DomainEvent } from "../domain/events.ts";
import { DomainError } from "../domain/errors.ts";
import type { Member, Principal } from "../domain/model.ts";
import type { Peppers } from "../secrets/pepper.ts";
import type { Keyring } from "../secrets/keyring.ts";
import { newEventId } from "../secrets/random.ts";
import type { Table } from "../table/client.ts";
import type { Key } from "../table/model.ts";

/** What operations work with. Each asks for no more than it uses. */
export type Storage = { readonly table: Table; readonly clock: Clock; readonly named?: Named };
export type Hashing = { readonly peppers: Peppers };
export type Sealing = { readonly keyring: Keyring };

/**
 * A request that its client gave a name, so that it is carried out once however often it is sent. `key` is where that is
 * written down; `asked` tells it from another under the same name.
 */
export type Named = { readonly key: Key; readonly asked: string };

const STALE_TRIES = 5;

/** An event of now, ready to be written with the change it tells of. */
export function event({ clock }: Storage, what: Omit<DomainEvent, "id" | "at">): DomainEvent {
  return { id: newEventId(), at: clock(), ...what };
}

/** The member on whose behalf a principal acts. */
export function memberOf(principal: Principal): Member {
  switch (principal.kind) {
    case "member":
      return principal.member;
    case "access_token":
      return principal.owner;
    case "service_token":
      throw new DomainError("access_denied", "Access denied");
  }
}

/**
 * Repeats load-ask-store while others change the same row between our reading and our writing. `attempt` answers
 * undefined when its write was refused for that reason. Throws `busy` when it does not come to an end.
 */
export async function untilStored<T>(attempt: () => Promise<T | undefined>): Promise<T> {
  for (let tries = 0; tries < STALE_TRIES; tries++) {
    const result = await attempt();
    if (result !== undefined) return result;
  }
  throw new DomainError("busy", "Others are changing the same thing, try again");
}
