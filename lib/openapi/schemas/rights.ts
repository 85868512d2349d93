import * as z from "zod/mini";
import { PERMISSIONS, ROLES, SCOPES, SECTIONS } from "../../domain/model.ts";
import { rights } from "../../http/represent/rights.ts";
import { described, flag, id, text, time } from "../described.ts";

export const ownRights = [
  described(rights, "Rights", z.object({
    account: z.object({ id, name: text }), user: z.object({ id, username: text, email: text, role: z.enum(ROLES) }),
    permission: z.enum(PERMISSIONS), expires_at: z.optional(time),
    sections: z.array(z.enum(SECTIONS)), service_access: z.union([z.literal("all"), z.array(id)]),
    scopes: z.array(z.object({
      scope: z.enum(SCOPES), name: text, allowed: flag,
      missing: z.optional(z.string().register(z.globalRegistry, { description: "What it takes: `section:` of the member, or `scope:` of the token that asks." })),
    })),
  })),
];
