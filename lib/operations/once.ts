import { DomainError } from "../domain/errors.ts";
import { keep, open } from "../secrets/kept.ts";
import { readRequest, requestRow } from "../table/requests.ts";
import { transact, type Outcome, type Write } from "../table/transact.ts";
import { untilStored, type Named, type Storage } from "./context.ts";

/** Somebody else has carried out the very request that we were about to carry out. */
class CarriedOut extends Error {
  override readonly name = "CarriedOut";
}

/**
 * Like `untilStored`. When the request has a name, only if it was not carried out before, or at the same time: then
 * `again` makes its answer of what was kept with its effect.
 */
export async function once<T, K>(deps: Storage, attempt: () => Promise<T | undefined>, again: (kept: K) => Promise<T>): Promise<T> {
  const { named } = deps;
  if (named === undefined) return untilStored(attempt);
  const before = await keptOf<K>(deps, named);
  if (before !== undefined) return again(before.kept);
  try {
    return await untilStored(attempt);
  } catch (error) {
    const meanwhile = error instanceof CarriedOut ? await keptOf<K>(deps, named) : undefined;
    if (meanwhile === undefined) throw error;
    return again(meanwhile.kept);
  }
}

/** Writes all or nothing, within `once`. What the answer is to be made of, when the request comes again, is `kept` in the same transaction. */
export async function transactOnce(deps: Storage, writes: readonly Write[], kept: unknown): Promise<Outcome> {
  const { named, table, clock } = deps;
  if (named === undefined) return transact(table, writes);
  const { key, name, asked, peppers } = named;
  const row = requestRow(key, { asked, ...keep(peppers, name, placeOf(named), JSON.stringify(kept)) }, clock());
  const outcome = await transact(table, [...writes, { put: row, when: "absent" }]);
  // Whatever else was refused may have been refused by what this very request did.
  if (!outcome.done && outcome.refused.includes(writes.length)) throw new CarriedOut("The request has been carried out meanwhile");
  return outcome;
}

/** For one of several things that a request does one after the other: done once each. */
export function part<D extends Storage>(deps: D, what: string): D {
  const { named } = deps;
  return named === undefined ? deps : { ...deps, named: { ...named, key: { ...named.key, sk: `${named.key.sk}#${what}` } } };
}

async function keptOf<K>({ table }: Storage, named: Named): Promise<{ readonly kept: K } | undefined> {
  const request = await readRequest(table, named.key);
  if (request === undefined) return undefined;
  if (request.asked !== named.asked) throw new DomainError("idempotency_key_reused", "This idempotency key came with another request before");
  return { kept: JSON.parse(open(named.peppers, named.name, placeOf(named), request)) as K };
}

const placeOf = ({ key }: Named) => `latchkey:request:${key.pk}:${key.sk}`;
