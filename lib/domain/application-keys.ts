import type { FieldErrors } from "./errors.ts";
import type { ServiceSettings } from "./model.ts";

type BackendVersion = ServiceSettings["backendVersion"];

/** How many keys an application may have: with OpenID Connect its one key is the client's secret (3scale: ApplicationKey, KEYS_LIMIT). */
export function keysAllowed(backendVersion: BackendVersion): number {
  return usesOpenIdConnect(backendVersion) ? 1 : 5;
}

export function usesOpenIdConnect(backendVersion: BackendVersion): boolean {
  return backendVersion === "oauth" || backendVersion === "oidc";
}

/** Why a key may not join those that an application has, by field and in 3scale's words; undefined when it may. */
export function refusalOfKey(held: readonly string[], value: string, backendVersion: BackendVersion): FieldErrors | undefined {
  if (held.length >= keysAllowed(backendVersion)) return { base: ["Limit reached"] };
  const faults = [
    ...(/^[\x21-\x7E]*$/.test(value) ? [] : ["invalid"]),
    ...(value.length < 5 ? ["is too short (minimum is 5 characters)"] : []),
    ...(value.length > 255 ? ["is too long (maximum is 255 characters)"] : []),
    // Letter case does not make two keys: people would not tell them apart.
    ...(held.some((each) => each.toLowerCase() === value.toLowerCase()) ? ["has already been taken"] : []),
  ];
  return faults.length === 0 ? undefined : { value: faults };
}
