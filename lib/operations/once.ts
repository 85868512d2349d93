import { DomainError } from "../domain/errors.ts";
import { readRequest, requestRow } from "../table/requests.ts";
import { transact, type Outcome, type Write } from "../table/transact.ts";
import { untilStored, type Named, type Storage } from "./context.ts";

/** Somebody else has carried out the very request that we were about to carry out. */
class CarriedOut extends Error {
  override readonly name = "CarriedOut";
}

/**
 * Like `untilStored`. When the request has a name, only if it was not carried out before, or at the same time: then
 * `again` makes its answer of what was written down with its effect.
 */
export async function once<T, M>(deps: Storage, attempt: () => Promise<T | undefined>, again: (made: M) => Promise<T>): Promise<T> {
  const { named } = deps;
  if (named === undefined) return untilStored(attempt);
  const before = await madeBy<M>(deps, named);
  if (before !== undefined) return again(before.made);
  try {
    return await untilStored(attempt);
  } catch (error) {
    const meanwhile = error instanceof CarriedOut ? await madeBy<M>(deps, named) : undefined;
    if (meanwhile === undefined) throw error;
    return again(meanwhile.made);
  }
}

/**
 * Writes all or nothing, within `once`. What the answer is to be made of when the request comes again, as the id of what it `made`, is
 * written down in the same transaction: never a secret.
 */
export async function transactOnce(deps: Storage, writes: readonly Write[], made: unknown): Promise<Outcome> {
  const { named, table, clock } = deps;
  if (named === undefined) return transact(table, writes);
  const row = requestRow(named.key, { asked: named.asked, made: JSON.stringify(made) }, clock());
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

async function madeBy<M>({ table }: Storage, named: Named): Promise<{ readonly made: M } | undefined> {
  const request = await readRequest(table, named.key);
  if (request === undefined) return undefined;
  if (request.asked !== named.asked) throw new DomainError("idempotency_key_reused", "This idempotency key came with another request before");
  return { made: JSON.parse(request.made) as M };
}
