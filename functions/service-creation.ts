import * as z from "zod/mini";
import { BY_DEFAULT } from "../lib/domain/service-settings.ts";
import * as fields from "../lib/http/fields.ts";
import { lambda } from "../lib/http/lambda.ts";
import { operation } from "../lib/http/operation.ts";
import { service } from "../lib/http/represent/service.ts";
import { created } from "../lib/http/reply.ts";
import { hashing, sealing } from "../lib/http/runtime.ts";
import { createService } from "../lib/operations/services.ts";
import { ADMIN_WRITE, FORMATS, settings, settingsAfter } from "./services.ts";

const wanted = z.object({ ...settings, name: fields.name, system_name: z.optional(fields.blankOr(fields.systemName)) });
const createServiceOperation = operation({
  name: "createService", methods: ["POST"], path: "/admin/api/services", formats: FORMATS, requires: ADMIN_WRITE, wrapper: "service", input: wanted,
  answer: created(service, (made) => `/admin/api/services/${made.id}`),
  run: (call) => {
    const { name, system_name: systemName } = call.input;
    return createService({ ...call, ...hashing(), ...sealing() }, call.principal, {
      name, systemName: systemName || undefined, settings: settingsAfter(BY_DEFAULT, call.input),
    });
  },
});

/** In a module of its own, because it alone opens data keys: the other functions for services have no client for KMS. */
export const create = lambda(createServiceOperation);
