import { epochSeconds, parseId, parseSessionId, type AccessTokenId, type AccountId, type EpochSeconds, type MemberId, type ServiceId, type SessionId } from "../domain/brands.ts";
import { PERMISSIONS, ROLES, SCOPES, SECTIONS, type Member, type Principal, type Session } from "../domain/model.ts";

/**
 * How an authorizer hands its finding to the functions behind it: flat strings, which every gateway carries alike.
 * No secret, and of names nothing: only ids and rights.
 */
export type PrincipalContext = Readonly<Record<string, string>>;

/** What a function is told: somebody, nobody seen (the credential may be in the body, D17), or a context that is not ours. */
export type Found = { readonly kind: "anonymous" } | { readonly kind: "principal"; readonly principal: Principal; readonly reload: boolean };

export const ANONYMOUS: PrincipalContext = { kind: "anonymous" };

/** A list of services longer than this stays behind: contexts are kept under 4 kB, and the function reads the member. */
const MAX_SERVICES = 100;

/** Writes down an access token's principal, or a service token's. */
export function encodePrincipal(principal: Principal): PrincipalContext {
  switch (principal.kind) {
    case "access_token": {
      const { token, owner } = principal;
      return {
        kind: "access_token",
        ...told(owner),
        tokenId: String(token.id),
        scopes: token.scopes.join(","),
        permission: token.permission,
        expiresAt: String(token.expiresAt),
      };
    }
    case "service_token":
      return { kind: "service_token", accountId: String(principal.token.accountId), serviceId: String(principal.token.serviceId) };
    case "member":
      throw new Error("Whoever is signed in is there by a session: see encodeSession");
  }
}

/** Writes down whoever is signed in, and by which session, so that it can be ended. Its id opens nothing: only the sealed cookie does. */
export function encodeSession(member: Member, { id }: Session): PrincipalContext {
  return { kind: "member", ...told(member), sessionId: id };
}

/** Reads which session speaks; undefined where none does. */
export function decodeSession(context: unknown): Omit<Session, "expiresAt"> | undefined {
  const found = decodePrincipal(context);
  if (found?.kind !== "principal" || found.principal.kind !== "member") return undefined;
  const { accountId, id: memberId } = found.principal.member;
  return { accountId, memberId, id: new Fields(context as Record<string, unknown>).session() };
}

function told({ accountId, id, role, sections, serviceAccess }: Member): PrincipalContext {
  return {
    accountId: String(accountId),
    memberId: String(id),
    role,
    sections: sections.join(","),
    services: serviceAccess === "all" ? "all" : serviceAccess.length > MAX_SERVICES ? "many" : serviceAccess.join(","),
  };
}

/** Reads what `encodePrincipal` or `encodeSession` wrote. Undefined for anything else, whoever sent it: absence refuses (D11). */
export function decodePrincipal(context: unknown): Found | undefined {
  const fields = new Fields(context as Readonly<Record<string, unknown>>);
  try {
    return known(READERS.get(fields.text("kind")))(fields);
  } catch {
    return undefined;
  }
}

/** How each kind of finding is read. Whatever is missing or is none of ours throws, and so does a context that is no object. */
const READERS: ReadonlyMap<string, (fields: Fields) => Found> = new Map<string, (fields: Fields) => Found>([
  ["anonymous", () => ({ kind: "anonymous" })],
  ["service_token", (fields) => {
    const token = { accountId: fields.id<AccountId>("accountId"), serviceId: fields.id<ServiceId>("serviceId"), createdAt: epochSeconds(0) };
    return { kind: "principal", principal: { kind: "service_token", token }, reload: false };
  }],
  ["access_token", (fields) => ({ kind: "principal", principal: accessTokenFrom(fields), reload: fields.text("services") === "many" })],
  ["member", (fields) => {
    fields.session();
    return { kind: "principal", principal: { kind: "member", member: memberFrom(fields) }, reload: fields.text("services") === "many" };
  }],
]);

/** What rights do not depend on does not travel along. */
const UNTOLD = { name: "", username: "", email: "", version: 0, createdAt: epochSeconds(0), updatedAt: epochSeconds(0) };

function accessTokenFrom(fields: Fields): Principal {
  const owner = memberFrom(fields);
  return {
    kind: "access_token",
    token: {
      ...UNTOLD, accountId: owner.accountId, ownerId: owner.id, id: fields.id<AccessTokenId>("tokenId"),
      scopes: fields.list("scopes", SCOPES), permission: fields.one("permission", PERMISSIONS),
      expiresAt: fields.text("expiresAt") === "never" ? "never" : fields.time("expiresAt"),
    },
    owner,
  };
}

function memberFrom(fields: Fields): Member {
  const services = fields.text("services");
  return {
    ...UNTOLD, accountId: fields.id<AccountId>("accountId"), id: fields.id<MemberId>("memberId"), state: "active",
    role: fields.one("role", ROLES), sections: fields.list("sections", SECTIONS),
    serviceAccess: services === "all" ? "all" : services === "many" || services === "" ? [] : services.split(",").map((text) => known(parseId<ServiceId>(text))),
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
  session(): SessionId {
    return known(parseSessionId(this.text("sessionId")));
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
