import type { DomainEvent } from "../../domain/events.ts";
import { busEvent } from "../../operations/bus-event.ts";
import type { Representation } from "../reply.ts";

/** Our own: a record as subscribers receive it, with its type. */
export const auditRecord: Representation<DomainEvent> = {
  one: "audit_record",
  many: "audit_records",
  json: (event) => {
    const { id, at, actor, subject, facts } = busEvent(event);
    return { id, type: event.type, at, actor, subject, facts };
  },
};
