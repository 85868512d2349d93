import * as z from "zod/mini";
import { PERMISSIONS, SCOPES } from "../../domain/model.ts";
import { accessToken, ownedAccessToken } from "../../http/represent/access-token.ts";
import { described, id, stamps, text, time } from "../described.ts";

const token = { id, name: text, scopes: z.array(z.enum(SCOPES)), permission: z.enum(PERMISSIONS), expires_at: z.optional(time), ...stamps };

export const accessTokens = [
  described(accessToken, "AccessToken", z.object({
    ...token,
    value: z.optional(z.string().register(z.globalRegistry, { description: "The token itself: in the answer that creates it and in no other." })),
  })),
  described(ownedAccessToken, "OwnedAccessToken", z.object({ ...token, user_id: id, username: text })),
];
