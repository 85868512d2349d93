import * as z from "zod/mini";
import type { EventBridgeEvent } from "aws-lambda";
import { toId, type AccountId, type ServiceId } from "../lib/domain/brands.ts";
import { BY_DEFAULT } from "../lib/domain/service-settings.ts";
import { announcedService } from "../lib/http/announced.ts";
import { hashing, sealing, storage } from "../lib/http/runtime.ts";
import { importService } from "../lib/operations/services.ts";

/** What a catalogue announces: `{"account_id": 1, "service": {"id": 42, "name": "Echo", "system_name": "echo"}}`. */
const announced = z.object({ account_id: z.number(), service: announcedService });

/**
 * A `service.created` from elsewhere makes the service and its token exist (D9). Whatever order and however often it
 * comes, there is one of each. An announcement that cannot be followed throws: after its retries it lies in the
 * dead-letter queue, and no other waits for it.
 */
export async function handler({ detail }: EventBridgeEvent<string, unknown>): Promise<void> {
  const { account_id, service } = announced.parse(detail);
  const accountId = toId<AccountId>(account_id);
  const id = toId<ServiceId>(service.id);
  if (accountId === undefined || id === undefined) throw new TypeError("account_id and service.id must be positive integers up to 2^53-1");
  const wanted = { name: service.name, systemName: service.system_name, settings: BY_DEFAULT };
  await importService({ ...storage(), ...hashing(), ...sealing() }, accountId, id, wanted);
}
