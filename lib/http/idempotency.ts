import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { DomainError } from "../domain/errors.ts";
import type { Principal } from "../domain/model.ts";
import { memberOf, type Named } from "../operations/context.ts";
import { hashOf, keys } from "../table/model.ts";
import { headerOf } from "./credential.ts";

const NAME = /^[\x20-\x7e]{1,255}$/;

/**
 * The name that a client gives a request that it may have to send again (IETF: The Idempotency-Key HTTP Header Field). It counts
 * for POST, which makes something each time; whatever else is sent twice asks for the same state twice. A blank one is none.
 */
export function namedRequest(event: APIGatewayProxyEventV2, principal: Principal, asked: readonly unknown[]): Named | undefined {
  const name = headerOf(event, "idempotency-key")?.trim();
  if (event.requestContext.http.method !== "POST" || name === undefined || name === "") return undefined;
  if (!NAME.test(name)) throw new DomainError("malformed_request", "Idempotency-Key must be up to 255 visible ASCII characters");
  const { accountId, id } = memberOf(principal);
  const speaker = principal.kind === "access_token" ? String(principal.token.id) : "in person";
  return { key: keys.request(accountId, id, speaker, name), asked: hashOf(JSON.stringify(asked)) };
}
