import { resolved } from "./references.ts";

/** An OpenAPI document as far as the pages look into it; what else it says is passed on to those who show it. */
export type Operation = {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string | undefined;
  readonly tags: readonly string[];
  readonly security?: readonly Readonly<Record<string, unknown>>[] | undefined;
  readonly requestBody?: { readonly content: Content } | undefined;
  readonly responses: Readonly<Record<string, Response>>;
  readonly "x-latchkey-requires"?: { readonly scopes: readonly string[]; readonly effect: string } | undefined;
};
type Content = Readonly<Record<string, { readonly schema?: { readonly anyOf?: readonly object[] | undefined; readonly [keyword: string]: unknown } | undefined }>>;
type Response = { readonly content?: Content | undefined };
export type ApiDocument = {
  readonly tags: readonly { readonly name: string; readonly description?: string | undefined }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
};

/** What belongs together within an API, by path. The first that fits; what fits none is under Other. */
const GROUPS: readonly (readonly [name: string, paths: RegExp])[] = [
  ["Access tokens", /\/access_tokens\b/],
  ["Services", /\/service_tokens?\b|\/services(?:\/\{id\})?\.json$/],
  ["Metrics and methods", /\/services\/\{service_id\}\/metrics\b/],
  ["Application plans and limits", /\/application_plans\b/],
  ["Applications", /\/admin\/api\/.*\bapplications\b/],
  ["Developer users", /\/accounts\/\{account_id\}\/users\b/],
  ["Developer accounts", /\/admin\/api\/(?:accounts|signup)\b/],
  ["Account plans", /\/account_plans\b/],
  ["Gateway configuration", /\/proxy\b|\/proxy_configs\b/],
  ["Members", /\/admin\/api\/users\b/],
  ["Provider", /\/admin\/api\/(?:provider|personal\/rights)\b/],
  ["Policies", /\/registry\/policies\b/],
  ["Audit", /\/admin\/api\/audit\b/],
  ["Invoices", /^\/api\//],
  ["Traffic", /^\/stats\//],
  ["Authorizing and reporting", /^\/transactions/],
];
export const OTHER = "Other";

export const groupOf = (path: string): string => GROUPS.find(([, paths]) => paths.test(path))?.[0] ?? OTHER;

/** Every operation of one API. */
export function operationsOf({ paths }: ApiDocument, api: string): readonly { readonly path: string; readonly method: string; readonly operation: Operation }[] {
  return Object.entries(paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ path, method, operation }))
    .filter(({ operation }) => operation.tags.includes(api)));
}

/** What calls of an API come with: the service token of a service, or an access token with one of these scopes; `writes` when some change something. */
export type Needed = { readonly kind: "service" } | { readonly kind: "access"; readonly scopes: readonly string[]; readonly writes: boolean };

/** What every operation of an API takes. */
export function neededBy(document: ApiDocument, api: string): Needed {
  const operations = operationsOf(document, api).map(({ operation }) => operation);
  if (operations.some(({ security }) => security?.some((scheme) => "serviceToken" in scheme))) return { kind: "service" };
  const asked = operations.flatMap((operation) => operation["x-latchkey-requires"] ?? []);
  const scopes = [...new Set(asked.flatMap((each) => each.scopes))].filter((scope) => asked.every((each) => each.scopes.includes(scope)));
  return { kind: "access", scopes, writes: asked.some(({ effect }) => effect === "write") };
}

/**
 * One API out of the document, to be read and tried at `origin`: in groups, and without what can be had in another way too,
 * be it a credential, a type of body, attributes under a name, or PATCH for PUT. Failures are told, their bodies are not drawn.
 */
export function viewOf(document: ApiDocument, api: string, origin: string): ApiDocument {
  const paths: Record<string, Record<string, Operation>> = {};
  for (const { path, method, operation } of operationsOf(document, api)) {
    const { put, patch } = document.paths[path] ?? {};
    const isTwin = put !== undefined && patch?.operationId === `${put.operationId}ByPatch`;
    if (isTwin && operation === patch) continue;
    const { description = "", requestBody, responses } = operation;
    (paths[path] ??= {})[method] = {
      ...operation, tags: [groupOf(path)],
      description: isTwin && operation === put ? `${description} \`PATCH\` does the same.` : description,
      ...(requestBody === undefined ? {} : { requestBody: { ...requestBody, content: plainest(document, requestBody.content) } }),
      responses: Object.fromEntries(Object.entries(responses).map(([status, response]) => [status, toldOf(document, status, response)])),
    };
  }
  const groups = [...GROUPS.map(([name]) => name), OTHER].filter((name) => Object.keys(paths).some((path) => groupOf(path) === name));
  return { ...document, ...{ servers: [{ url: origin }], security: [{ bearer: [] }] }, tags: groups.map((name) => ({ name })), paths };
}

function plainest(document: ApiDocument, content: Content): Content {
  const [type, { schema, ...body }] = Object.entries(content).find(([name]) => name === "application/json") ?? Object.entries(content)[0] ?? ["", {}];
  const { properties, ...plain } = resolved(document, schema?.anyOf?.[0] ?? schema ?? {}) as { readonly properties?: Readonly<Record<string, unknown>> };
  const others = Object.entries(properties ?? {}).filter(([name]) => name !== "service_token");
  // What is not named has no name to those who only hear it.
  return { [type]: { ...body, schema: { title: "Body", ...plain, ...(properties === undefined ? {} : { properties: Object.fromEntries(others) }) } } };
}

function toldOf(document: ApiDocument, status: string, response: Response): Response {
  const { content, ...rest } = resolved(document, response) as Response;
  return status.startsWith("2") && content !== undefined ? { ...rest, content: plainest(document, content) } : rest;
}

/** Whether any operation of a view is found. */
export const isFoundIn = ({ paths }: ApiDocument, sought: string): boolean =>
  Object.entries(paths).some(([path, methods]) => Object.entries(methods).some(([method, { summary }]) => isFound(sought, { method, path, summary, group: groupOf(path) })));

/** Whether an operation is one that somebody looks for who writes this: every word is in its method, path, summary or group. */
export function isFound(sought: string, { method, path, summary, group }: { readonly method: string; readonly path: string; readonly summary: string; readonly group: string }): boolean {
  const text = `${method} ${path} ${summary} ${group}`.toLowerCase();
  return sought.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}
