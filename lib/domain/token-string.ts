import { crc32 } from "node:zlib";
import { toId, type AccessTokenId, type AccountId, type MemberId, type ServiceId } from "./brands.ts";

/**
 * `lk_at_<ids><secret><check>` and `lk_st_<ids><secret><check>` (design.md §3). NEVER change the format of tokens
 * already issued; add a new prefix instead.
 */
export const SECRET_LENGTH = 43;
const ID_LENGTH = 9;
const CHECK_LENGTH = 6;
const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const ACCESS = /^lk_at_([0-9A-Za-z]{27})([0-9A-Za-z]{43})([0-9A-Za-z]{6})$/;
const SERVICE = /^lk_st_([0-9A-Za-z]{18})([0-9A-Za-z]{43})([0-9A-Za-z]{6})$/;
/** What 3scale issued: 32 or 48 random bytes in lower-case hex. */
const IMPORTED = /^(?:[0-9a-f]{64}|[0-9a-f]{96})$/;

/** What a well-formed token says about itself. Nothing of it is proved before the secret has been compared. */
export type ParsedToken =
  | { readonly kind: "access_token"; readonly accountId: AccountId; readonly ownerId: MemberId; readonly id: AccessTokenId }
  | { readonly kind: "service_token"; readonly accountId: AccountId; readonly serviceId: ServiceId }
  | { readonly kind: "imported" };

/** The value of an access token. `secret` is SECRET_LENGTH characters of base62. */
export function accessTokenString(accountId: AccountId, ownerId: MemberId, tokenId: AccessTokenId, secret: string): string {
  return checked(`lk_at_${base62(accountId)}${base62(ownerId)}${base62(tokenId)}${secret}`);
}

/** The value of a service token. `secret` is SECRET_LENGTH characters of base62. */
export function serviceTokenString(accountId: AccountId, serviceId: ServiceId, secret: string): string {
  return checked(`lk_st_${base62(accountId)}${base62(serviceId)}${secret}`);
}

/** Reads a token without any storage. Undefined for everything that was never issued: wrong length, sign or check. */
export function parseToken(text: string): ParsedToken | undefined {
  if (IMPORTED.test(text)) return { kind: "imported" };
  const ofService = SERVICE.exec(text)?.[1];
  const ids = ofService ?? ACCESS.exec(text)?.[1];
  if (ids === undefined || checkOf(text.slice(0, -CHECK_LENGTH)) !== text.slice(-CHECK_LENGTH)) return undefined;
  const accountId = toId<AccountId>(numberAt(ids, 0));
  if (accountId === undefined) return undefined;
  if (ofService !== undefined) {
    const serviceId = toId<ServiceId>(numberAt(ids, 1));
    return serviceId === undefined ? undefined : { kind: "service_token", accountId, serviceId };
  }
  const ownerId = toId<MemberId>(numberAt(ids, 1));
  const id = toId<AccessTokenId>(numberAt(ids, 2));
  return ownerId === undefined || id === undefined ? undefined : { kind: "access_token", accountId, ownerId, id };
}

/** `length` base62 characters from `randomBytes`, each equally likely: bytes that would favour some are thrown away. */
export function base62Secret(length: number, randomBytes: (count: number) => Uint8Array): string {
  let secret = "";
  while (secret.length < length) {
    for (const byte of randomBytes(length)) {
      if (byte < 248 && secret.length < length) secret += ALPHABET.charAt(byte % 62);
    }
  }
  return secret;
}

function checked(body: string): string {
  return body + checkOf(body);
}

function checkOf(body: string): string {
  return base62(crc32(body), CHECK_LENGTH);
}

function base62(value: number, length: number = ID_LENGTH): string {
  let text = "";
  for (let rest = value; text.length < length; rest = Math.floor(rest / 62)) text = ALPHABET.charAt(rest % 62) + text;
  return text;
}

/** The number that the first, second or third id (`position` from 0) writes in base62. */
function numberAt(ids: string, position: number): number {
  let value = 0;
  for (const character of ids.slice(position * ID_LENGTH, (position + 1) * ID_LENGTH)) value = value * 62 + ALPHABET.indexOf(character);
  return value;
}
