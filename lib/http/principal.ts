import { epochSeconds, parseId, type AccessTokenId, type AccountId, type EpochSeconds, type MemberId, type ServiceId } from "../domain/brands.ts";
import { PERMISSIONS, ROLES, SCOPES, SECTIONS, type Principal } from "../domain/model.ts";

/**
 * How the authorizer hands its finding to the functions behind it: flat strings, which every gateway carries alike.
 * No secret, and of names nothing: only ids and rights.
 */
export type PrincipalContext = Readonly<Record<string, string>>;

/** What a function is told: somebody, nobody seen (the credential may be in the body, D17), or a context that is not ours. */
export type Found = { readonly kind: "anonymous" } | { readonly kind: "principal"; readonly principal: Principal; readonly reload: boolean };

export const ANONYMOUS: PrincipalContext = { kind: "anonymous" };

/** A list of services longer than this stays behind: contexts are kept under 4 kB, and the function reads the owner. */
const MAX_SERVICES = 100;

/** Writes down an access token's principal, or a service token's. */
export function encodePrincipal(principal: Principal): PrincipalContext {
  switch (principal.kind) {
    case "access_token": {
      const { token, owner } = principal;
      const { serviceAccess } = owner;
      return {
        kind: "access_token",
        accountId: String(token.accountId),
        memberId: String(owner.id),
        role: owner.role,
        sections: owner.sections.join(","),
        services: serviceAccess === "all" ? "all" : serviceAccess.length > MAX_SERVICES ? "many" : serviceAccess.join(","),
        tokenId: String(token.id),
        scopes: token.scopes.join(","),
        permission: token.permission,
        expiresAt: String(token.expiresAt),
      };
    }
    case "service_token":
      return { kind: "service_token", accountId: String(principal.token.accountId), serviceId: String(principal.token.serviceId) };
    case "member":
      throw new Error("The portal's members do not pass the authorizer");
  }
}

/** Reads what `encodePrincipal` wrote. Undefined for anything else, whoever sent it: absence refuses (D11). */
export function decodePrincipal(context: unknown): Found | undefined {
  if (typeof context !== "object" || context === null) return undefined;
  const fields = new Fields(context as Record<string, unknown>);
  try {
    switch (fields.text("kind")) {
      case "anonymous":
        return { kind: "anonymous" };
      case "service_token": {
        const token = { accountId: fields.id<AccountId>("accountId"), serviceId: fields.id<ServiceId>("serviceId"), createdAt: epochSeconds(0) };
        return { kind: "principal", principal: { kind: "service_token", token }, reload: false };
      }
      case "access_token":
        return { kind: "principal", principal: accessTokenFrom(fields), reload: fields.text("services") === "many" };
      default:
        return undefined;
    }
  } catch {
    return undefined;
  }
}

function accessTokenFrom(fields: Fields): Principal {
  const accountId = fields.id<AccountId>("accountId");
  const ownerId = fields.id<MemberId>("memberId");
  const services = fields.text("services");
  // What rights do not depend on did not travel along.
  const untold = { name: "", version: 0, createdAt: epochSeconds(0), updatedAt: epochSeconds(0) };
  return {
    kind: "access_token",
    token: {
      ...untold, accountId, ownerId, id: fields.id<AccessTokenId>("tokenId"),
      scopes: fields.list("scopes", SCOPES), permission: fields.one("permission", PERMISSIONS),
      expiresAt: fields.text("expiresAt") === "never" ? "never" : fields.time("expiresAt"),
    },
    owner: {
      ...untold, accountId, id: ownerId, username: "", email: "", state: "active",
      role: fields.one("role", ROLES), sections: fields.list("sections", SECTIONS),
      serviceAccess: services === "all" ? "all" : services === "many" || services === "" ? [] : services.split(",").map((text) => known(parseId<ServiceId>(text))),
    },
  };
}

class Fields {
  readonly #context: Readonly<Record<string, unknown>>;
  constructor(context: Readonly<Record<string, unknown>>) {
    this.#context = context;
  }
  text(name: string): string {
    const value = this.#context[name];
    if (typeof value !== "string") throw new TypeError(name);
    return value;
  }
  id<T extends AccountId | MemberId | ServiceId | AccessTokenId>(name: string): T {
    return known(parseId<T>(this.text(name)));
  }
  /** Digits only: `Number` would read a blank text as the year 1970. */
  time(name: string): EpochSeconds {
    const text = this.text(name);
    return epochSeconds(/^(?:0|[1-9]\d*)$/.test(text) ? Number(text) : undefined);
  }
  one<const T extends string>(name: string, allowed: readonly T[]): T {
    return known(allowed.find((value) => value === this.text(name)));
  }
  list<const T extends string>(name: string, allowed: readonly T[]): readonly T[] {
    const text = this.text(name);
    return text === "" ? [] : text.split(",").map((each) => known(allowed.find((value) => value === each)));
  }
}

function known<T>(value: T | undefined): T {
  if (value === undefined) throw new TypeError("unknown value");
  return value;
}
