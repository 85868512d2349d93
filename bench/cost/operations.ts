import { logEvent } from "../../lib/local/log-event.ts";
import { accessLogLine } from "../../test/support/access-log.ts";
import { createTestAccount } from "../../test/support/account.ts";
import type { Deployment } from "../../test/support/deploy.ts";
import { authorizerEvent } from "../../test/support/gateway-authorizer.ts";
import { httpEvent } from "../../test/support/gateway.ts";
import { openStream, type StreamRecord } from "../../test/support/stream.ts";
import { gatewayOf } from "../../test/support/traffic.ts";
import { ROUNDS } from "../support/rounds.ts";
import type { Meter } from "./meter.ts";
import { workOf, type Work } from "./work.ts";

/** What is paid for: the invocations that it takes, and the request of a gateway's when it is one. */
export type Paid = { readonly what: string; readonly works: readonly { readonly work: Work; readonly sharedBy: number }[]; readonly request?: { readonly accessLogBytes: number } };

/** So many invocations are a round. */
const CALLS = 150;
/** What comes together in a batch of the stream or of the log; so many applications are what a batch of reports is about. */
const BATCH = 100;
const APPLICATIONS = 10;
const BATCHES = 3;
/** One that is metered, and a round that warms up. */
const ALL_ROUNDS = ROUNDS + 1;

type Response = { readonly statusCode: number };
const answered = (status: number) => (answer: unknown) => (answer as Response).statusCode === status;
const accepted = (answer: unknown) => (answer as { readonly batchItemFailures: readonly unknown[] }).batchItemFailures.length === 0;

/** Has each operation done, by the functions that would be deployed, and tells what it took. */
export async function operationsPaidFor(latchkey: Deployment, meter: Meter): Promise<readonly Paid[]> {
  const account = await createTestAccount(latchkey);
  const { admin } = account;
  const gateway = await gatewayOf(latchkey, admin, (await account.service("Echo")).id);
  const userKeys = await Promise.all(Array.from({ length: APPLICATIONS }, async () => (await gateway.application()).userKey));
  const stream = openStream({ database: latchkey.database, tableName: latchkey.operator.table.name });
  const work = (name: string, next: () => unknown, right: (answer: unknown) => boolean, calls = CALLS) => workOf(latchkey, meter, name, { next, right, calls });

  const asked = httpEvent({ method: "GET", path: "/admin/api/services.json", headers: { authorization: `Bearer ${admin.value}` } });
  let context: unknown;
  const authorizer = await work("authorizer", () => authorizerEvent(asked, []), (answer) => {
    const { isAuthorized, context: found } = answer as { readonly isAuthorized: boolean; readonly context: unknown };
    context = found;
    return isAuthorized;
  });

  const creation = (number: number) => httpEvent({
    method: "POST", path: "/admin/api/personal/access_tokens.json", context, headers: { "content-type": "application/json" },
    body: JSON.stringify({ token: { name: `Token ${number}`, scopes: ["account_management"], permission: "ro" } }),
  });
  let created = 0;
  const create = await work("createAccessToken", () => creation(++created), answered(201), CALLS / 3);

  const proved = { service_token: gateway.serviceToken, service_id: String(gateway.serviceId) };
  const traffic = (call: string, userKey: string) =>
    httpEvent({ method: "GET", path: `/transactions/${call}.xml?${new URLSearchParams({ ...proved, user_key: userKey, "usage[hits]": "1" }).toString()}` });
  const [firstKey = ""] = userKeys;
  const authorize = await work("serviceManagementRead", () => traffic("authorize", firstKey), answered(200));
  let calls = 0;
  const nextKey = () => userKeys[calls++ % APPLICATIONS] ?? "";
  const authrep = await work("serviceManagementWrite", () => traffic("authrep", nextKey()), answered(200));
  const reported = () => httpEvent({
    method: "POST", path: "/transactions.xml", headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ ...proved, "transactions[0][user_key]": nextKey(), "transactions[0][usage][hits]": "1" }).toString(),
  });
  const report = await work("serviceManagementWrite", reported, answered(202), BATCH * BATCHES);

  const records = await stream.read();
  const alone = batches(records, "report", 1, CALLS / 3);
  const counts = await work("countTraffic", alone.next, accepted, CALLS / 3);
  const together = batches(alone.rest, "report", BATCH, BATCHES);
  const countsTogether = await work("countTraffic", together.next, accepted, BATCHES);
  const publishes = await work("publishEvents", batches(records, "event", 1, CALLS / 3).next, accepted, CALLS / 3);
  const publishesTogether = await work("publishEvents", () => ({ Records: ofType(records, "event").slice(0, BATCH) }), accepted, BATCHES);

  const accessLogLineOf = (found?: unknown) => accessLogLine(latchkey.template.accessLogFormat ?? "", {
    event: found === undefined ? asked : { ...asked, requestContext: { ...asked.requestContext, authorizer: { lambda: found } } }, status: 200, latencyMs: 12,
  });
  const [line, anonymousLine] = [accessLogLineOf(context), accessLogLineOf()];
  let hour = Date.now();
  const lines = (many: number) => logEvent("api", Array.from({ length: many }, () => ({ message: line, timestamp: hour })));
  // Each time in another hour: the same token is noted again.
  const noted = (many: number) => () => {
    hour += 3_600_000;
    return lines(many);
  };
  const notes = await work("recordUse", noted(1), (answer) => answer === undefined, CALLS / 3);
  const notesTogether = await work("recordUse", noted(BATCH), (answer) => answer === undefined, CALLS / 3);

  const only = (done: Work) => ({ work: done, sharedBy: 1 });
  const shared = (done: Work) => ({ work: done, sharedBy: BATCH });
  const request = { accessLogBytes: line.length };
  const gatewayRequest = { accessLogBytes: anonymousLine.length };
  return [
    { what: "an authorization", works: [only(authorizer)], request },
    { what: "a note of last use, alone", works: [only(notes)] },
    { what: `a note of last use, ${BATCH} uses together`, works: [shared(notesTogether)] },
    { what: "a call judged (authorize)", works: [only(authorize)], request: gatewayRequest },
    { what: "an authrep, counted alone", works: [only(authrep), only(counts)], request: gatewayRequest },
    { what: `an authrep, ${BATCH} counted together`, works: [only(authrep), shared(countsTogether)], request: gatewayRequest },
    { what: "a report, counted alone", works: [only(report), only(counts)], request: gatewayRequest },
    { what: `a report, ${BATCH} counted together`, works: [only(report), shared(countsTogether)], request: gatewayRequest },
    { what: "a token creation, published alone", works: [only(authorizer), only(create), only(publishes)], request },
    { what: `a token creation, ${BATCH} published together`, works: [only(authorizer), only(create), shared(publishesTogether)], request },
  ];
}

function ofType(records: readonly StreamRecord[], type: string): readonly StreamRecord[] {
  return records.filter(({ eventName, dynamodb }) => eventName === "INSERT" && (dynamodb.NewImage as { type?: { S?: string } } | undefined)?.type?.S === type);
}

/** Events of the stream, each with other records; and the records that are left for others when this work is done. */
function batches(records: readonly StreamRecord[], type: string, size: number, calls: number) {
  const wanted = ofType(records, type);
  let at = 0;
  const all = (ALL_ROUNDS * calls + 1) * size;
  if (wanted.length < all) throw new Error(`There are ${wanted.length} records of type ${type}, and ${all} are needed`);
  return { next: () => ({ Records: wanted.slice(at, (at += size)) }), rest: wanted.slice(all) };
}
