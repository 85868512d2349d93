import type { AccountId, DeveloperAccountId, MemberId, MetricId, PlanId, ServiceId } from "../domain/brands.ts";
import { heldByLimit, heldByMetric, heldByPlan } from "../domain/catalogue.ts";
import { ENVIRONMENTS } from "../domain/configuration.ts";
import { heldByUser } from "../domain/developers.ts";
import type { EventType } from "../domain/events.ts";
import { applicationPlans, limits, metrics, ofMetric, ofPlan, ofService } from "../table/catalogue.ts";
import { developerAccounts, developerUsersOf } from "../table/developers.ts";
import { credentialRemovals } from "../table/application-traffic.ts";
import { applications, applicationsOfDeveloperAccount, applicationsOfService } from "../table/applications.ts";
import { listAccessTokens, readAccessToken } from "../table/access-tokens.ts";
import type { Collection, Entity } from "../table/collection.ts";
import { rowsOf } from "../table/list.ts";
import { record } from "../table/events.ts";
import { listMembers, memberRow, readMember, releaseName } from "../table/members.ts";
import { keys, listings, type Listing } from "../table/model.ts";
import { WHOLE } from "../table/page.ts";
import { idIn } from "../table/row.ts";
import { readService } from "../table/services.ts";
import { transact } from "../table/transact.ts";
import { event, untilStored, type Storage } from "./context.ts";
import type { HeldName } from "./entities.ts";
import { rightsFacts } from "./members.ts";

/** What an event says was deleted. */
export type Deleted = {
  readonly accountId: AccountId;
  readonly type: EventType;
  readonly memberId?: MemberId | undefined;
  readonly serviceId?: ServiceId | undefined;
  readonly metricId?: MetricId | undefined;
  readonly planId?: PlanId | undefined;
  readonly developerAccountId?: DeveloperAccountId | undefined;
};

/**
 * Removes what a deletion left behind. Nothing here is urgent, for the decision already refuses: a token without an
 * owner is unknown, a service without a row is not found. Every step may be repeated.
 */
export async function cleanUpAfter(deps: Storage, { accountId, type, memberId, serviceId, metricId, planId, developerAccountId }: Deleted): Promise<void> {
  if (type === "member.deleted" && memberId !== undefined) await removeWhatMemberLeft(deps, accountId, memberId);
  if (type === "service.deleted" && serviceId !== undefined) await removeTracesOf(deps, accountId, serviceId);
  if (type === "developer_account.deleted" && developerAccountId !== undefined) await removeWhatIsOf(deps, accountId, developerAccountId);
  // Ids are never used again, so what hangs on one that is gone can only be left over.
  if (type === "metric.deleted" && metricId !== undefined) await removeEach(deps, accountId, limits, ofMetric(metricId), heldByLimit);
  if (type === "application_plan.deleted" && planId !== undefined) await removeEach(deps, accountId, limits, ofPlan(planId), heldByLimit);
}

async function removeWhatMemberLeft(deps: Storage, accountId: AccountId, memberId: MemberId): Promise<void> {
  // Whatever the event says: a member who is there is not to lose anything.
  if ((await readMember(deps.table, accountId, memberId)) !== undefined) return;
  for (const listing of [listings.sessions(accountId, memberId), listings.identitiesOf(accountId, memberId)]) await removeAll(deps, listing);
  for (const { id } of (await listAccessTokens(deps.table, accountId, memberId, WHOLE)).items) {
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

async function removeTracesOf(deps: Storage, accountId: AccountId, serviceId: ServiceId): Promise<void> {
  if ((await readService(deps.table, accountId, serviceId)) !== undefined) return;
  await forgetService(deps, accountId, serviceId);
  await removeApplications(deps, accountId, applicationsOfService(accountId, serviceId));
  for (const plan of await applicationPlans.all(deps.table, accountId, ofService(serviceId))) await removeEach(deps, accountId, limits, ofPlan(plan.id), heldByLimit);
  for (const environment of ENVIRONMENTS) await removeAll(deps, listings.configsOfService(accountId, serviceId, environment));
  await removeEach(deps, accountId, applicationPlans, ofService(serviceId), heldByPlan);
  await removeEach(deps, accountId, metrics, ofService(serviceId), heldByMetric);
}

/** A developer account's users, with their names, and its applications, with the credentials that name them. */
async function removeWhatIsOf(deps: Storage, accountId: AccountId, developer: DeveloperAccountId): Promise<void> {
  if ((await developerAccounts.read(deps.table, accountId, developer)) !== undefined) return;
  await removeEach(deps, accountId, developerUsersOf(developer), "account", heldByUser);
  await removeApplications(deps, accountId, applicationsOfDeveloperAccount(accountId, developer));
}

/** Applications, with what lies under their credentials. */
async function removeApplications({ table }: Storage, accountId: AccountId, listing: Listing): Promise<void> {
  for await (const row of rowsOf(table, listing)) {
    // The list is read from an index, which may be behind: the credentials are those of the application itself.
    const application = await applications.read(table, accountId, idIn(row, "id"));
    if (application === undefined) continue;
    await transact(table, [{ remove: keys.entity(applications.kind, accountId, application.id) }, ...credentialRemovals(application)]);
  }
}

async function forgetService(deps: Storage, accountId: AccountId, serviceId: ServiceId): Promise<void> {
  for (const { id, serviceAccess } of await listMembers(deps.table, accountId)) {
    if (serviceAccess === "all" || !serviceAccess.includes(serviceId)) continue;
    await untilStored(async () => {
      const member = await readMember(deps.table, accountId, id);
      // The list is read from an index, which may be behind.
      if (member === undefined || member.serviceAccess === "all" || !member.serviceAccess.includes(serviceId)) return true;
      const left = member.serviceAccess.filter((service) => service !== serviceId);
      const after = { ...member, serviceAccess: left, version: member.version + 1, updatedAt: deps.clock() };
      const outcome = await transact(deps.table, [
        { put: memberRow(after), when: { version: member.version } },
        record(event(deps, {
          accountId, type: "member.rights_changed", actor: { system: "clean_up" }, subject: { memberId: id }, facts: rightsFacts(after),
        })),
      ]);
      return outcome.done || undefined;
    });
  }
}

/** All things of a kind under a parent, each with the names that it held. */
async function removeEach<E extends Entity>(
  { table }: Storage, accountId: AccountId, collection: Collection<E>, of: Parameters<Collection<E>["all"]>[2], heldBy: (entity: E) => readonly HeldName[],
): Promise<void> {
  for (const entity of await collection.all(table, accountId, of)) {
    await transact(table, [
      // What is gone already holds no names, and something else may hold them by now.
      { remove: keys.entity(collection.kind, accountId, entity.id), when: "present" },
      ...heldBy(entity).map(({ scope, field, value }) => releaseName(accountId, `${scope}${field}`, value)),
    ]);
  }
}

async function removeAll(deps: Storage, listing: Listing): Promise<void> {
  for await (const { pk, sk } of rowsOf(deps.table, listing)) await transact(deps.table, [{ remove: { pk, sk } }]);
}
