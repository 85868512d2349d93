import { epochSeconds, id, tenThousandths, type DeveloperAccountId, type MemberId, type MetricId, type ServiceId } from "../domain/brands.ts";
import { HITS } from "../domain/catalogue.ts";
import { BY_DEFAULT } from "../domain/service-settings.ts";
import type { Application, Member, Principal } from "../domain/model.ts";

import type { Report } from "../domain/reports.ts";
import { issueAccessToken } from "../operations/access-tokens.ts";
import { createAccount } from "../operations/accounts.ts";
import { createApplication } from "../operations/applications.ts";
import type { Hashing, Sealing, Storage } from "../operations/context.ts";
import { countReports } from "../operations/count-traffic.ts";
import { createInvoice } from "../operations/invoices.ts";
import { createLineItem } from "../operations/line-items.ts";
import { changeState, createMember, updateRights } from "../operations/members.ts";
import { createMetric, listMetrics } from "../operations/metrics.ts";
import { createLimit, createPlan, makeDefault } from "../operations/plans.ts";
import { promoteConfig } from "../operations/proxy-configs.ts";
import { updateProxy } from "../operations/proxies.ts";
import { createService } from "../operations/services.ts";
import { signUp } from "../operations/signup.ts";
import { newReportId } from "../secrets/random.ts";

type Person = { readonly id: number; readonly email: string; readonly token: string };
/** What `npm start` tells about the account that it made. */
export type Seeded = {
  readonly account: { readonly id: number };
  readonly people: { readonly admin: Person; readonly limited: Person; readonly none: Person };
  readonly services: readonly { readonly id: number; readonly name: string }[];
};
type Deps = Storage & Hashing & Sealing;

const SERVICES = ["Service 1", "Service 2", "Service 3"];
const DEVELOPERS = ["Bolt & Sons", "Crumb Bakery"];
const DAYS_OF_TRAFFIC = 7;
const DAY_SECONDS = 24 * 60 * 60;
const HOUR_SECONDS = 60 * 60;

/**
 * A small provider that lives, made by the same operations that the API runs: an admin, a member who holds `partners`
 * and reaches only Service 1 of three, a member who holds it and reaches none; developers with applications on each
 * service, some days of their traffic, an invoice, and configurations for gateways.
 */
export async function seed(deps: Deps): Promise<Seeded> {
  const { account, admin, value } = await createAccount(deps, { name: "Acme APIs", adminEmail: "admin@acme.example" });
  const asAdmin: Principal = { kind: "member", member: admin };

  const developers: DeveloperAccountId[] = [];
  for (const [at, orgName] of DEVELOPERS.entries()) {
    const { id: developer } = await signUp(deps, asAdmin, { orgName, username: `developer${at + 1}`, email: `developer${at + 1}@dev.example`, withPassword: true });
    developers.push(developer);
    const invoice = await createInvoice(deps, asAdmin, { developerAccountId: developer });
    await createLineItem(deps, asAdmin, invoice.id, { kind: "plain", name: "Basic plan", description: "A month of it", quantity: 1, cost: tenThousandths(490_000) });
  }
  const services: { id: number; name: string }[] = [];
  for (const name of SERVICES) services.push({ id: await livingService(deps, asAdmin, name, developers), name });

  const [first] = services;
  if (first === undefined) throw new Error("No service was made");
  return {
    account: { id: account.id },
    people: {
      admin: { id: admin.id, email: admin.email, token: value },
      limited: await person(deps, asAdmin, "limited@acme.example", [id(first.id)]),
      none: await person(deps, asAdmin, "none@acme.example", []),
    },
    services,
  };
}

/** A service with a method, a plan with a limit, an application of each developer, their traffic, and a configuration. */
async function livingService(deps: Deps, asAdmin: Principal, name: string, developers: readonly DeveloperAccountId[]): Promise<ServiceId> {
  const service = await createService(deps, asAdmin, { name, settings: { ...BY_DEFAULT, deploymentOption: "self_managed" } });
  const hits = (await listMetrics(deps, asAdmin, service.id)).find(({ systemName }) => systemName === HITS);
  if (hits === undefined) throw new Error("A service was born without hits");
  await createMetric(deps, asAdmin, service.id, { friendlyName: "Search", unit: "hit", description: "What is searched for" }, hits.id);
  const plan = await createPlan(deps, asAdmin, service.id, {
    name: "Basic", state: "published", approvalRequired: false, trialPeriodDays: 0, setupFeeCents: 0, costPerMonthCents: 4900,
  });
  await createLimit(deps, asAdmin, plan.id, hits.id, { period: "minute", value: 100 });
  await makeDefault(deps, asAdmin, service.id, plan.id);
  for (const [at, developerAccountId] of developers.entries()) {
    const application = await createApplication(deps, asAdmin, {
      serviceId: service.id, developerAccountId, planId: plan.id, name: `App ${at + 1} of ${name}`, description: `Uses ${name}`, userKey: `${service.systemName}-key-${at + 1}`,
    });
    await countReports(deps, pastTraffic(deps, application, hits.id));
  }
  await updateProxy(deps, asAdmin, service.id, { api_backend: "https://echo-api.3scale.net:443", endpoint: `https://${service.systemName.replaceAll("_", "-")}.acme.example:443` });
  await promoteConfig(deps, asAdmin, service.id, "sandbox", 1, "production");
  return service.id;
}

/** What an application used on the days before this hour: more by day than by night, a report for each day. */
function pastTraffic(deps: Deps, { accountId, serviceId, id: applicationId }: Application, metricId: MetricId): readonly Report[] {
  const now = deps.clock();
  return Array.from({ length: DAYS_OF_TRAFFIC }, (_, day): Report => ({
    id: newReportId(), accountId, serviceId, at: now,
    uses: Array.from({ length: DAY_SECONDS / HOUR_SECONDS }, (_, hour) => {
      const at = epochSeconds(now - day * DAY_SECONDS - (hour + 1) * HOUR_SECONDS);
      const hourOfDay = Math.floor((at % DAY_SECONDS) / HOUR_SECONDS);
      return { applicationId, metricId, at, amount: { op: "add" as const, value: 5 + Math.round(20 * Math.sin((Math.PI * hourOfDay) / 24)) } };
    }),
  }));
}

async function person(
  deps: Deps, asAdmin: Principal, email: string, serviceAccess: Exclude<Member["serviceAccess"], "all">,
): Promise<Person> {
  const { id: memberId } = await createMember(deps, asAdmin, { username: email, email });
  await updateRights(deps, asAdmin, id<MemberId>(memberId), { sections: ["partners"], serviceAccess });
  const member = await changeState(deps, asAdmin, memberId, "activate");
  const { value } = await issueAccessToken(
    deps, { kind: "member", member }, { name: "First token", scopes: ["account_management"], permission: "rw", expiresAt: "never" },
  );
  return { id: memberId, email, token: value };
}
