import type { AccountPlan, DeveloperAccount, DeveloperUser } from "../../domain/developers.ts";
import { isoSeconds } from "../../domain/time.ts";
import type { Representation } from "../reply.ts";

/** 3scale's settings of a developer account that Latchkey does not have, at the values that they begin with there. */
const BILLING = { credit_card_stored: false, monthly_billing_enabled: true, monthly_charging_enabled: true };

/** 3scale: app/representers/account_representer.rb and Account#to_xml. */
export const developerAccount: Representation<DeveloperAccount> = {
  one: "account",
  many: "accounts",
  json: ({ id, createdAt, updatedAt, state, orgName }, base) => ({
    id, created_at: isoSeconds(createdAt), updated_at: isoSeconds(updatedAt), ...BILLING, state, annotations: {},
    links: [{ rel: "self", href: `${base}/admin/api/accounts/${id}` }, { rel: "users", href: `${base}/admin/api/accounts/${id}/users` }],
    org_name: orgName,
  }),
  xml: ({ id, createdAt, updatedAt, state, orgName }) => ({
    id, created_at: isoSeconds(createdAt), updated_at: isoSeconds(updatedAt), state, annotations: "", org_name: orgName, extra_fields: "", ...BILLING,
  }),
};

/** 3scale: app/representers/user_representer.rb and User#to_xml, for the users of developer accounts. */
export const developerUser: Representation<DeveloperUser> = {
  one: "user",
  many: "users",
  json: ({ id, developerAccountId, state, role, createdAt, updatedAt, username, email }, base) => ({
    id, state, role, created_at: isoSeconds(createdAt), updated_at: isoSeconds(updatedAt),
    links: [
      { rel: "account", href: `${base}/admin/api/accounts/${developerAccountId}` },
      { rel: "self", href: `${base}/admin/api/accounts/${developerAccountId}/users/${id}` },
    ],
    username, email,
  }),
  xml: ({ id, developerAccountId, state, role, createdAt, updatedAt, username, email }) => ({
    id, created_at: isoSeconds(createdAt), updated_at: isoSeconds(updatedAt), account_id: developerAccountId, state, role,
    username, email, extra_fields: "",
  }),
};

/** 3scale: app/representers/account_plan_representer.rb; lists say `plans`. What it costs is not the provider's to say here. */
export const accountPlan: Representation<AccountPlan> = {
  one: "account_plan",
  many: "plans",
  json: ({ id, name, state, approvalRequired, isDefault, createdAt, updatedAt }) => ({
    id, name, state, setup_fee: 0, cost_per_month: 0, trial_period_days: 0, cancellation_period: 0,
    approval_required: approvalRequired, default: isDefault, created_at: isoSeconds(createdAt), updated_at: isoSeconds(updatedAt),
  }),
};
