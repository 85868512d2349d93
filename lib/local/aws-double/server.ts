import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { AwsError, internalFailure } from "./operation.ts";
import type { Service } from "./operation.ts";

/** What the X-Amz-Target header calls each service. */
const SERVICE_OF_TARGET: ReadonlyMap<string, Service> = new Map([
  ["TrentService", "kms"],
  ["AmazonSQS", "sqs"],
  ["AWSEvents", "events"],
  ["secretsmanager", "secretsmanager"],
]);

/** Answers one operation of one service, or throws an AwsError. */
export type Answer = (service: Service, operation: string, input: unknown) => object;

/**
 * An HTTP server that speaks the JSON protocol of AWS: POST /, the operation in X-Amz-Target, an error's name in
 * X-Amzn-ErrorType. Signatures are not checked; who may ask is decided by listening on loopback and by the Host
 * header, since a web page can make its own name point at 127.0.0.1 but cannot send another name.
 */
export function jsonProtocolServer(answer: Answer): Server {
  return createServer((request, response) => {
    void respond(request, response, answer);
  });
}

async function respond(request: IncomingMessage, response: ServerResponse, answer: Answer): Promise<void> {
  try {
    if (!isForLoopback(request)) throw new AwsError("AccessDeniedException", "Not a loopback host name.", 403);
    const { service, operation } = target(request);
    send(response, 200, answer(service, operation, parseJson(await text(request))));
  } catch (error) {
    const { code, message, status } = error instanceof AwsError ? error : internalFailure(error);
    response.setHeader("x-amzn-errortype", code);
    send(response, status, { __type: code, message });
  }
}

function isForLoopback({ headers }: IncomingMessage): boolean {
  return /^(127\.0\.0\.1|localhost)(:\d+)?$/.test(headers.host ?? "");
}

function target({ headers }: IncomingMessage): { service: Service; operation: string } {
  const [prefix = "", operation = ""] = String(headers["x-amz-target"]).split(".");
  const service = SERVICE_OF_TARGET.get(prefix);
  if (service === undefined) throw new AwsError("UnknownOperationException", "No such service here.");
  return { service, operation };
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new AwsError("SerializationException", "The body is not JSON.");
  }
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/x-amz-json-1.1", "x-amzn-requestid": randomUUID() });
  response.end(JSON.stringify(body));
}
