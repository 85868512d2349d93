import { REGION } from "./aws.ts";
import { resolveStrings, type LambdaFunction, type Values } from "./template.ts";

/** Lambda, "Quotas": all environment variables of a function together. */
const MAX_BYTES = 4096;

/**
 * The environment in which Lambda would start a function: its own variables from the template, resolved, and those
 * the runtime defines (Lambda, "Using Lambda environment variables"). Its access key id is its logical id, by which
 * the IAM proxy knows whose role to judge a call by.
 *
 * @param extra what only a test needs, such as AWS_ENDPOINT_URL_DYNAMODB.
 */
export function environmentOf(fn: LambdaFunction, values: Values, extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  const own = resolveStrings(fn.env, values);
  const bytes = Buffer.byteLength(Object.entries(own).flat().join(""));
  if (bytes > MAX_BYTES) throw new Error(`${fn.name} has ${bytes} bytes of environment, Lambda allows ${MAX_BYTES}.`);
  return {
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_LAMBDA_FUNCTION_NAME: fn.functionName,
    AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(fn.memoryMb),
    AWS_ACCESS_KEY_ID: fn.logicalId,
    AWS_SECRET_ACCESS_KEY: "local",
    ...extra,
    ...own,
  };
}
