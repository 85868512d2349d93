import { isoSeconds } from "../../domain/time.ts";
import { sectionsOf } from "../../domain/rights.ts";
import type { Member } from "../../domain/model.ts";
import type { Representation } from "../reply.ts";

/** 3scale: app/representers/user_representer.rb. */
export const user: Representation<Member> = {
  one: "user",
  many: "users",
  json: ({ id, state, role, createdAt, updatedAt, username, email }, base) => ({
    id, state, role, created_at: isoSeconds(createdAt), updated_at: isoSeconds(updatedAt), username, email,
    links: [{ rel: "self", href: `${base}/admin/api/users/${id}` }],
  }),
  xml: ({ id, createdAt, updatedAt, accountId, state, role, username, email }) => ({
    id, created_at: isoSeconds(createdAt), updated_at: isoSeconds(updatedAt), account_id: accountId, state, role, username, email,
  }),
};

/** 3scale: app/representers/member_permissions_representer.rb. `null` (XML: no element) is all services, an empty list none. */
export const permissions: Representation<Member> = {
  one: "permissions",
  many: "permissions",
  json: (member, base) => ({
    user_id: member.id,
    role: member.role,
    allowed_sections: [...sectionsOf(member)].sort(),
    allowed_service_ids: listed(member) ?? null,
    links: [{ rel: "user", href: `${base}/admin/api/users/${member.id}` }],
  }),
  xml: (member) => {
    const services = listed(member);
    return {
      user_id: member.id,
      role: member.role,
      allowed_sections: { allowed_section: [...sectionsOf(member)].sort() },
      allowed_service_ids: services && { allowed_service_id: services },
    };
  },
};

function listed({ role, serviceAccess }: Member): readonly number[] | undefined {
  return role === "admin" || serviceAccess === "all" ? undefined : serviceAccess;
}
