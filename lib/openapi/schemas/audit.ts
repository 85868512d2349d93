import * as z from "zod/mini";
import { EVENT_TYPES } from "../../domain/events.ts";
import { auditRecord } from "../../http/represent/audit-record.ts";
import { described, id, text, time } from "../described.ts";

export const audit = [
  described(auditRecord, "AuditRecord", z.object({
    id: text, type: z.enum(EVENT_TYPES), at: time,
    actor: z.object({ member_id: z.optional(id), token_id: z.optional(id), system: z.optional(text) }),
    subject: z.record(text, id), facts: z.record(text, z.unknown()),
  })),
];
