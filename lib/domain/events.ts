import type {
  AccessTokenId, AccountId, AccountPlanId, ApplicationId, DeveloperAccountId, DeveloperUserId, EpochSeconds, InvoiceId, LimitId, LineItemId,
  MappingRuleId, MemberId, MetricId, PaymentId, PlanId, PolicyId, ServiceId,
} from "./brands.ts";
import type { Principal } from "./model.ts";

export const EVENT_TYPES = [
  "account.created", "account.updated", "member.created", "member.updated", "member.rights_changed", "member.state_changed", "member.deleted",
  "member.signed_in", "member.signed_out",
  "access_token.created", "access_token.updated", "access_token.deleted",
  "service.created", "service.updated", "service.deleted", "service_token.revealed", "service_token.created", "service_token.deleted",
  "application.created", "application.updated", "application.deleted",
  "metric.created", "metric.updated", "metric.deleted",
  "application_plan.created", "application_plan.updated", "application_plan.deleted",
  "limit.created", "limit.updated", "limit.deleted",
  "account_plan.created", "account_plan.updated", "account_plan.deleted",
  "developer_account.created", "developer_account.updated", "developer_account.deleted",
  "developer_user.created", "developer_user.updated", "developer_user.deleted",
  "invoice.created", "invoice.updated",
  "line_item.created", "line_item.deleted",
  "proxy.updated", "mapping_rule.created", "mapping_rule.updated", "mapping_rule.deleted",
  "proxy_config.created", "proxy_config.promoted",
  "policy.created", "policy.updated", "policy.deleted",
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** Who did it: a member (with which token), or Latchkey itself (an import, the command line). */
export type Actor = { readonly memberId: MemberId; readonly tokenId?: AccessTokenId } | { readonly system: "cli" | "import" | "clean_up" | "reconcile" };

/** Which things it happened to. */
export type Subject = {
  readonly memberId?: MemberId; readonly tokenId?: AccessTokenId; readonly serviceId?: ServiceId; readonly applicationId?: ApplicationId;
  readonly metricId?: MetricId; readonly planId?: PlanId; readonly limitId?: LimitId; readonly mappingRuleId?: MappingRuleId; readonly policyId?: PolicyId;
  readonly developerAccountId?: DeveloperAccountId; readonly developerUserId?: DeveloperUserId; readonly accountPlanId?: AccountPlanId;
  readonly invoiceId?: InvoiceId; readonly lineItemId?: LineItemId; readonly paymentId?: PaymentId;
};

/**
 * Something that happened, stored in the transaction that made it happen: the audit record, and at the same time
 * what the table's stream carries to the event bus (D10). Ids and facts, never a secret.
 */
export type DomainEvent = {
  readonly id: string;
  readonly accountId: AccountId;
  readonly type: EventType;
  readonly at: EpochSeconds;
  readonly actor: Actor;
  readonly subject: Subject;
  readonly facts: Readonly<Record<string, unknown>>;
};

/** The actor that a principal is in the records. */
export function actorOf(principal: Principal): Actor {
  switch (principal.kind) {
    case "member":
      return { memberId: principal.member.id };
    case "access_token":
      return { memberId: principal.owner.id, tokenId: principal.token.id };
    case "service_token":
      throw new Error("A service token changes nothing that is recorded");
  }
}
