import type { AccountId, MemberId, ServiceId } from "../domain/brands.ts";
import type { EventType } from "../domain/events.ts";
import { listAccessTokens, readAccessToken } from "../table/access-tokens.ts";
import { rowsOf } from "../table/list.ts";
import { record } from "../table/events.ts";
import { listMembers, memberRow, readMember } from "../table/members.ts";
import { keys, listings } from "../table/model.ts";
import { transact } from "../table/transact.ts";
import { event, untilStored, type Storage } from "./context.ts";

/** What an event says was deleted. */
export type Deleted = { readonly accountId: AccountId; readonly type: EventType; readonly memberId?: MemberId | undefined; readonly serviceId?: ServiceId | undefined };

/**
 * Removes what a deletion left behind. Nothing here is urgent, for the decision already refuses: a token without an
 * owner is unknown, a service without a row is not found. Every step may be repeated.
 */
export async function cleanUpAfter(deps: Storage, { accountId, type, memberId, serviceId }: Deleted): Promise<void> {
  if (type === "member.deleted" && memberId !== undefined) await removeTokensOf(deps, accountId, memberId);
  if (type === "service.deleted" && serviceId !== undefined) {
    await forgetService(deps, accountId, serviceId);
    await removeApplicationsOf(deps, accountId, serviceId);
  }
}

async function removeTokensOf(deps: Storage, accountId: AccountId, memberId: MemberId): Promise<void> {
  // The event may be old: a member who is there is not to lose anything.
  if ((await readMember(deps.table, accountId, memberId)) !== undefined) return;
  for (const { id } of await listAccessTokens(deps.table, accountId, memberId)) {
    const stored = await readAccessToken(deps.table, accountId, memberId, id);
    if (stored === undefined) continue;
    await transact(deps.table, [
      { remove: keys.accessToken(accountId, memberId, id), when: "present" },
      ...(stored.imported ? [{ remove: keys.imported(stored.digest.hash) }] : []),
      record(event(deps, {
        accountId, type: "access_token.deleted", actor: { system: "clean_up" }, subject: { memberId, tokenId: id }, facts: { name: stored.token.name },
      })),
    ]);
  }
}

async function forgetService(deps: Storage, accountId: AccountId, serviceId: ServiceId): Promise<void> {
  for (const { id, serviceAccess } of await listMembers(deps.table, accountId)) {
    if (serviceAccess === "all" || !serviceAccess.includes(serviceId)) continue;
    await untilStored(async () => {
      const member = await readMember(deps.table, accountId, id);
      if (member === undefined || member.serviceAccess === "all") return true;
      const left = member.serviceAccess.filter((service) => service !== serviceId);
      const outcome = await transact(deps.table, [
        {
          put: memberRow({ ...member, serviceAccess: left, version: member.version + 1, updatedAt: deps.clock() }),
          when: { version: member.version },
        },
        record(event(deps, {
          accountId, type: "member.rights_changed", actor: { system: "clean_up" }, subject: { memberId: id }, facts: { service_access: left },
        })),
      ]);
      return outcome.done || undefined;
    });
  }
}

async function removeApplicationsOf(deps: Storage, accountId: AccountId, serviceId: ServiceId): Promise<void> {
  for await (const row of rowsOf(deps.table, listings.applicationsOfService(accountId, serviceId))) {
    await transact(deps.table, [{ remove: { pk: row.pk, sk: row.sk } }]);
  }
}
