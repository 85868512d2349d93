import type { EventBridgeEvent } from "aws-lambda";
import { id, toId, type AccountId, type DeveloperAccountId, type MemberId, type MetricId, type PlanId, type ServiceId } from "../lib/domain/brands.ts";
import type { EventType } from "../lib/domain/events.ts";
import { storage } from "../lib/http/runtime.ts";
import type { BusEvent } from "../lib/operations/bus-event.ts";
import { cleanUpAfter } from "../lib/operations/clean-up.ts";

/** After the deletion of a member, a service, a metric, a plan or a developer account: removes what is left of it. May run twice, and late. */
export async function handler({ "detail-type": type, detail }: EventBridgeEvent<EventType, BusEvent>): Promise<void> {
  await cleanUpAfter(storage(), {
    accountId: id<AccountId>(detail.account_id),
    type,
    memberId: toId<MemberId>(detail.subject["member_id"]),
    serviceId: toId<ServiceId>(detail.subject["service_id"]),
    metricId: toId<MetricId>(detail.subject["metric_id"]),
    planId: toId<PlanId>(detail.subject["plan_id"]),
    developerAccountId: toId<DeveloperAccountId>(detail.subject["developer_account_id"]),
  });
}
