import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";

/** The keys of a local table: what in AWS are the pepper in Secrets Manager and the key in KMS. */
export type LocalKeys = { readonly peppers: string; readonly masterKey: Buffer };

const Stored = z.object({ peppers: z.string(), masterKey: z.string() });

/** The keys that go with the data in `dir`, made when the data begins: without them its tokens are dead. */
export async function localKeys(dir: string): Promise<LocalKeys> {
  const file = path.join(dir, "keys.json");
  if (existsSync(file)) {
    const { peppers, masterKey } = Stored.parse(JSON.parse(await readFile(file, "utf8")));
    return { peppers, masterKey: Buffer.from(masterKey, "base64") };
  }
  const keys = { peppers: `1:${randomBytes(48).toString("base64url")}`, masterKey: randomBytes(32) };
  await writeSecretFile(file, { peppers: keys.peppers, masterKey: keys.masterKey.toString("base64") });
  return keys;
}

/** Writes JSON that only this user may read. */
export async function writeSecretFile(file: string, content: object): Promise<void> {
  await writeFile(file, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
}
