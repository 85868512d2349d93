import { isoSeconds } from "../../domain/time.ts";
import type { AccessToken } from "../../domain/model.ts";
import type { OwnedAccessToken } from "../../operations/access-tokens.ts";
import type { Representation } from "../reply.ts";

/** 3scale: app/representers/access_token_representer.rb. `expires_at` is absent when there is none; the other dates are our addition. */
export const accessToken: Representation<AccessToken & { readonly value?: string }> = {
  one: "access_token",
  many: "access_tokens",
  json: ({ id, name, scopes, permission, expiresAt, lastUsedAt, createdAt, updatedAt, value }) => ({
    id, name, scopes, permission,
    ...(expiresAt === "never" ? {} : { expires_at: isoSeconds(expiresAt) }),
    ...(lastUsedAt === undefined ? {} : { last_used_at: isoSeconds(lastUsedAt) }),
    created_at: isoSeconds(createdAt),
    updated_at: isoSeconds(updatedAt),
    value,
  }),
};

/** Our own: in the list of everybody's tokens, with whose each is. */
export const ownedAccessToken: Representation<OwnedAccessToken> = {
  one: "access_token",
  many: "access_tokens",
  json: (token, base) => ({ ...accessToken.json(token, base), user_id: token.owner.id, username: token.owner.username }),
};
