import { hkdfSync } from "node:crypto";
import { EncryptJWT, errors, jwtDecrypt } from "jose";
import { epochSeconds, type EpochSeconds } from "../domain/brands.ts";

/** What a cookie is for. Each purpose has a key of its own, so that none opens as another. */
export type Purpose = "session" | "signing-in" | "choosing";
/** The key behind the cookies, and those derived from it. It is not in the table: who writes that cannot make a cookie. */
export type CookieKeys = Readonly<Record<Purpose, Uint8Array>>;
type Claims = Readonly<Record<string, unknown>>;

const MIN_LENGTH = 32;
const ALG = "dir";
const ENC = "A256GCM";

/** Derives the keys (HKDF-SHA-256). Throws when the text is too short to be a key: a function without must not start. */
export function cookieKeys(text: string): CookieKeys {
  if (text.length < MIN_LENGTH) throw new Error(`SESSION_KEY must have at least ${MIN_LENGTH} characters`);
  const derived = (purpose: Purpose) => new Uint8Array(hkdfSync("sha256", text, "", `latchkey:cookie:${purpose}`, 32));
  return { session: derived("session"), "signing-in": derived("signing-in"), choosing: derived("choosing") };
}

/** Seals what a cookie says as a JWE: nobody else reads it, makes it, or changes it. */
export async function sealCookie(keys: CookieKeys, purpose: Purpose, claims: Claims, expiresAt: EpochSeconds): Promise<string> {
  return new EncryptJWT({ ...claims }).setProtectedHeader({ alg: ALG, enc: ENC }).setExpirationTime(expiresAt).encrypt(keys[purpose]);
}

/** Opens what `sealCookie` made. Undefined when it was made for another purpose or under another key, was changed, or is over. */
export async function openCookie(keys: CookieKeys, purpose: Purpose, sealed: string, now: EpochSeconds): Promise<(Claims & { readonly exp: EpochSeconds }) | undefined> {
  try {
    const { payload } = await jwtDecrypt(sealed, keys[purpose], {
      keyManagementAlgorithms: [ALG], contentEncryptionAlgorithms: [ENC], requiredClaims: ["exp"], currentDate: new Date(now * 1000),
    });
    return { ...payload, exp: epochSeconds(payload.exp) };
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined;
    throw error;
  }
}
