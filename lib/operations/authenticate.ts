import { isAlive } from "../domain/authorize.ts";
import type { Principal } from "../domain/model.ts";
import { parseToken } from "../domain/token-string.ts";
import { importedDigests, matches, threescaleDigest } from "../secrets/pepper.ts";
import { readImported, readTokenAndOwner } from "../table/access-tokens.ts";
import { readServiceToken } from "../table/services.ts";
import type { Hashing, Storage } from "./context.ts";

/**
 * Who presents this value? Undefined for whoever it does not prove: garbage (refused without a read), unknown,
 * deleted, expired, or a token of a member who is not active (D2). One consistent round trip reads the token and
 * its owner together (D6); a value imported from 3scale names no row, so it takes one more.
 * A storage failure throws: "unknown" is neither yes nor no (D12).
 */
export async function authenticate(deps: Storage & Hashing, value: string): Promise<Principal | undefined> {
  const holder = await identify(deps, value);
  return holder?.kind === "access_token" && !isAlive(holder.token, holder.owner, deps.clock()) ? undefined : holder;
}

/** Whose value is this, though it may speak for nobody any more? To name a token by, never to let anybody in. */
export async function identify(deps: Storage & Hashing, value: string): Promise<Principal | undefined> {
  const parsed = parseToken(value);
  switch (parsed?.kind) {
    case undefined:
      return undefined;
    case "service_token": {
      const stored = await readServiceToken(deps.table, parsed.accountId, parsed.serviceId);
      return stored !== undefined && matches(deps.peppers, value, stored.digest) ? { kind: "service_token", token: stored.token } : undefined;
    }
    case "access_token": {
      const stored = await readTokenAndOwner(deps.table, parsed.accountId, parsed.ownerId, parsed.id);
      return stored !== undefined && matches(deps.peppers, value, stored.digest) ? holderOf(stored) : undefined;
    }
    case "imported": {
      const pointer = await readImported(deps.table, importedDigests(deps.peppers, threescaleDigest(value)));
      if (pointer === undefined) return undefined;
      const stored = await readTokenAndOwner(deps.table, pointer.accountId, pointer.ownerId, pointer.id);
      return stored?.digest.hash === pointer.digest.hash ? holderOf(stored) : undefined;
    }
  }
}

function holderOf({ token, owner }: NonNullable<Awaited<ReturnType<typeof readTokenAndOwner>>>): Principal {
  return { kind: "access_token", token, owner };
}
