import { setting } from "../lib/http/runtime.ts";
import { JSON_TYPE, type HttpResponse } from "../lib/http/errors.ts";
import type { Operation } from "../lib/http/operation.ts";
import { openapiDocument } from "../lib/openapi/document.ts";
import * as accessTokens from "./access-tokens.ts";
import * as accountManagement from "./account-management.ts";
import * as analytics from "./analytics.ts";
import * as billing from "./billing.ts";
import * as proxyConfigs from "./proxy-configs.ts";
import * as serviceCreation from "./service-creation.ts";
import * as serviceTokens from "./service-tokens.ts";
import * as services from "./services.ts";

/** Every module whose exports are deployed functions. One that is missing makes a test fail. */
const DEPLOYED = [accessTokens, accountManagement, analytics, billing, proxyConfigs, serviceCreation, services, serviceTokens];

/** The document of all operations that are served. Public: it says how the API is used, and nothing of anybody's. */
export const document = () => openapiDocument(DEPLOYED.flatMap(operationsOf), setting("PUBLIC_URL"));

let written: string | undefined;

/** GET /openapi.json */
export async function handler(): Promise<HttpResponse> {
  written ??= JSON.stringify(document());
  return { statusCode: 200, headers: { "content-type": JSON_TYPE, "cache-control": "public, max-age=300", "x-content-type-options": "nosniff" }, body: written };
}

function operationsOf(module: object): readonly Operation[] {
  return Object.values(module).flatMap((exported: { readonly operations?: readonly Operation[] }) => exported.operations ?? []);
}
