import type { FieldErrors } from "./errors.ts";
import { isJsonObject, isShallow, jsonOrText, type JsonObject } from "./json.ts";

/** One step of what a gateway does with a request, in the order of the chain. */
export type ChainedPolicy = { readonly name: string; readonly version: string; readonly configuration: JsonObject; readonly enabled: boolean };

/** The gateway's main work, without which no chain is complete. */
export const APICAST: ChainedPolicy = { name: "apicast", version: "builtin", configuration: {}, enabled: true };

/** As much as fits into a row of the table, beside the mapping rules. */
const MAX_BYTES = 256 * 1024;
const BAD_FORMAT = 'has invalid format. The Correct format is: [{ "name": "apicast"... }]';

export type ChainVerdict =
  | { readonly chain: readonly ChainedPolicy[] }
  | { readonly faults: FieldErrors }
  /** The items as they came, those that lack something with an `errors` of their own. */
  | { readonly items: readonly JsonObject[] };

/**
 * Reads a chain as programs send it (3scale: PUT …/proxy/policies): a list, a text that is one in JSON, or a single
 * policy. Only the four attributes of a policy are kept, and `apicast` is added where it is not.
 */
export function chainFrom(given: unknown): ChainVerdict {
  const parsed = given === "" || given === null || given === undefined ? [] : jsonOrText(given);
  if (typeof parsed !== "object" || parsed === null || !isShallow(parsed)) return { faults: { policies_config: [BAD_FORMAT] } };
  const items = [parsed].flat().map((each): JsonObject => (isJsonObject(each) ? each : {}));
  const judged = items.map((item) => ({ item, errors: faultsOf(item) }));
  if (judged.some(({ errors }) => Object.keys(errors).length > 0)) {
    return { items: judged.map(({ item, errors }) => ({ ...kept(item), ...(Object.keys(errors).length > 0 ? { errors } : {}) })) };
  }
  const chain = items.map(policyFrom);
  const complete = chain.some(({ name }) => name === APICAST.name) ? chain : [...chain, APICAST];
  if (bytesOf(complete) > MAX_BYTES) return { faults: { policies_config: [`is too long (maximum is ${MAX_BYTES} characters)`] } };
  return { chain: complete };
}

/** How long a chain is where it is stored. */
export function bytesOf(value: unknown): number {
  return new TextEncoder().encode(JSON.stringify(value)).length;
}

function policyFrom({ name, version, configuration, enabled }: JsonObject): ChainedPolicy {
  return { name: String(name), version: String(version), configuration: configuration as JsonObject, enabled: [true, "true", 1, "1"].includes(enabled as never) };
}

function faultsOf({ name, version, configuration }: JsonObject): FieldErrors {
  return {
    ...wordFaults("name", name), ...wordFaults("version", version),
    ...(isJsonObject(configuration) ? {} : { configuration: [isBlank(configuration) ? "can't be blank" : "invalid"] }),
  };
}

function wordFaults(field: string, value: unknown): FieldErrors {
  if (isBlank(value)) return { [field]: ["can't be blank"] };
  return typeof value === "number" || (typeof value === "string" && value.length <= 255) ? {} : { [field]: ["invalid"] };
}

function isBlank(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === "string" && value.trim() === "") || (Array.isArray(value) && value.length === 0);
}

function kept({ name, version, configuration, enabled }: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries({ name, version, configuration, enabled }).filter(([, value]) => value !== undefined && value !== null));
}
