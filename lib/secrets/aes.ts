import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

const VERSION = "v1";
const IV_LENGTH = 12;
const TAG_LENGTH = 16;

/** Seals a text under a key of 32 bytes (AES-256-GCM). It opens only together with what it is bound to. */
export function sealText(key: Uint8Array, boundTo: string, text: string): string {
  const iv = randomBytes(IV_LENGTH);
  const cipher = createCipheriv("aes-256-gcm", key, iv).setAAD(Buffer.from(boundTo));
  const body = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return `${VERSION}.${Buffer.concat([iv, body, cipher.getAuthTag()]).toString("base64url")}`;
}

/** Opens what `sealText` made; throws when it was bound to something else, sealed under another key, or changed. */
export function unsealText(key: Uint8Array, boundTo: string, sealed: string): string {
  const [, version, body] = /^(v\d+)\.([A-Za-z0-9_-]+)$/.exec(sealed) ?? [];
  if (version !== VERSION || body === undefined) throw new Error("A sealed value of an unknown version");
  const bytes = Buffer.from(body, "base64url");
  const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, IV_LENGTH), { authTagLength: TAG_LENGTH })
    .setAAD(Buffer.from(boundTo))
    .setAuthTag(bytes.subarray(-TAG_LENGTH));
  return Buffer.concat([decipher.update(bytes.subarray(IV_LENGTH, -TAG_LENGTH)), decipher.final()]).toString("utf8");
}
