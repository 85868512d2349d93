import type { Context } from "aws-lambda";
import type { Call } from "../lib/operations/service-management.ts";
import type { HttpResponse } from "../lib/http/errors.ts";
import type { HttpEvent } from "../lib/http/lambda.ts";
import { log } from "../lib/http/log.ts";
import { hashing, storage } from "../lib/http/runtime.ts";
import { judgedResponse, reportedResponse, trafficErrorResponse } from "../lib/http/traffic/answer.ts";
import { callOf, optionsOf, reportOf } from "../lib/http/traffic/request.ts";
import { TrafficError } from "../lib/domain/traffic-errors.ts";
import { judgeCall, reportTraffic } from "../lib/operations/service-management.ts";

/**
 * The Service Management API (3scale: apisonator). No authorizer stands before it: the service token that gateways
 * present proves them, and is read with all else in one round trip.
 */
const KINDS: Readonly<Record<string, Call["kind"]>> = {
  "/transactions/authorize.xml": "authorize", "/transactions/oauth_authorize.xml": "oauth_authorize",
  "/transactions/authrep.xml": "authrep", "/transactions/oauth_authrep.xml": "oauth_authrep",
};

/** `authorize` and `oauth_authorize`: may it? Its role can read and nothing else. */
export const read = answering(judge);

/** `authrep`, `oauth_authrep` and the report of transactions: what was used is stored before the answer. */
export const write = answering(async (event) => {
  if (event.rawPath !== "/transactions.xml") return judge(event);
  const { presented, transactions, idempotencyKey } = await reportOf(event);
  const uncounted = await reportTraffic({ ...storage(), ...hashing() }, presented, transactions, idempotencyKey);
  if (uncounted.length > 0) log("WARN", "Transactions that could not be counted", { serviceId: presented.serviceId, codes: [...new Set(uncounted.map(({ code }) => code))] });
  return reportedResponse(uncounted);
});

async function judge(event: HttpEvent): Promise<HttpResponse> {
  const kind = KINDS[event.rawPath];
  if (kind === undefined) throw new Error("No call of the Service Management API has this path");
  const { presented, call } = callOf(event, kind);
  return judgedResponse(await judgeCall({ ...storage(), ...hashing() }, presented, call), kind, optionsOf(event));
}

/** Every failure becomes an answer in the API's own words; what is our fault is logged, without anything of the request. */
function answering(serve: (event: HttpEvent) => Promise<HttpResponse>) {
  return async (event: HttpEvent, context: Context): Promise<HttpResponse> => {
    try {
      return await serve(event);
    } catch (error) {
      const response = trafficErrorResponse(error, optionsOf(event));
      if (response.statusCode >= 500 && !(error instanceof TrafficError)) log("ERROR", "A call was not judged", { requestId: context.awsRequestId, error });
      return response;
    }
  };
}
