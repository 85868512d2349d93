import * as z from "zod/mini";
import { parseId, type AccessTokenId, type MemberId } from "../lib/domain/brands.ts";
import { forbidden } from "../lib/domain/errors.ts";
import { PERMISSIONS, SCOPES } from "../lib/domain/model.ts";
import * as fields from "../lib/http/fields.ts";
import { lambda } from "../lib/http/lambda.ts";
import { operation, type Call } from "../lib/http/operation.ts";
import { paged } from "../lib/http/paging.ts";
import { pathId } from "../lib/http/path.ts";
import { accessToken, ownedAccessToken } from "../lib/http/represent/access-token.ts";
import { created, EMPTY, many, one } from "../lib/http/reply.ts";
import { hashing } from "../lib/http/runtime.ts";
import {
  deleteAccessTokenOf, deleteOwnAccessToken, idOfOwnAccessToken, issueAccessToken, listAccessTokensOf, listAllAccessTokens, listOwnAccessTokens,
  readOwnAccessToken, updateAccessToken,
} from "../lib/operations/access-tokens.ts";
import { memberOf } from "../lib/operations/context.ts";

/** Everybody's own tokens are theirs to look after, whatever else they may do. */
const OWN_READ = { scopes: ["account_management"], effect: "read", about: "account", openInPerson: true } as const;
const OWN_WRITE = { scopes: ["account_management"], effect: "write", about: "account", openInPerson: true } as const;
const WRITE = { scopes: ["account_management"], effect: "write", about: "account" } as const;
const ADMIN_READ = { scopes: ["account_management"], effect: "read", about: "account", role: "admin" } as const;
const ADMIN_WRITE = { scopes: ["account_management"], effect: "write", about: "account", role: "admin" } as const;

const scopes = fields.someOf(SCOPES, "select at least one scope");
const permission = fields.oneOf(PERMISSIONS);
const wanted = z.object({ name: fields.name, scopes, permission, expires_at: z._default(fields.expiry, "never") });
const changes = z.object({
  name: z.optional(fields.name), scopes: z.optional(scopes), permission: z.optional(permission), expires_at: z.optional(fields.expiry),
});
/** 3scale gives a member's tokens whole: they come in pages to those who ask for a cursor. */
const { page: _, ...cursor } = fields.paging;
const nothing = z.object({});
const issued = created(accessToken, (token) => `/admin/api/personal/access_tokens/${token.id}.json`);

async function issue(call: Call<z.output<typeof wanted>>) {
  const { name, scopes, permission, expires_at: expiresAt } = call.input;
  const { token, value } = await issueAccessToken({ ...call, ...hashing() }, call.principal, { name, scopes, permission, expiresAt });
  return { ...token, value };
}

const createAccessToken = operation({
  name: "createAccessToken", methods: ["POST"], path: "/admin/api/personal/access_tokens", requires: OWN_WRITE,
  wrapper: "token", attributesRequired: true, input: wanted, answer: issued, run: issue,
});

/** 3scale keeps this older path: with a token, only for its own owner. */
const createAccessTokenOfUser = operation({
  name: "createAccessTokenOfUser", methods: ["POST"], path: "/admin/api/users/{user_id}/access_tokens", requires: WRITE,
  wrapper: "token", attributesRequired: true, input: wanted, answer: issued,
  run: async (call) => {
    if (memberOf(call.principal).id !== pathId<MemberId>(call, "user_id")) throw forbidden();
    return issue(call);
  },
});

const listAccessTokens = operation({
  name: "listAccessTokens", methods: ["GET"], path: "/admin/api/personal/access_tokens", requires: OWN_READ,
  input: z.object({ name: fields.filter, ...cursor }),
  answer: many(accessToken),
  run: (call) => paged(call, (page) => listOwnAccessTokens(call, call.principal, call.input.name ?? "", page), { otherwise: "whole" }),
});

const readAccessToken = operation({
  name: "readAccessToken", methods: ["GET"], path: "/admin/api/personal/access_tokens/{id}", requires: OWN_READ, input: nothing,
  answer: one(accessToken),
  run: async (call) => readOwnAccessToken(call, call.principal, await idOf(call)),
});

const updateAccessTokenOperation = operation({
  name: "updateAccessToken", methods: ["PUT", "PATCH"], path: "/admin/api/personal/access_tokens/{id}", requires: OWN_WRITE, wrapper: "token", input: changes,
  answer: one(accessToken),
  run: async (call) => {
    const { name, scopes, permission, expires_at: expiresAt } = call.input;
    return updateAccessToken(call, call.principal, await idOf(call), { name, scopes, permission, expiresAt });
  },
});

const deleteAccessToken = operation({
  name: "deleteAccessToken", methods: ["DELETE"], path: "/admin/api/personal/access_tokens/{id}", requires: OWN_WRITE, input: nothing,
  answer: EMPTY,
  run: async (call) => deleteOwnAccessToken(call, call.principal, await idOf(call)),
});

const listAccessTokensOfUser = operation({
  name: "listAccessTokensOfUser", methods: ["GET"], path: "/admin/api/users/{user_id}/access_tokens", requires: ADMIN_READ,
  input: z.object(cursor),
  answer: many(accessToken),
  run: (call) => paged(call, (page) => listAccessTokensOf(call, call.principal, pathId<MemberId>(call, "user_id"), page), { otherwise: "whole" }),
});

const deleteAccessTokenOfUser = operation({
  name: "deleteAccessTokenOfUser", methods: ["DELETE"], path: "/admin/api/users/{user_id}/access_tokens/{id}", requires: ADMIN_WRITE, input: nothing,
  answer: EMPTY,
  run: (call) => deleteAccessTokenOf(call, call.principal, pathId<MemberId>(call, "user_id"), pathId<AccessTokenId>(call, "id")),
});

/** Our own: the tokens of everybody. It is served with the other wide lists, behind their route. */
export const listAccessTokensOfAccount = operation({
  name: "listAccessTokensOfAccount", methods: ["GET"], path: "/admin/api/access_tokens", requires: ADMIN_READ,
  input: z.object({ ...fields.paging }),
  answer: many(ownedAccessToken),
  run: (call) => paged(call, (page) => listAllAccessTokens(call, call.principal, page), { otherwise: "uncounted" }),
});

/** 3scale lets programs name a token by its value as well as by its id. */
async function idOf(call: Call<unknown>): Promise<AccessTokenId> {
  const named = call.path["id"] ?? "";
  return parseId<AccessTokenId>(named) ?? idOfOwnAccessToken({ ...call, ...hashing() }, call.principal, named);
}

export const create = lambda(createAccessToken, createAccessTokenOfUser);
export const list = lambda(listAccessTokens);
export const read = lambda(readAccessToken);
export const update = lambda(updateAccessTokenOperation);
export const remove = lambda(deleteAccessToken);
export const listOfUser = lambda(listAccessTokensOfUser);
export const removeOfUser = lambda(deleteAccessTokenOfUser);
