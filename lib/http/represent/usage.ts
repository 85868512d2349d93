import { isoIn, railsTextIn } from "../../domain/time-zones.ts";
import type { Window } from "../../domain/analytics/window.ts";
import type { Metric } from "../../domain/catalogue.ts";
import type { TopApplications, Usage, UsingApplication } from "../../operations/analytics.ts";
import type { Representation } from "../reply.ts";

/** What was used over a time: 3scale's app/lib/stats/views/usage.rb, its XML view and its table. */
export const usage: Representation<Usage> = {
  one: "usage",
  many: "usages",
  json: ({ metric, window, total, values, of, before }, base) => ({
    metric: metricOf(metric),
    period: { name: window.name, ...spanOf(window, isoIn), timezone: window.zone.name, granularity: window.granularity },
    total, values,
    application: of && applicationOf(of, base),
    previous_total: before?.total, change: before?.change,
  }),
  xml: ({ metric, window, total, values, of }) => ({
    metric: metricOf(metric),
    period: { ...spanOf(window, railsTextIn), name: window.name ?? "", granularity: window.granularity },
    data: { total, values: { "@_length": values.length, "#text": values.join(",") } },
    application: of && { id: of.application.id, name: of.application.name, ...ownersInXml(of) },
  }),
  csv: ({ at, metric, window: { zone, borders }, values }) => ({
    name: `usage-${at}.csv`,
    rows: [
      ["Metric System Name", "Metric Name", "Date", "Value"],
      ...values.map((value, cycle) => [metric.systemName, metric.friendlyName, railsTextIn(zone, borders[cycle] ?? 0), value]),
    ],
  }),
};

/** Who used most: 3scale's app/lib/stats/service.rb, its XML view and its table. */
export const top: Representation<TopApplications> = {
  one: "top",
  many: "tops",
  json: ({ applications, metric, window }) => ({
    applications: applications.map((one) => ({
      name: one.application.name, id: one.application.id, value: one.value, ...ownersOf(one), service: { id: one.application.serviceId },
    })),
    metric: metricOf(metric),
    period: { name: window.name, ...spanOf(window, isoIn) },
  }),
  xml: ({ applications, metric, window }) => ({
    metric: metricOf(metric),
    period: { name: window.name, ...spanOf(window, railsTextIn) },
    applications: {
      application: applications.map((one) => ({ value: one.value, id: one.application.id, name: one.application.name, ...ownersInXml(one) })),
    },
  }),
  csv: ({ at, applications }) => ({
    name: `top-applications-${at}.csv`,
    rows: [
      ["Application Name", "Application ID", "Plan Name", "Plan ID", "Account Name", "Account ID", "Total"],
      ...applications.map(({ application, plan, developer, value }) => [
        application.name, application.id, plan?.name ?? "", plan?.id ?? "", developer?.orgName ?? "", developer?.id ?? "", value,
      ]),
    ],
  }),
};

function metricOf({ id, friendlyName, systemName, unit }: Metric) {
  return { id, name: friendlyName, system_name: systemName, unit };
}

/** The first and the last second. */
function spanOf({ zone, borders }: Window, written: typeof isoIn) {
  return { since: written(zone, borders[0] ?? 0), until: written(zone, (borders.at(-1) ?? 0) - 1) };
}

function applicationOf(of: UsingApplication, base: string) {
  const { id, name, state, description, serviceId } = of.application;
  const { plan, account } = ownersOf(of);
  return {
    id, name, state, link: `${base}/admin/api/applications/find.json?application_id=${id}`, description,
    plan, account: account && { ...account, link: `${base}/admin/api/accounts/${account.id}` },
    service: { id: serviceId },
  };
}

function ownersOf({ plan, developer }: UsingApplication) {
  return {
    account: developer && { id: developer.id, name: developer.orgName },
    plan: plan && { id: plan.id, name: plan.name },
  };
}

function ownersInXml({ plan, developer }: UsingApplication) {
  return {
    plan: plan && { id: plan.id, name: plan.name },
    account: developer && { name: developer.orgName, id: developer.id },
  };
}
