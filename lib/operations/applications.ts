import type { AccountId, ApplicationId, ServiceId } from "../domain/brands.ts";
import { notFound } from "../domain/errors.ts";
import { actorOf } from "../domain/events.ts";
import { reaches, serviceAccessOf } from "../domain/rights.ts";
import type { Application, Principal } from "../domain/model.ts";
import { newHex, newId } from "../secrets/random.ts";
import { applicationRow, findByUserKey, listApplications, readApplication } from "../table/applications.ts";
import { applicationTrafficRow, credentialsOf } from "../table/application-traffic.ts";
import { record } from "../table/events.ts";
import type { Page, PageWanted } from "../table/list.ts";
import { readServices } from "../table/services.ts";
import { keys } from "../table/model.ts";
import { transact } from "../table/transact.ts";
import { event, memberOf, untilStored, type Storage } from "./context.ts";

/** An application with the name of the service that it uses, as it is shown. */
export type ShownApplication = Application & { readonly serviceName: string };
/** A service to look in: any, one, or a text that names none. */
export type WantedService = ServiceId | "any" | "unknown";
export type NewApplication = Pick<Application, "serviceId" | "name" | "description" | "userKey"> & Partial<Pick<Application, "developerAccountId" | "planId">>;

/** Makes an application that uses a service. Refused as not found when the service is gone. */
export async function createApplication(deps: Storage, principal: Principal, wanted: NewApplication): Promise<Application> {
  const { accountId } = memberOf(principal);
  const now = deps.clock();
  return untilStored(async () => {
    const { serviceId, name } = wanted;
    const application: Application = {
      ...wanted, accountId, id: newId(), appId: newHex(8), keys: [], providerVerificationKey: newHex(32),
      state: "live", version: 1, createdAt: now, updatedAt: now,
    };
    const outcome = await transact(deps.table, [
      { put: applicationRow(application), when: "absent" },
      { check: keys.service(accountId, serviceId), when: "present" },
      ...credentialsOf(application).map((credential) => ({ put: applicationTrafficRow(application, credential), when: "absent" as const })),
      record(event(deps, {
        accountId, type: "application.created", actor: actorOf(principal), subject: { serviceId, applicationId: application.id }, facts: { name },
      })),
    ]);
    if (!outcome.done && outcome.refused.includes(1)) throw notFound();
    return outcome.done ? application : undefined;
  });
}

/** One page of the applications of the services that the principal reaches, or of one of those services. */
export async function listApplicationsFor(
  deps: Storage, principal: Principal, service: WantedService, wanted: PageWanted,
): Promise<Page<ShownApplication>> {
  const member = memberOf(principal);
  const access = serviceAccessOf(member);
  // A hidden service and one that does not exist both have no applications (D4).
  const services = service === "any" ? access : service !== "unknown" && reaches(access, service) ? [service] : [];
  const page = await listApplications(deps.table, member.accountId, services, wanted);
  return { ...page, items: await shown(deps, page.items) };
}

/** The application with this user key, or else with this id, if it uses a service that the principal reaches. */
export async function findApplicationFor(
  deps: Storage, principal: Principal,
  by: { readonly id?: ApplicationId | undefined; readonly userKey?: string | undefined; readonly serviceId: WantedService },
): Promise<ShownApplication> {
  const member = memberOf(principal);
  const found = (await sought(deps, member.accountId, by)).filter(
    ({ serviceId }) => reaches(serviceAccessOf(member), serviceId) && (by.serviceId === "any" || by.serviceId === serviceId),
  );
  // Services may have applications with the same user key, and the first of them may be on its way out.
  const [application] = await shown(deps, found);
  if (application === undefined) throw notFound();
  return application;
}

async function sought(
  deps: Storage, accountId: AccountId, { id, userKey }: { readonly id?: ApplicationId | undefined; readonly userKey?: string | undefined },
): Promise<readonly Application[]> {
  if (userKey !== undefined) return findByUserKey(deps.table, accountId, userKey);
  const application = id === undefined ? undefined : await readApplication(deps.table, accountId, id);
  return application === undefined ? [] : [application];
}

/** Adds the services' names. An application whose service has just been deleted is on its way out and not shown. */
async function shown(deps: Storage, applications: readonly Application[]): Promise<ShownApplication[]> {
  const [first] = applications;
  if (first === undefined) return [];
  const ids = [...new Set(applications.map((application) => application.serviceId))];
  const names = new Map<ServiceId, string>();
  for (let at = 0; at < ids.length; at += 100) {
    for (const service of await readServices(deps.table, first.accountId, ids.slice(at, at + 100))) names.set(service.id, service.name);
  }
  return applications.flatMap((application) => {
    const serviceName = names.get(application.serviceId);
    return serviceName === undefined ? [] : [{ ...application, serviceName }];
  });
}
