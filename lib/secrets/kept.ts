import { hkdfSync } from "node:crypto";
import { sealText, unsealText } from "./aes.ts";
import { keyOf, type Peppers } from "./pepper.ts";

/** What a request is to be answered when it comes again, sealed, and the version of the pepper that it needs. */
export type Kept = { readonly pepper: number; readonly sealed: string };

/**
 * Seals what a request made, which may hold a token's value, for whoever sends it again. The key is made of a pepper and of
 * the name that the client gave the request: neither is in the table, and nobody has both but the two who speak then.
 */
export function keep(peppers: Peppers, name: string, boundTo: string, text: string): Kept {
  return { pepper: peppers.current, sealed: sealText(keyFor(peppers, peppers.current, name), boundTo, text) };
}

/** Opens what `keep` made, under the same name and in the same place. */
export function open(peppers: Peppers, name: string, boundTo: string, { pepper, sealed }: Kept): string {
  return unsealText(keyFor(peppers, pepper, name), boundTo, sealed);
}

function keyFor(peppers: Peppers, version: number, name: string): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", keyOf(peppers, version), name, "latchkey:kept", 32));
}
