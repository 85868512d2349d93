import type { Scope } from "../../domain/model.ts";
import { sectionsOf, serviceAccessOf } from "../../domain/rights.ts";
import { isoSeconds } from "../../domain/time.ts";
import type { OwnRights } from "../../operations/own-rights.ts";
import type { Representation } from "../reply.ts";

/** 3scale's names of the APIs (config/locales/en.yml, access_token_options). */
const NAMES: Record<Scope, string> = {
  finance: "Billing API", account_management: "Account Management API", stats: "Analytics API", policy_registry: "Policy Registry API",
};

/** Our own. `permission` and `expires_at` are the most that a token made by this caller may have; `expires_at` is absent when there is no bound. */
export const rights: Representation<OwnRights> = {
  one: "rights",
  many: "rights",
  json: ({ account, member, ceiling, offers }) => ({
    account: { id: account.id, name: account.name },
    user: { id: member.id, username: member.username, email: member.email, role: member.role },
    permission: ceiling.permission,
    ...(ceiling.expiresAt === "never" ? {} : { expires_at: isoSeconds(ceiling.expiresAt) }),
    sections: sectionsOf(member),
    service_access: serviceAccessOf(member),
    scopes: offers.map(({ scope, ...offer }) => ({ scope, name: NAMES[scope], ...offer })),
  }),
};
