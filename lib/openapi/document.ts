import manifest from "../../package.json" with { type: "json" };
import type { Operation } from "../http/operation.ts";
import { described, type Described } from "./described.ts";
import { errorResponses } from "./errors.ts";
import { inputName, inputOf, operationObject, pathOf, TAGS } from "./operation.ts";
import { outputSchema } from "./schema.ts";
import { SCHEMAS } from "./schemas.ts";
import { serviceManagementPaths, serviceManagementComponents } from "./service-management.ts";

const DESCRIPTION = `Access tokens and service tokens for companies that offer APIs, with the paths and bodies of Red Hat 3scale.

The format follows the path's extension, never \`Accept\`: \`.json\`, also without an extension, and \`.xml\` where an operation says so. Parameters are
those of query and body together; forms write lists as \`name[]=…\`. Answers may gain attributes: ignore those you do not know.`;

const METADATA = {
  type: "object", description: "There when the list is longer than a page; the totals only with page numbers, and where 3scale tells them.",
  properties: {
    ...Object.fromEntries(["per_page", "total_entries", "total_pages", "current_page"].map((name) => [name, { type: "integer" }])),
    next: { type: "string", description: "The cursor to go on by: send it as `after` with the same filters. Absent when nothing follows." },
  },
  required: ["per_page"],
};

/** How an access token may come (D15). Any one will do. */
const ACCESS_TOKEN_SCHEMES = {
  bearer: { type: "http", scheme: "bearer", description: "An access token." },
  basic: { type: "http", scheme: "basic", description: "An access token as user name, or as password when the user name is blank." },
  accessTokenParameter: { type: "apiKey", in: "query", name: "access_token", description: "For programs written for 3scale; also in a body." },
};

/** The OpenAPI 3.1 document of these operations and of the Service Management API, served at `server`. Throws when an answer has no schema. */
export function openapiDocument(operations: readonly Operation[], server: string) {
  const paths: Record<string, Record<string, object>> = {};
  for (const operation of operations) {
    for (const method of operation.methods) {
      (paths[pathOf(operation)] ??= {})[method.toLowerCase()] = operationObject(operation, method, describedBy(operation));
    }
  }
  const inputs = operations.map((operation) => [inputName(operation.name), inputOf(operation)] as const);
  return {
    openapi: "3.1.0",
    info: { title: "Latchkey", version: manifest.version, description: DESCRIPTION, license: { name: manifest.license, identifier: manifest.license } },
    servers: [{ url: server }],
    tags: TAGS.map(([name, , description]) => ({ name, description })),
    security: Object.keys(ACCESS_TOKEN_SCHEMES).map((scheme) => ({ [scheme]: [] })),
    paths: { ...paths, ...serviceManagementPaths },
    components: {
      schemas: {
        Metadata: METADATA,
        ...Object.fromEntries(SCHEMAS.map(({ name, schema }) => [name, outputSchema(schema)])),
        ...Object.fromEntries(inputs.filter(([, { properties = {} }]) => Object.keys(properties).length > 0)),
      },
      responses: { ...errorResponses, ...serviceManagementComponents.responses },
      securitySchemes: { ...ACCESS_TOKEN_SCHEMES, ...serviceManagementComponents.securitySchemes },
    },
  };
}

function describedBy({ name, answer }: Operation): Described | undefined {
  const { as } = answer;
  if (as === undefined) return undefined;
  const found = SCHEMAS.find(({ of }) => of === answer || of === as);
  if (found !== undefined) return found;
  throw new Error(`The answer of ${name} has no schema: add ${described.name}(…) for the representation "${as.one}" to a file of lib/openapi/schemas/, and that file to lib/openapi/schemas.ts`);
}
