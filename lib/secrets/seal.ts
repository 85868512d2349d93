import type { AccountId, ServiceId } from "../domain/brands.ts";
import { sealText, unsealText } from "./aes.ts";

/**
 * Seals a service token's value under the account's data key (D8): AES-256-GCM, bound to account and service, so
 * that a sealed value moved to another row does not open. The envelope is node:crypto's own cipher: the AWS
 * Encryption SDK makes one data key per message, where one key per account lets one KMS call open any number.
 */
export function seal(dataKey: Uint8Array, accountId: AccountId, serviceId: ServiceId, value: string): string {
  return sealText(dataKey, boundTo(accountId, serviceId), value);
}

/** Opens what `seal` made; throws when it was made for another account or service, under another key, or was changed. */
export function unseal(dataKey: Uint8Array, accountId: AccountId, serviceId: ServiceId, sealed: string): string {
  return unsealText(dataKey, boundTo(accountId, serviceId), sealed);
}

function boundTo(accountId: AccountId, serviceId: ServiceId): string {
  return `latchkey:service_token:${accountId}:${serviceId}`;
}
