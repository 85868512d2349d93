import { epochSeconds, id, type AccessTokenId, type AccountId, type MemberId, type ServiceId } from "../../lib/domain/brands.ts";
import type { Requirement } from "../../lib/domain/authorize.ts";
import type { AccessToken, Member, Principal, ServiceToken } from "../../lib/domain/model.ts";

/** The account, people and tokens that the tables of guarantees are about. */
export const NOW = epochSeconds(1_900_000_000);
export const account = id<AccountId>(11);
export const service = (number: number) => id<ServiceId>(number);
export const THIS = service(101);
export const OTHER = service(102);

export function member(over: Partial<Member> = {}): Member {
  return {
    accountId: account, id: id<MemberId>(22), username: "mia", email: "mia@example.com", role: "member", state: "active",
    sections: ["partners"], serviceAccess: "all", version: 1, createdAt: NOW, updatedAt: NOW, ...over,
  };
}

/** An admin: without sections, which admins need not hold. */
export const admin = (over: Partial<Member> = {}) => member({ role: "admin", sections: [], ...over });

export function token(over: Partial<AccessToken> = {}): AccessToken {
  return {
    accountId: account, ownerId: id<MemberId>(22), id: id<AccessTokenId>(33), name: "CI", scopes: ["account_management"],
    permission: "rw", expiresAt: "never", version: 1, createdAt: NOW, updatedAt: NOW, ...over,
  };
}

export const speaking = (owner: Member, by: AccessToken): Principal => ({ kind: "access_token", token: by, owner });
export const signedIn = (owner: Member): Principal => ({ kind: "member", member: owner });
export const serviceToken: ServiceToken = { accountId: account, serviceId: THIS, createdAt: NOW };
export const gateway: Principal = { kind: "service_token", token: serviceToken };

/** Reading something of the account under its management scope, unless said otherwise. */
export const asks = (over: Partial<Requirement> = {}): Requirement => ({ scopes: ["account_management"], effect: "read", about: "account", ...over });

/** Every subset of some values, the empty one first. */
export function subsets<T>(values: readonly T[]): T[][] {
  return Array.from({ length: 2 ** values.length }, (_, bits) => values.filter((_value, at) => (bits >> at) % 2 === 1));
}
