import { isAlive } from "../domain/authorize.ts";
import type { Principal } from "../domain/model.ts";
import { parseToken } from "../domain/token-string.ts";
import { importedDigests, matches, threescaleDigest } from "../secrets/pepper.ts";
import { readImported, readTokenAndOwner } from "../table/access-tokens.ts";
import { readServiceToken } from "../table/services.ts";
import type { Hashing, Storage } from "./context.ts";

/**
 * A value that proves nobody, and why: `malformed` (garbage, refused without a read), `unknown` (no such token, or none any
 * more), `wrong_secret` (the ids of a token, but not its value), `expired`, `owner_inactive` (D2). For logs: no caller is told.
 */
export type Unproved = { readonly kind: "unproved"; readonly reason: "malformed" | "unknown" | "wrong_secret" | "expired" | "owner_inactive" };

/**
 * Who presents this value? One consistent round trip reads the token and its owner together (D6); a value imported from
 * 3scale names no row, so it takes one more. A storage failure throws: "unknown" is neither yes nor no (D12).
 */
export async function authenticate(deps: Storage & Hashing, value: string): Promise<Principal | Unproved> {
  const holder = await identify(deps, value);
  if (holder.kind !== "access_token" || isAlive(holder.token, holder.owner, deps.clock())) return holder;
  return unproved(holder.owner.state === "active" ? "expired" : "owner_inactive");
}

/** Whose value is this, though it may speak for nobody any more? To name a token by, never to let anybody in. */
export async function identify(deps: Storage & Hashing, value: string): Promise<Principal | Unproved> {
  const parsed = parseToken(value);
  switch (parsed?.kind) {
    case undefined:
      return unproved("malformed");
    case "service_token": {
      const stored = await readServiceToken(deps.table, parsed.accountId, parsed.serviceId);
      if (stored === undefined) return unproved("unknown");
      return matches(deps.peppers, value, stored.digest) ? { kind: "service_token", token: stored.token } : unproved("wrong_secret");
    }
    case "access_token": {
      const stored = await readTokenAndOwner(deps.table, parsed.accountId, parsed.ownerId, parsed.id);
      if (stored === undefined) return unproved("unknown");
      return matches(deps.peppers, value, stored.digest) ? holderOf(stored) : unproved("wrong_secret");
    }
    case "imported": {
      const pointer = await readImported(deps.table, importedDigests(deps.peppers, threescaleDigest(value)));
      if (pointer === undefined) return unproved("unknown");
      const stored = await readTokenAndOwner(deps.table, pointer.accountId, pointer.ownerId, pointer.id);
      return stored?.digest.hash === pointer.digest.hash ? holderOf(stored) : unproved("unknown");
    }
  }
}

const unproved = (reason: Unproved["reason"]): Unproved => ({ kind: "unproved", reason });

function holderOf({ token, owner }: NonNullable<Awaited<ReturnType<typeof readTokenAndOwner>>>): Principal {
  return { kind: "access_token", token, owner };
}
