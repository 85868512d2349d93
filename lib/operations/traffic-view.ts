import type { AccountId, ServiceId } from "../domain/brands.ts";
import { notFound } from "../domain/errors.ts";
import { readServiceToken, serviceTokenRow } from "../table/services.ts";
import type { ServiceTraffic } from "../table/traffic.ts";
import type { Write } from "../table/transact.ts";
import type { Storage } from "./context.ts";

/**
 * The write that keeps what calls are judged by in step with a change of the service, to be part of that change's
 * transaction. It is refused when somebody else changed the same meanwhile: then the change is tried again.
 */
export async function trafficWrite(
  { table }: Storage, accountId: AccountId, serviceId: ServiceId, change: (traffic: ServiceTraffic) => ServiceTraffic,
): Promise<Write> {
  const stored = await readServiceToken(table, accountId, serviceId);
  if (stored === undefined) throw notFound();
  const { traffic, version } = stored;
  return { put: serviceTokenRow({ ...stored, traffic: change(traffic), version: version + 1 }), when: { version } };
}
