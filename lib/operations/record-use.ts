import type { EpochSeconds } from "../domain/brands.ts";
import { hourOf, isOverAt, latestUses, nameOfUsed, type TokenUse } from "../domain/last-used.ts";
import { recordLastUse } from "../table/access-tokens.ts";
import type { Storage } from "./context.ts";

/** What a container has recorded, by token: the hour. It only spares writes that would change nothing, and decides nothing. */
export type Recorded = Map<string, EpochSeconds>;

const AT_ONCE = 50;

/**
 * Records when tokens were last used, to the hour: of all the uses of a token in it, one is written. A use of a token that
 * is gone leaves no trace. One that cannot be written keeps back no other; afterwards the first failure is thrown, and all
 * may be repeated.
 */
export async function recordUses({ table, recorded }: Pick<Storage, "table"> & { readonly recorded: Recorded }, uses: readonly TokenUse[]): Promise<void> {
  const fresh = latestUses(uses).filter((use) => (recorded.get(nameOfUsed(use)) ?? -1) < hourOf(use));
  forgetOver(recorded, Math.max(...fresh.map(({ at }) => at)));
  const failures: unknown[] = [];
  for (let from = 0; from < fresh.length; from += AT_ONCE) {
    const outcomes = await Promise.allSettled(fresh.slice(from, from + AT_ONCE).map(async (use) => {
      await recordLastUse(table, use);
      recorded.set(nameOfUsed(use), hourOf(use));
    }));
    failures.push(...outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason as unknown] : [])));
  }
  if (failures.length > 0) throw new Error(`The last use of ${failures.length} tokens was not recorded`, { cause: failures[0] });
}

/** A container lives for hours: it remembers those that run. */
function forgetOver(recorded: Recorded, at: number): void {
  for (const [name, hour] of recorded) if (isOverAt(hour, at)) recorded.delete(name);
}
