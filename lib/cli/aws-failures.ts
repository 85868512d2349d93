import { NotFoundException } from "@aws-sdk/client-kms";
import { DomainError } from "../domain/errors.ts";
import { isDynamoDbError } from "../table/dynamodb/error.ts";
import { Failure, inOneLine } from "./failure.ts";
import type { Place } from "./target.ts";

const NO_CREDENTIALS = new Set(["CredentialsProviderError", "TokenProviderError"]);
const BAD_CREDENTIALS = new Set([
  "ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "InvalidSignatureException", "MissingAuthenticationTokenException",
  "SignatureDoesNotMatch", "UnrecognizedClientException",
]);
const UNREACHABLE = new Set(["ECONNREFUSED", "ECONNRESET", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH", "ENOTFOUND", "EPIPE", "ETIMEDOUT", "TimeoutError"]);

/** What stopped a command, as one line that says what to do. AWS's own words stay where they name what is missing. */
export function explained(error: unknown, { stage, table, region }: Place): Failure {
  const failure = (line: string) => new Failure(line, 1, { cause: error });
  if (error instanceof Failure) return error;
  if (isDynamoDbError(error, "ResourceNotFoundException")) {
    return failure(`There is no table ${table} in ${region}: deploy first (npx serverless deploy --stage ${stage}), or name the right --stage, --table and --region.`);
  }
  if (error instanceof NotFoundException) {
    return failure(`There is no key alias/latchkey-${stage} in ${region}: deploy first (npx serverless deploy --stage ${stage}), or name the right --stage and --region.`);
  }
  if (error instanceof DomainError) return failure(`${error.message}${wrongFields(error)}.`);

  const names = namesOf(error);
  if (names.some((name) => NO_CREDENTIALS.has(name))) {
    return failure(`No AWS credentials were found: sign in (aws sso login), or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; for the Latchkey on this machine add --local. (${inOneLine(error)})`);
  }
  if (names.some((name) => BAD_CREDENTIALS.has(name))) return failure(`AWS does not accept these credentials: sign in again, or set others. (${inOneLine(error)})`);
  if (names.some((name) => name.startsWith("AccessDenied"))) {
    return failure(`These AWS credentials may not do this: use others, or have the missing permission added. (${inOneLine(error)})`);
  }
  if (names.some((name) => UNREACHABLE.has(name))) {
    return failure(`AWS in ${region} cannot be reached: check the region and the network. What was to be made may be there all the same: look before you try again. (${inOneLine(error)})`);
  }
  return failure(`${table} in ${region}: ${inOneLine(error)}`);
}

function wrongFields({ fields }: DomainError): string {
  const all = Object.entries(fields).map(([field, messages]) => `${field} ${messages.join(", ")}`);
  return all.length === 0 ? "" : `: ${all.join("; ")}`;
}

/** What an error is called: by AWS, whose clients keep its names, or by the network, in a code. */
function namesOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  return [error.name, ...("code" in error ? [String(error.code)] : [])];
}
