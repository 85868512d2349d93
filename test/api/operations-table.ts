import type { Operation } from "../../lib/http/operation.ts";
import type { Deployment } from "../support/deployment.ts";
import type { TestAccount } from "../support/account.ts";
import { request, type Answer } from "../support/request.ts";

/**
 * What must exist for each operation to have something to work on, made through the API itself. A new operation needs
 * a line in FIXTURES for each new variable of its path, and one in INPUTS if it asks for attributes.
 */
const S = "/admin/api/services/{}";
const P = "/admin/api/application_plans/{}";
const service = (w: World) => w.at(S);
const hits = async (w: World) => (await w.get(`/admin/api/services/${await service(w)}/metrics`)).metrics[0].metric.id as number;
const A = "/admin/api/accounts/{}";
const app = `${A}/applications/{}`;
const I = "/api/invoices/{}";
const invoice = (w: World) => w.at(I);
const account = (w: World) => w.at(A);
const plan = (w: World) => w.at(`${S}/application_plans/{}`);
const accessToken = (w: World) => w.make("/admin/api/personal/access_tokens", INPUTS["createAccessToken"]!(w));

/**
 * By the path up to and with the variable; with the segment after it when what follows needs another thing there.
 * Gives what stands for the variable.
 */
const FIXTURES: Readonly<Record<string, (w: World) => string | number | Promise<string | number>>> = {
  [S]: (w) => w.make("/admin/api/services", { name: w.unique("Service") }),
  [`${S}/metrics/{}`]: async (w) => w.make(`/admin/api/services/${await service(w)}/metrics`, { friendly_name: w.unique("Metric"), unit: "hit" }),
  [`${S}/metrics/{}/methods`]: hits,
  [`${S}/metrics/{}/methods/{}`]: async (w) => w.make(`/admin/api/services/${await service(w)}/metrics/${await hits(w)}/methods`, { friendly_name: w.unique("Method") }),
  [`${S}/application_plans/{}`]: async (w) => w.make(`/admin/api/services/${await service(w)}/application_plans`, { name: w.unique("Plan") }),
  [`${S}/proxy/mapping_rules/{}`]: async (w) => w.make(`/admin/api/services/${await service(w)}/proxy/mapping_rules`, INPUTS["createMappingRule"]!(w)),
  [`${S}/proxy/configs/{}`]: () => "sandbox",
  [`${S}/proxy/configs/{}/{}`]: async (w) => {
    await w.change(`/admin/api/services/${await service(w)}/proxy`, { api_backend: "https://api.example:443" });
    return "1";
  },
  "/admin/api/account/proxy_configs/{}": () => "sandbox",
  "/admin/api/registry/policies/{}": (w) => w.make("/admin/api/registry/policies", INPUTS["createRegistryPolicy"]!(w)),
  [P]: plan,
  [`${P}/metrics/{}`]: (w) => w.at(`${S}/metrics/{}`),
  [`${P}/metrics/{}/limits/{}`]: async (w) => w.make(`/admin/api/application_plans/${await w.at(P)}/metrics/${await w.at(`${S}/metrics/{}`)}/limits`, { period: "day", value: 1 }),
  // On a plan of its own: the default one may be gone by then.
  [A]: async (w) => w.make("/admin/api/signup", { ...(await INPUTS["signUp"]!(w)), account_plan_id: await w.make("/admin/api/account_plans", { name: w.unique("Plan") }) }),
  [`${A}/users/{}`]: async (w) => w.make(`/admin/api/accounts/${await account(w)}/users`, INPUTS["createDeveloperUser"]!(w)),
  [app]: async (w) => w.make(`/admin/api/accounts/${await account(w)}/applications`, INPUTS["createApplication"]!(w)),
  [`${app}/keys/{}`]: async (w) => {
    const key = w.unique("key");
    await w.make(`/admin/api/accounts/${await account(w)}/applications/${await w.at(app)}/keys`, { key });
    return key;
  },
  [I]: (w) => w.make("/api/invoices", INPUTS["createInvoice"]!(w)),
  [`${I}/line_items/{}`]: async (w) => w.make(`/api/invoices/${await invoice(w)}/line_items`, { name: "Work", cost: 1 }),
  "/api/accounts/{}": account,
  "/api/accounts/{}/invoices/{}": invoice,
  "/stats/services/{}": service,
  "/stats/applications/{}": (w) => w.at(app),
  "/admin/api/account_plans/{}": (w) => w.make("/admin/api/account_plans", { name: w.unique("Plan") }),
  "/admin/api/users/{}": (w) => w.make("/admin/api/users", { email: `${w.unique("user")}@example.com` }),
  // Only one's own tokens can be made, there too.
  "/admin/api/users/{}/access_tokens": (w) => w.self,
  "/admin/api/users/{}/access_tokens/{}": accessToken,
  "/admin/api/personal/access_tokens/{}": accessToken,
};

/** What an operation is given so that nothing but rights can be wrong with it; of a GET or DELETE, the query. */
export const INPUTS: Readonly<Record<string, (w: World) => object | Promise<object>>> = {
  createAccessToken: (w) => ({ name: w.unique("Token"), scopes: ["stats"], permission: "ro" }),
  createAccessTokenOfUser: (w) => ({ name: w.unique("Token"), scopes: ["stats"], permission: "ro" }),
  findApplication: async (w) => ({ id: await w.at(app) }),
  findAccountApplication: async (w) => ({ id: await w.at(app) }),
  createApplication: async (w) => ({ plan_id: await plan(w), name: w.unique("Application"), description: "" }),
  changeApplicationPlan: async (w) => ({ plan_id: await plan(w) }),
  signUp: (w) => ({ org_name: w.unique("Org"), username: w.unique("user"), email: `${w.unique("user")}@example.com`, password: "secret" }),
  findDeveloperAccount: async (w) => ({ user_id: await w.at(`${A}/users/{}`) }),
  createDeveloperUser: (w) => ({ username: w.unique("user"), email: `${w.unique("user")}@example.com` }),
  createAccountPlan: (w) => ({ name: w.unique("Plan") }),
  changePlanOfDeveloperAccount: async (w) => ({ plan_id: await w.at("/admin/api/account_plans/{}") }),
  readServiceUsage: () => ({ metric_name: "hits", period: "month" }),
  readApplicationUsage: () => ({ metric_name: "hits", period: "month" }),
  listTopApplications: () => ({ metric_name: "hits", period: "month", since: "2026-01-01" }),
  createInvoice: async (w) => ({ account_id: await account(w) }),
  updateInvoice: () => ({ period: "2030-01" }),
  changeInvoiceState: () => ({ state: "finalized" }),
  createLineItem: () => ({ name: "Work", cost: 1 }),
  updateProvider: (w) => ({ org_name: w.unique("Provider") }),
  createUser: (w) => ({ email: `${w.unique("new")}@example.com` }),
  updatePermissions: () => ({ allowed_sections: ["finance"] }),
  createService: (w) => ({ name: w.unique("Service") }),
  createMetric: (w) => ({ friendly_name: w.unique("Metric"), unit: "hit" }),
  createMethod: (w) => ({ friendly_name: w.unique("Method") }),
  createMappingRule: async (w) => ({ http_method: "GET", pattern: `/${w.unique("path")}`, delta: 1, metric_id: await w.at(`${S}/metrics/{}`) }),
  updateProxy: (w) => ({ api_backend: `https://${w.unique("api")}.example:443` }),
  updatePolicyChain: (w) => ({ policies_config: [{ name: w.unique("policy"), version: "1", configuration: {}, enabled: true }] }),
  updateOidcConfiguration: () => ({ implicit_flow_enabled: true }),
  promoteProxyConfig: () => ({ to: "production" }),
  createRegistryPolicy: (w) => ({ name: w.unique("policy"), version: "1", schema: { $schema: "x", name: "x", summary: "x", version: "1", configuration: {} } }),
  createApplicationPlan: (w) => ({ name: w.unique("Plan") }),
  createLimit: () => ({ period: "week", value: 1 }),
};

/** Operations that name what they are about in their input: there is a thing to hide although the path has no variable. */
export const NAMED_BY_INPUT: readonly string[] = ["findApplication", "findDeveloperAccount"];

/** Operations about services whose path names something else: of a hidden service they list nothing, where others find nothing. */
export const LISTS_OF_SEVERAL_SERVICES: readonly string[] = ["listAccountApplications"];

let made = 0;

/** One service and what belongs to it, in one account, each thing made when it is first wanted. */
export class World {
  readonly self: number;
  readonly #call: (method: string, path: string, json?: object) => Promise<Answer>;
  readonly #things = new Map<string, Promise<string>>();

  constructor(latchkey: Deployment, account: TestAccount) {
    this.self = account.admin.member.id;
    this.#call = (method, path, json) => request(latchkey, method, `${path}.json`, { token: account.admin.value, ...(json === undefined ? {} : { json }) });
  }

  /** A name that nothing has. */
  unique(what: string): string {
    return `${what}${++made}`;
  }

  /** What stands for a variable: see FIXTURES. */
  at(place: string): Promise<string> {
    const fixture = FIXTURES[place];
    if (fixture === undefined) throw new Error(`Add "${place}" to FIXTURES in test/api/operations-table.ts`);
    const thing = this.#things.get(place) ?? Promise.resolve(fixture(this)).then(String);
    this.#things.set(place, thing);
    return thing;
  }

  /** POSTs to a list; the id of what that made. */
  async make(path: string, json: object | Promise<object>): Promise<number> {
    const { status, text, json: answer } = await this.#call("POST", path, await json);
    if (status !== 201) throw new Error(`POST ${path} answered ${status} ${text}: see test/api/operations-table.ts`);
    return (Object.values(answer as Record<string, { id: number }>)[0]!).id;
  }

  async change(path: string, json: object): Promise<void> {
    const { status, text } = await this.#call("PUT", path, json);
    if (status !== 200) throw new Error(`PUT ${path} answered ${status} ${text}: see test/api/operations-table.ts`);
  }

  // oxlint-disable-next-line typescript/no-explicit-any -- an answer, of which one attribute is taken
  async get(path: string): Promise<any> {
    return (await this.#call("GET", path)).json;
  }

  /** Everything that was made here. */
  async ids(): Promise<readonly string[]> {
    return Promise.all(this.#things.values());
  }
}

/** The places of a path's variables, as FIXTURES knows them. */
export function placesIn({ path }: Operation): readonly string[] {
  const segments = path.replaceAll(/\{\w+\+?\}/g, "{}").split("/");
  return segments.flatMap((segment, at) => {
    if (segment !== "{}") return [];
    const place = segments.slice(0, at + 1).join("/");
    const next = segments[at + 1] ?? "{}";
    return [next !== "{}" && `${place}/${next}` in FIXTURES ? `${place}/${next}` : place];
  });
}

/** The path of an operation, with what stands for its variables. */
export async function pathOf(operation: Operation, at: (place: string, variable: string, isLast: boolean) => Promise<string>): Promise<string> {
  const variables = [...operation.path.matchAll(/\{(\w+)\+?\}/g)].map(([, name = ""]) => name);
  const values = await Promise.all(placesIn(operation).map((place, position) => at(place, variables[position]!, position === variables.length - 1)));
  let position = 0;
  return operation.path.replaceAll(/\{\w+\+?\}/g, () => encodeURIComponent(values[position++]!));
}

/** What an operation is given: in the query of a GET or DELETE, in the body of any other. */
export async function givenTo({ name }: Operation, method: string, world: World): Promise<{ readonly query: string; readonly json?: object }> {
  const input = await INPUTS[name]?.(world);
  if (input === undefined) return { query: "" };
  return ["GET", "DELETE"].includes(method) ? { query: `?${new URLSearchParams(input as Record<string, string>).toString()}` } : { query: "", json: input };
}

/** What a new operation lacks here, told as what to do. */
export function lacking(operation: Operation): readonly string[] {
  const places = placesIn(operation).filter((place) => !(place in FIXTURES));
  return [
    ...places.map((place) => `${operation.name}: add "${place}" to FIXTURES in test/api/operations-table.ts`),
    ...(operation.input.safeParse({}).success || operation.name in INPUTS ? [] : [`${operation.name}: add what it asks for to INPUTS in test/api/operations-table.ts`]),
  ];
}
