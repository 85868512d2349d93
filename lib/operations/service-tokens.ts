import type { ServiceId } from "../domain/brands.ts";
import { notFound } from "../domain/errors.ts";
import { actorOf } from "../domain/events.ts";
import { reaches, serviceAccessOf } from "../domain/rights.ts";
import type { Principal, Service, ServiceToken } from "../domain/model.ts";
import { unseal } from "../secrets/seal.ts";
import { readTogether } from "../table/client.ts";
import { accountFrom } from "../table/accounts.ts";
import { append } from "../table/events.ts";
import { keys } from "../table/model.ts";
import { serviceFrom, serviceTokenFrom } from "../table/services.ts";
import { event, memberOf, type Sealing, type Storage } from "./context.ts";

/**
 * Shows a service token's value to whoever reaches its service. Who and when is recorded before the value leaves:
 * without a record there is no answer. One read, one call to KMS, one record.
 */
export async function revealServiceToken(
  deps: Storage & Sealing, principal: Principal, id: ServiceId,
): Promise<{ readonly service: Service; readonly token: ServiceToken; readonly value: string }> {
  const member = memberOf(principal);
  const { accountId } = member;
  const [serviceRow, tokenRow, accountRow] = await readTogether(deps.table, [
    keys.service(accountId, id), keys.serviceToken(accountId, id), keys.account(accountId),
  ]);
  const stored = tokenRow === undefined ? undefined : serviceTokenFrom(tokenRow);
  if (serviceRow === undefined || stored === undefined || accountRow === undefined || !reaches(serviceAccessOf(member), id)) throw notFound();
  const dataKey = await deps.keyring.unwrap(accountId, accountFrom(accountRow).wrappedKey);
  const value = unseal(dataKey, accountId, id, stored.sealed);
  await append(deps.table, event(deps, {
    accountId, type: "service_token.revealed", actor: actorOf(principal), subject: { serviceId: id }, facts: {},
  }));
  return { service: serviceFrom(serviceRow), token: stored.token, value };
}
