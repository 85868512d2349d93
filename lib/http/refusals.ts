import process from "node:process";
import type { Principal } from "../domain/model.ts";
import { log } from "./log.ts";

/** The ids of whoever was refused, where it is known who that is. */
export type Refused = { readonly accountId?: string; readonly memberId?: string; readonly tokenId?: string; readonly serviceId?: string };

/**
 * Tells the log that somebody was refused, and why. The line is also a metric (CloudWatch, "Embedded metric format"):
 * `Refusals` in the namespace `Latchkey`, by deployment and reason. Whoever is let in is in the access log and costs no line
 * here, and neither does garbage, which is refused before anything is read: a flood of it must not become a flood of lines.
 * The ids stand under a name of their own, for this is no use of a token (lib/http/use-log.ts).
 */
export function logRefusal(reason: string, requestId: string | undefined, who: Refused = {}): void {
  log("INFO", "Refused", {
    requestId, reason, who, deployment: deployment(), Refusals: 1,
    _aws: {
      Timestamp: Date.now(),
      CloudWatchMetrics: [{ Namespace: "Latchkey", Dimensions: [["deployment", "reason"]], Metrics: [{ Name: "Refusals", Unit: "Count" }] }],
    },
  });
}

/** The ids of a principal, as the access log names them. */
export function idsOf(principal: Principal): Refused {
  switch (principal.kind) {
    case "member":
      return { accountId: String(principal.member.accountId), memberId: String(principal.member.id) };
    case "access_token":
      return { accountId: String(principal.token.accountId), memberId: String(principal.token.ownerId), tokenId: String(principal.token.id) };
    case "service_token":
      return { accountId: String(principal.token.accountId), serviceId: String(principal.token.serviceId) };
  }
}

/** `latchkey-prod` of the function `latchkey-prod-authorizer`. */
const deployment = () => (process.env["AWS_LAMBDA_FUNCTION_NAME"] ?? "").replace(/-[^-]*$/, "");
