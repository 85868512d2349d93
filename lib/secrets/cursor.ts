import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import type { Peppers } from "./pepper.ts";

/** 8 bytes of place and 16 of proof: 32 characters without a bit to spare, so that whichever is changed, it shows. */
const CURSOR = /^[A-Za-z0-9_-]{32}$/;
const PLACE_BYTES = 8;
const PROOF_BYTES = 16;

/**
 * Writes down where a list goes on: after the id `place`, for the question that `question` spells out, and for no
 * other. It holds no right and no secret, only an id that its reader was shown; whoever brings it is asked for all else.
 */
export function sealCursor(peppers: Peppers, question: string, place: number): string {
  const written = Buffer.alloc(PLACE_BYTES);
  written.writeBigUInt64BE(BigInt(place));
  return Buffer.concat([written, proofOf(keyOf(peppers, peppers.current), question, written)]).toString("base64url");
}

/** Reads what `sealCursor` wrote for the same question, under whichever pepper there still is. Undefined for anything else. */
export function openCursor(peppers: Peppers, question: string, cursor: string): number | undefined {
  if (!CURSOR.test(cursor)) return undefined;
  const bytes = Buffer.from(cursor, "base64url");
  const [written, proof] = [bytes.subarray(0, PLACE_BYTES), bytes.subarray(PLACE_BYTES)];
  const proved = [...peppers.keys.keys()].some((version) => timingSafeEqual(proof, proofOf(keyOf(peppers, version), question, written)));
  return proved ? Number(written.readBigUInt64BE()) : undefined;
}

/** A key of its own (HKDF-SHA-256): a cursor's proof says nothing of a token's hash. */
function keyOf(peppers: Peppers, version: number): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", peppers.keys.get(version) ?? "", "", "latchkey:cursor", 32));
}

function proofOf(key: Uint8Array, question: string, written: Uint8Array): Buffer {
  return createHmac("sha256", key).update(written).update(question).digest().subarray(0, PROOF_BYTES);
}
