import * as z from "zod/mini";
import type { AccessTokenId, MemberId, ServiceId } from "../lib/domain/brands.ts";
import * as fields from "../lib/http/fields.ts";
import { operation } from "../lib/http/operation.ts";
import { paged } from "../lib/http/paging.ts";
import { auditRecord } from "../lib/http/represent/audit-record.ts";
import { many } from "../lib/http/reply.ts";
import { listAudit } from "../lib/operations/audit.ts";

const { per_page, after } = fields.paging;

/** Our own: what was done, by whom, to what; the newest first. Records are added in the transaction that they tell of, and never changed. */
export const listAuditRecords = operation({
  name: "listAuditRecords", methods: ["GET"], path: "/admin/api/audit",
  requires: { scopes: ["account_management"], effect: "read", about: "account", role: "admin" },
  input: z.object({
    member_id: fields.idOf<MemberId>(), token_id: fields.idOf<AccessTokenId>(), service_id: fields.idOf<ServiceId>(), since: fields.instant, until: fields.instant, per_page, after,
  }),
  answer: many(auditRecord),
  run: (call) => {
    const { member_id: memberId, token_id: tokenId, service_id: serviceId, since, until } = call.input;
    return paged(call, (page) => listAudit(call, call.principal, { memberId, tokenId, serviceId, since, until }, page), { usual: 100, otherwise: "uncounted" });
  },
});
