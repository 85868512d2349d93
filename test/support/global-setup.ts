import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import type { TestProject } from "vitest/node";
import { document } from "../../functions/openapi.ts";
import { startDynamoDbLocal } from "../../lib/local/dynamodb-local.ts";
import type { OpenApi } from "./answers.ts";
import { packageService } from "./package-service.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** Where the one DynamoDB Local of this run listens; every test file has a database of its own in it. */
    dynamoEndpoint: string;
    /** The directory with the CloudFormation template and the zips that would be deployed. */
    packageDirectory: string;
    /** The OpenAPI document of the operations, which every answer is held against. */
    openapi: OpenApi;
  }
}

/** Once per run: the database, and the package that `serverless deploy` would upload. Fails clearly without Java. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const place = await mkdtemp(path.join(tmpdir(), "latchkey-package-"));
  const packageDirectory = path.join(place, "package");
  const [database] = await Promise.all([startDynamoDbLocal({ separate: true }), packageService(packageDirectory)]);
  project.provide("dynamoEndpoint", database.endpoint);
  project.provide("packageDirectory", packageDirectory);
  process.env["PUBLIC_URL"] = "https://latchkey.example";
  project.provide("openapi", document() as OpenApi);
  return async () => {
    await database.stop();
    await rm(place, { recursive: true, force: true });
  };
}
