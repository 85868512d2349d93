import type { AccountId, AccountPlanId, DeveloperAccountId } from "./brands.ts";
import type { Versioned } from "./model.ts";

/** A customer of the provider: an organisation whose developers write applications (3scale calls it an account). */
export type DeveloperAccount = Versioned & {
  readonly accountId: AccountId;
  readonly id: DeveloperAccountId;
  readonly orgName: string;
  readonly state: DeveloperAccountState;
  readonly planId?: AccountPlanId;
};

export const DEVELOPER_ACCOUNT_STATES = ["created", "pending", "approved", "rejected"] as const;
export type DeveloperAccountState = (typeof DEVELOPER_ACCOUNT_STATES)[number];
