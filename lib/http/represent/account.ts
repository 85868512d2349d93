import { isoSeconds } from "../../domain/time.ts";
import type { Account } from "../../domain/model.ts";
import type { Representation } from "../reply.ts";

/** The provider's own account (3scale: app/representers/provider_representer.rb). */
export const provider: Representation<Account> = {
  one: "account",
  many: "accounts",
  json: ({ id, name, createdAt, updatedAt }, base) => ({
    id, org_name: name, state: "approved", created_at: isoSeconds(createdAt), updated_at: isoSeconds(updatedAt), admin_base_url: base,
    links: [{ rel: "self", href: `${base}/admin/api/provider` }, { rel: "users", href: `${base}/admin/api/users` }],
  }),
  xml: ({ id, name, createdAt, updatedAt }) => ({
    id, created_at: isoSeconds(createdAt), updated_at: isoSeconds(updatedAt), state: "approved", org_name: name,
  }),
};
