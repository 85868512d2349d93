import { createHmac, randomBytes } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";

/** The keys of a local table: what in AWS are the pepper in Secrets Manager and the key in KMS. */
export type LocalKeys = { readonly peppers: string; readonly masterKey: Buffer };

const Stored = z.object({ peppers: z.string(), masterKey: z.string() });

export function newKeys(): LocalKeys {
  return { peppers: `1:${randomBytes(48).toString("base64url")}`, masterKey: randomBytes(32) };
}

/** The keys that go with the data in `dir`, made when the data begins: without them its tokens are dead. */
export function keysOf(dir: string): LocalKeys {
  const file = path.join(dir, "keys.json");
  if (existsSync(file)) {
    const { peppers, masterKey } = Stored.parse(JSON.parse(readFileSync(file, "utf8")));
    return { peppers, masterKey: Buffer.from(masterKey, "base64") };
  }
  const keys = newKeys();
  writeSecretFile(file, { peppers: keys.peppers, masterKey: keys.masterKey.toString("base64") });
  return keys;
}

/** Seals the cookies of the portal. Derived, so that people stay signed in as long as there is the data that they signed in to. */
export function sessionKeyOf({ masterKey }: LocalKeys): string {
  return createHmac("sha256", masterKey).update("the portal's session key").digest("base64url");
}

/** Writes JSON that only this user may read: all of it or nothing, for it may be read or broken off at any moment. */
export function writeSecretFile(file: string, content: object): void {
  const unfinished = `${file}.new`;
  writeFileSync(unfinished, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  renameSync(unfinished, file);
}
