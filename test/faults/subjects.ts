import type { World } from "../api/operations-table.ts";

/**
 * What an operation is about here, where the thing that test/api/operations-table.ts has for its path would be refused as it
 * stands: by the place in the path. And what it is given, where nothing would change nothing.
 */
const user = async (w: World, ...transitions: readonly string[]) => {
  const id = await w.make("/admin/api/users", { email: `${w.unique("subject")}@example.com` });
  for (const transition of transitions) await w.change(`/admin/api/users/${id}/${transition}`, {});
  return id;
};
const A = "/admin/api/accounts/{}";

const S = "/admin/api/services/{}";
const developer = (w: World) => w.make("/admin/api/signup", { org_name: w.unique("Org"), username: w.unique("user"), email: `${w.unique("user")}@example.com` });
const developerUser = async (w: World, ...transitions: readonly string[]) => {
  const users = `/admin/api/accounts/${await w.at(A)}/users`;
  const id = await w.make(users, { username: w.unique("user"), email: `${w.unique("user")}@example.com` });
  for (const transition of transitions) await w.change(`${users}/${id}/${transition}`, {});
  return id;
};
const plan = async (w: World, how: object = {}) => w.make(`/admin/api/services/${await w.at(S)}/application_plans`, { name: w.unique("Plan"), ...how });
const application = async (w: World, planId: number | string, ...transitions: readonly string[]) => {
  const applications = `/admin/api/accounts/${await w.at(A)}/applications`;
  const id = await w.make(applications, { plan_id: planId, name: w.unique("Application"), description: "" });
  for (const transition of transitions) await w.change(`${applications}/${id}/${transition}`, {});
  return id;
};

/** By the operation's name, what stands at the last place of its path. */
export const SUBJECTS: Readonly<Record<string, (w: World) => Promise<number | string>>> = {
  suspendUser: (w) => user(w, "activate"),
  unsuspendUser: (w) => user(w, "activate", "suspend"),
  makeMember: (w) => user(w, "activate", "admin"),
  acceptApplication: async (w) => application(w, await plan(w, { approval_required: true })),
  resumeApplication: async (w) => application(w, await w.at(`${S}/application_plans/{}`), "suspend"),
  deleteMetric: async (w) => w.make(`/admin/api/services/${await w.at(S)}/metrics`, { friendly_name: w.unique("Metric"), unit: "hit" }),
  deleteApplicationPlan: (w) => plan(w),
  // Another one is the default by then, and gives way.
  makeApplicationPlanDefault: async (w) => {
    const former = await plan(w);
    await w.change(`/admin/api/services/${await w.at(S)}/application_plans/${former}/default`, {});
    return plan(w);
  },
  deleteDeveloperAccount: async (w) => {
    const id = await developer(w);
    await w.make(`/admin/api/accounts/${id}/applications`, { plan_id: await w.at(`${S}/application_plans/{}`), name: w.unique("Application"), description: "" });
    return id;
  },
  approveDeveloperAccount: (w) => developer(w),
  makeDeveloperUserMember: (w) => developerUser(w, "admin"),
  suspendDeveloperUser: (w) => developerUser(w, "activate"),
  unsuspendDeveloperUser: (w) => developerUser(w, "activate", "suspend"),
  // A rule that no gateway has been told of.
  deployProxy: async (w) => {
    const service = await w.make("/admin/api/services", { name: w.unique("Service") });
    await w.change(`/admin/api/services/${service}/proxy`, { api_backend: "https://api.example:443" });
    const { metrics: [{ metric }] } = await w.get(`/admin/api/services/${service}/metrics`);
    await w.make(`/admin/api/services/${service}/proxy/mapping_rules`, { http_method: "GET", pattern: "/new", delta: 1, metric_id: metric.id });
    return service;
  },
};

export const CHANGES: Readonly<Record<string, (w: World) => object>> = {
  updateUser: (w) => ({ email: `${w.unique("renamed")}@example.com` }),
  updateInvoice: () => ({ period: new Date().toISOString().slice(0, 7) }),
  updateApplication: (w) => ({ user_key: w.unique("user-key-") }),
  updateService: (w) => ({ name: w.unique("Renamed"), backend_version: "2" }),
};

/** What they leave behind is not in their transaction: the event that is sees to it, if they do not come to it. */
export const FINISHED_BY_EVENT: readonly string[] = ["deleteDeveloperAccount"];

/** Of what they make nobody knows the value: when they are asked again, it gets another one, and that is recorded. */
export const REPLACING: Readonly<Record<string, string>> = { createAccessToken: "access_token.updated", createAccessTokenOfUser: "access_token.updated" };

/** Refused whatever there is: nobody takes the money. */
export const NEVER_DONE: readonly string[] = ["chargeInvoice"];

