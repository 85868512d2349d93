import * as z from "zod/mini";
import { DEVELOPER_ACCOUNT_STATES } from "../../domain/developers.ts";
import { MEMBER_STATES, ROLES } from "../../domain/model.ts";
import { accountPlan, developerAccount, developerUser } from "../../http/represent/developer.ts";
import { described, flag, id, links, money, stamps, text } from "../described.ts";

export const developers = [
  described(developerAccount, "Account", z.object({
    id, org_name: text, state: z.enum(DEVELOPER_ACCOUNT_STATES), ...stamps,
    credit_card_stored: flag, monthly_billing_enabled: flag, monthly_charging_enabled: flag, annotations: z.object({}), links,
  })),
  described(developerUser, "AccountUser", z.object({
    id, state: z.enum(MEMBER_STATES), role: z.enum(ROLES), ...stamps, username: text, email: z.optional(text), links,
  })),
  described(accountPlan, "AccountPlan", z.object({
    id, name: text, state: z.enum(["published", "hidden"]), setup_fee: money, cost_per_month: money, trial_period_days: z.int(),
    cancellation_period: z.int(), approval_required: flag, default: flag, ...stamps,
  })),
];
