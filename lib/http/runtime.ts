import { systemClock } from "../domain/brands.ts";
import type { Hashing, Sealing, Storage } from "../operations/context.ts";
import { kmsKeyring } from "../secrets/keyring.ts";
import { parsePeppers } from "../secrets/pepper.ts";
import { cookieKeys as deriveCookieKeys } from "../secrets/sealed-cookie.ts";
import { openIssuer } from "./issuer.ts";
import { openTable } from "../table/client.ts";

/**
 * What a function takes from its environment, each made when it is first wanted and kept for the container's life:
 * a function that never seals has no KMS client, and one without pepper fails closed when it should check a token.
 */
export const storage = once((): Storage => ({ table: openTable(setting("TABLE_NAME")), clock: systemClock }));

export const hashing = once((): Hashing => ({ peppers: parsePeppers(process.env["PEPPERS"]) }));

export const cookieKeys = once(() => deriveCookieKeys(setting("SESSION_KEY")));

/** A public client has no secret: then that setting is empty. */
export const issuer = once(() => openIssuer({
  issuer: setting("OIDC_ISSUER"), clientId: setting("OIDC_CLIENT_ID"), clientSecret: process.env["OIDC_CLIENT_SECRET"] ?? "",
  redirectUri: `${setting("PUBLIC_URL")}/p/sign_in/callback`,
}));

/** A setting of the environment. A function without it must not work half: throws when it is missing. */
export function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === "") throw new Error(`${name} is not set`);
  return value;
}

/* @__NO_SIDE_EFFECTS__ */ function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

export const sealing = once((): Sealing => ({ keyring: kmsKeyring(setting("SEALING_KEY_ID")) }));
