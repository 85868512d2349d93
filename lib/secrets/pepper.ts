import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { Digest } from "../domain/model.ts";

/**
 * The keys under which token values are hashed (D7), by version. They are not in the table: who reads it learns
 * nothing, who writes it cannot mint. New hashes use `current`; other versions only recognise what was hashed under them.
 */
export type Peppers = { readonly current: number; readonly keys: ReadonlyMap<number, string> };

const MIN_LENGTH = 32;

/**
 * Reads `2:<key>,1:<key>` as the functions' environment carries it; the first is current. So a new version can be known
 * everywhere, as the second, before anything is hashed under it: a deployment does not reach all functions at once.
 * Throws when there is none or one is too short to be a key: a function without pepper must not start.
 */
export function parsePeppers(text: string | undefined): Peppers {
  const keys = new Map<number, string>();
  for (const entry of (text ?? "").split(",")) {
    const [, version, key] = /^([1-9]\d{0,5}):([0-9A-Za-z+/=_-]+)$/.exec(entry.trim()) ?? [];
    if (version === undefined || key === undefined || key.length < MIN_LENGTH || keys.has(Number(version))) {
      throw new Error(`PEPPERS must be "1:<at least ${MIN_LENGTH} letters and digits>", other versions after commas`);
    }
    keys.set(Number(version), key);
  }
  const [current] = keys.keys();
  return { current: current!, keys };
}

/** The digest under which a new value is stored. */
export function digest(peppers: Peppers, value: string): Digest {
  return { pepper: peppers.current, hash: hmac(keyOf(peppers, peppers.current), value) };
}

/** Whether a presented value is the stored one, in constant time. A pepper that is gone is an error, not a "no" (D12). */
export function matches(peppers: Peppers, value: string, stored: Digest): boolean {
  const presented = Buffer.from(hmac(keyOf(peppers, stored.pepper), value));
  const kept = Buffer.from(stored.hash);
  return presented.length === kept.length && timingSafeEqual(presented, kept);
}

/** SHA-384 in hex: what 3scale keeps of an access token, so that a provider can bring tokens without their values. */
export function threescaleDigest(value: string): string {
  return createHash("sha384").update(value).digest("hex");
}

/** The digests under which a value imported from 3scale may be stored, one per pepper version. */
export function importedDigests(peppers: Peppers, sha384: string): readonly Digest[] {
  return [...peppers.keys].map(([pepper, key]) => ({ pepper, hash: hmac(key, `3scale:${sha384}`) }));
}

function keyOf(peppers: Peppers, version: number): string {
  const key = peppers.keys.get(version);
  if (key === undefined) throw new Error(`Pepper version ${version} is not configured`);
  return key;
}

function hmac(key: string, value: string): string {
  return createHmac("sha256", key).update(value).digest("base64url");
}
