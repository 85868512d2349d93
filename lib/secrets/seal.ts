import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import type { AccountId, ServiceId } from "../domain/brands.ts";

const VERSION = "v1";
const IV_LENGTH = 12;
const TAG_LENGTH = 16;

/**
 * Seals a service token's value under the account's data key (D8): AES-256-GCM, bound to account and service, so
 * that a sealed value moved to another row does not open. The envelope is node:crypto's own cipher: the AWS
 * Encryption SDK makes one data key per message, where one key per account lets one KMS call open any number.
 */
export function seal(dataKey: Uint8Array, accountId: AccountId, serviceId: ServiceId, value: string): string {
  const iv = randomBytes(IV_LENGTH);
  const cipher = createCipheriv("aes-256-gcm", dataKey, iv).setAAD(boundTo(accountId, serviceId));
  const body = Buffer.concat([cipher.update(value, "utf8"), cipher.final()]);
  return `${VERSION}.${Buffer.concat([iv, body, cipher.getAuthTag()]).toString("base64url")}`;
}

/** Opens what `seal` made; throws when it was made for another account or service, under another key, or was changed. */
export function unseal(dataKey: Uint8Array, accountId: AccountId, serviceId: ServiceId, sealed: string): string {
  const [, version, body] = /^(v\d+)\.([A-Za-z0-9_-]+)$/.exec(sealed) ?? [];
  if (version !== VERSION || body === undefined) throw new Error("A sealed value of an unknown version");
  const bytes = Buffer.from(body, "base64url");
  const decipher = createDecipheriv("aes-256-gcm", dataKey, bytes.subarray(0, IV_LENGTH), { authTagLength: TAG_LENGTH })
    .setAAD(boundTo(accountId, serviceId))
    .setAuthTag(bytes.subarray(-TAG_LENGTH));
  return Buffer.concat([decipher.update(bytes.subarray(IV_LENGTH, -TAG_LENGTH)), decipher.final()]).toString("utf8");
}

function boundTo(accountId: AccountId, serviceId: ServiceId): Buffer {
  return Buffer.from(`latchkey:service_token:${accountId}:${serviceId}`);
}
