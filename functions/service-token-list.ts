import * as z from "zod/mini";
import * as fields from "../lib/http/fields.ts";
import { operation } from "../lib/http/operation.ts";
import { paged } from "../lib/http/paging.ts";
import { maskedServiceToken } from "../lib/http/represent/service-token.ts";
import { many } from "../lib/http/reply.ts";
import { listServicesFor } from "../lib/operations/services.ts";

/** Our own: 3scale shows them in its pages alone. */
export const listServiceTokens = operation({
  name: "listServiceTokens", methods: ["GET"], path: "/admin/api/service_tokens", requires: { scopes: ["account_management"], effect: "read", about: "services", openInPerson: true },
  input: z.object({ ...fields.paging }),
  answer: many(maskedServiceToken),
  run: (call) => paged(call, (page) => listServicesFor(call, call.principal, page), { otherwise: "uncounted" }),
});
