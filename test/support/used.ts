import { id, type AccountId, type ApplicationId, type MetricId, type ServiceId } from "../../lib/domain/brands.ts";
import { applicationDayKey, serviceDayKey } from "../../lib/table/used.ts";
import type { Deployment } from "./deployment.ts";

/** Who used what. */
export type User = { readonly accountId: AccountId; readonly serviceId: number; readonly applicationId: number; readonly metricId: number };

/** Counts what an application used in the hour of UTC that begins at `hour`, as in `2026-01-01T05`: of the service and of itself. */
export async function use({ operator: { table } }: Pick<Deployment, "operator">, user: User, hour: string, count: number): Promise<void> {
  const { accountId, serviceId, applicationId } = user;
  const [day = "", clock = ""] = hour.split("T");
  const used = { accountId, metricId: id<MetricId>(user.metricId) };
  const keys = [
    serviceDayKey({ ...used, subject: "SERVICE", id: id<ServiceId>(serviceId) }, id<ApplicationId>(applicationId), day),
    applicationDayKey({ ...used, subject: "APPLICATION", id: id<ApplicationId>(applicationId) }, day),
  ];
  await Promise.all(keys.map((Key) => table.call("UpdateItem", {
    TableName: table.name, Key, UpdateExpression: "SET #type = :type ADD #hour :count",
    ExpressionAttributeNames: { "#type": "type", "#hour": `h${clock}` }, ExpressionAttributeValues: { ":type": "used", ":count": count },
  })));
}
