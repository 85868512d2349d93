// As much of the peers' types as the benchmarks use: type-checking must not need what only a benchmark installs.
declare module "better-auth" {
  import type { DatabaseSync } from "node:sqlite";
  export function betterAuth(options: {
    database: DatabaseSync; secret: string; baseURL: string; plugins: unknown[]; logger: { disabled: boolean }; telemetry: { enabled: boolean };
  }): {
    readonly options: object;
    readonly $context: Promise<{ internalAdapter: { createUser(user: { name: string; email: string }): Promise<{ id: string }> } }>;
    readonly api: {
      createApiKey(wanted: { body: { userId: string; name: string } }): Promise<{ key: string }>;
      verifyApiKey(asked: { body: { key: string } }): Promise<{ valid: boolean }>;
    };
  };
}
declare module "better-auth/db/migration" {
  export function getMigrations(options: object): Promise<{ runMigrations(): Promise<void> }>;
}
declare module "@better-auth/api-key" {
  export function apiKey(options: { rateLimit: { enabled: boolean } }): unknown;
}
