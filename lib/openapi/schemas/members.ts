import * as z from "zod/mini";
import { MEMBER_STATES, ROLES, SECTIONS } from "../../domain/model.ts";
import { permissions, user } from "../../http/represent/member.ts";
import { described, id, links, stamps, text } from "../described.ts";

export const members = [
  described(user, "User", z.object({
    id, state: z.enum(MEMBER_STATES), role: z.enum(ROLES), ...stamps, username: text, email: text, links,
  })),
  described(permissions, "Permissions", z.object({
    user_id: id, role: z.enum(ROLES), allowed_sections: z.array(z.enum(SECTIONS)),
    allowed_service_ids: z.nullable(z.array(id)).register(z.globalRegistry, { description: "null is all services, an empty list none." }),
    links,
  })),
];
