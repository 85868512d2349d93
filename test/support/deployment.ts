import { inject } from "vitest";
import { deploy, type Deployment } from "./deploy.ts";

export { mappingTo, PUBLIC_URL, type Deployment } from "./deploy.ts";

/** Latchkey as this run packaged it, for one test file. @param settings as of `deploy`. */
export function startDeployment(settings: Readonly<Record<string, string>> = {}): Promise<Deployment> {
  return deploy({ packageDirectory: inject("packageDirectory"), openapi: inject("openapi") }, inject("dynamoEndpoint"), settings);
}
