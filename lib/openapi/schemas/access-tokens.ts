import * as z from "zod/mini";
import { PERMISSIONS, SCOPES } from "../../domain/model.ts";
import { accessToken } from "../../http/represent/access-token.ts";
import { described, id, stamps, text, time } from "../described.ts";

export const accessTokens = [
  described(accessToken, "AccessToken", z.object({
    id, name: text, scopes: z.array(z.enum(SCOPES)), permission: z.enum(PERMISSIONS), expires_at: z.optional(time), ...stamps,
    value: z.optional(z.string().register(z.globalRegistry, { description: "The token itself: in the answer that creates it and in no other." })),
  })),
];
