import { randomBytes } from "node:crypto";
import { DatabaseSync } from "node:sqlite";
import { apiKey } from "@better-auth/api-key";
import { betterAuth } from "better-auth";
import { getMigrations } from "better-auth/db/migration";

/**
 * Better Auth with its plugin for API keys, on SQLite in memory, and the check of a key that it has given. Its limit of
 * requests is switched off: by default the eleventh call of a day is refused.
 */
export async function betterAuthKey(): Promise<() => Promise<boolean>> {
  const auth = betterAuth({
    database: new DatabaseSync(":memory:"), secret: randomBytes(32).toString("base64"), baseURL: "http://localhost:3000",
    plugins: [apiKey({ rateLimit: { enabled: false } })], logger: { disabled: true }, telemetry: { enabled: false },
  });
  await (await getMigrations(auth.options)).runMigrations();
  const { internalAdapter } = await auth.$context;
  const user = await internalAdapter.createUser({ name: "Somebody", email: "somebody@example.com" });
  const { key } = await auth.api.createApiKey({ body: { userId: user.id, name: "key" } });
  return async () => (await auth.api.verifyApiKey({ body: { key } })).valid;
}
