import * as z from "zod/mini";
import { PERMISSIONS, SCOPES } from "../../domain/model.ts";
import { accessToken, ownedAccessToken } from "../../http/represent/access-token.ts";
import { described, id, stamps, text, time } from "../described.ts";

const token = {
  id, name: text, scopes: z.array(z.enum(SCOPES)), permission: z.enum(PERMISSIONS), expires_at: z.optional(time),
  last_used_at: z.optional(z.string().register(z.globalRegistry, {
    type: "string", format: "date-time", description: "A use of the token, less than an hour before the last one. Absent when none has been seen.",
  })),
  ...stamps,
};

export const accessTokens = [
  described(accessToken, "AccessToken", z.object({
    ...token,
    value: z.optional(z.string().register(z.globalRegistry, { description: "The token itself: in the answer that creates it and in no other." })),
  })),
  described(ownedAccessToken, "OwnedAccessToken", z.object({ ...token, user_id: id, username: text })),
];
