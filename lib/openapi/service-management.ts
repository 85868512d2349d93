import { PERIODS } from "../domain/periods.ts";
import { TRAFFIC_STATUS, TRAFFIC_TYPE } from "../http/traffic/answer.ts";
import type { JsonSchema } from "./schema.ts";

/**
 * The Service Management API, which gateways and agents ask for every call of a program (3scale: apisonator). Its
 * operations are no part of the table of operations: they ask for a service token and speak XML alone, so they are
 * described here by hand.
 */
const text = { type: "string" } as const;

/** One parameter of the query. */
function query(name: string, description: string, schema: JsonSchema = text, required = false) {
  return { name, in: "query", required, description, schema };
}

const SERVICE_ID = query("service_id", "The service that the token is of.", { type: "integer", minimum: 1 }, true);
const USAGE = {
  name: "usage", in: "query", style: "deepObject", explode: true,
  description: "What the call uses, by the system name of a metric or method: `usage[hits]=1`. Nothing is counted that is not named.",
  schema: { type: "object", additionalProperties: { type: "string", pattern: "^\\s*#?\\d+\\s*$" }, examples: [{ hits: "1" }] },
};
const CREDENTIALS = [
  query("user_key", "The user key of the application, in services that know programs by one."),
  query("app_id", "The application id, in services that know programs by an id and keys, or by OpenID Connect."),
  query("app_key", "One of the application's keys."),
];
const OAUTH = [query("app_id", "The application id.", text, true), query("app_key", "One of the application's keys."), query("redirect_url", "The redirect URL that the program names.")];
const OPTIONS = {
  name: "3scale-options", in: "header",
  description: "Extensions, as a query string: `no_body=1`, `rejection_reason_header=1`, `limit_headers=1`.",
  schema: text,
};
const IDEMPOTENCY_KEY = {
  name: "Idempotency-Key", in: "header", description: "The same key on a call that is repeated: what it uses is counted once.",
  schema: { type: "string", minLength: 1, maxLength: 255 },
};

const LIMIT_HEADERS = {
  "3scale-limit-remaining": { description: "How many more such calls the limits allow; -1 when none does limit. With `limit_headers=1`.", schema: { type: "integer" } },
  "3scale-limit-reset": { description: "Seconds until then; -1 for never. With `limit_headers=1`.", schema: { type: "integer" } },
  "3scale-limit-max-value": { description: "The limit that is nearest. With `limit_headers=1`.", schema: { type: "integer" } },
};
const REJECTION_REASON = { "3scale-rejection-reason": { description: "The code of the reason. With `rejection_reason_header=1`.", schema: text } };

const STATUS: JsonSchema = {
  type: "object", xml: { name: "status" }, required: ["authorized"],
  properties: {
    application: {
      type: "object", description: "In answers to oauth_authorize and oauth_authrep.",
      properties: { id: text, key: text, redirect_url: text },
    },
    authorized: { type: "boolean" },
    reason: { type: "string", description: "Why not." },
    plan: { type: "string", description: "The name of the application's plan." },
    usage_reports: {
      type: "array", xml: { wrapped: true }, description: "One for each limit of the plan; absent when there is none.",
      items: {
        type: "object", xml: { name: "usage_report" },
        properties: {
          metric: { ...text, xml: { attribute: true } },
          period: { enum: PERIODS, xml: { attribute: true } },
          exceeded: { type: "boolean", xml: { attribute: true } },
          period_start: { type: "string", description: "In UTC, as in `2010-05-15 00:00:00 +0000`; absent for eternity." },
          period_end: text, max_value: { type: "integer" }, current_value: { type: "integer" },
        },
      },
    },
  },
};

const ERROR: JsonSchema = {
  type: "object", xml: { name: "error" }, description: "`<error code=\"CODE\">TEXT</error>`",
  properties: { code: { ...text, xml: { attribute: true } } }, required: ["code"],
};

/** The codes of `<error>` by status. */
const CODES = Map.groupBy(Object.keys(TRAFFIC_STATUS) as (keyof typeof TRAFFIC_STATUS)[], (code) => TRAFFIC_STATUS[code]);
const OURS = new Map([[413, ["payload_too_large"]], [500, ["internal"]], [503, ["busy", "unavailable"]]]);
const nameOf = (status: number) => `ServiceManagementError${status}`;
const refer = (...statuses: readonly number[]) => Object.fromEntries(statuses.map((status) => [status, { $ref: `#/components/responses/${nameOf(status)}` }]));

const SECURITY = [{ serviceToken: [] }];
const NEEDS = "Needs the service token of the service.";

function judged(operationId: string, summary: string, description: string, parameters: readonly object[], counts: boolean) {
  return {
    get: {
      operationId, summary, description: `${description} ${NEEDS}`, tags: ["Service Management"], security: SECURITY,
      parameters: [SERVICE_ID, ...parameters, USAGE, OPTIONS, ...(counts ? [IDEMPOTENCY_KEY] : [])],
      responses: {
        200: { description: "The call may go on", headers: LIMIT_HEADERS, content: { [TRAFFIC_TYPE]: { schema: STATUS } } },
        ...refer(400, 403, 404, 422, 500, 503),
        409: { description: "The call may not go on, and `reason` says why", headers: { ...REJECTION_REASON, ...LIMIT_HEADERS }, content: { [TRAFFIC_TYPE]: { schema: STATUS } } },
      },
    },
  };
}

export const serviceManagementPaths = {
  "/transactions/authorize.xml": judged("authorize", "Authorize", "May this program call the service now? Counts nothing; `usage` is what is about to be used.", CREDENTIALS, false),
  "/transactions/authrep.xml": judged("authrep", "Authorize and report", "May this program call the service now? If so, `usage` is counted.", CREDENTIALS, true),
  "/transactions/oauth_authorize.xml": judged("oauthAuthorize", "OAuth authorize", "As authorize, for services with OAuth: the access token was checked by whoever asks.", OAUTH, false),
  "/transactions/oauth_authrep.xml": judged("oauthAuthrep", "OAuth authorize and report", "As authrep, for services with OAuth.", OAUTH, true),
  "/transactions.xml": {
    post: {
      operationId: "report", summary: "Report", tags: ["Service Management"], security: SECURITY,
      description: `Counts what programs have used. Parameters may come in the query or in the body; the answer does not wait for the counting. ${NEEDS}`,
      requestBody: {
        required: true,
        content: {
          "application/x-www-form-urlencoded": {
            schema: {
              type: "object", required: ["transactions"],
              properties: {
                service_token: text, service_id: { type: "integer", minimum: 1 },
                transactions: {
                  type: "object", description: "By any key: `transactions[0][user_key]=…&transactions[0][usage][hits]=1`.",
                  examples: [{ 0: { user_key: "…", usage: { hits: "1" } } }],
                  additionalProperties: {
                    type: "object",
                    properties: {
                      user_key: text, app_id: text, usage: USAGE.schema,
                      timestamp: { type: "string", description: "`2010-05-07 18:11:25` in UTC, the same with an offset, or seconds since 1970; at most 24 hours ago. Now when it is absent." },
                      log: { type: "object", properties: { code: text } },
                    },
                  },
                },
              },
            },
            encoding: { transactions: { style: "deepObject", explode: true } },
          },
        },
      },
      parameters: [IDEMPOTENCY_KEY],
      responses: {
        202: {
          description: "Accepted",
          headers: { "latchkey-not-counted": { description: "The transactions that cannot be counted, and why, as `1=application_not_found, 2=metric_invalid`.", schema: text } },
        },
        ...refer(400, 403, 413, 422, 500, 503),
      },
    },
  },
};

export const serviceManagementComponents = {
  responses: Object.fromEntries([...CODES, ...OURS].map(([status, codes]) => [
    nameOf(status), { description: codes.join(", "), content: { [TRAFFIC_TYPE]: { schema: ERROR } } },
  ])),
  securitySchemes: {
    serviceToken: { type: "apiKey", in: "query", name: "service_token", description: "The service token of the service that `service_id` names; in reports also in the body." },
  },
};
