import * as z from "zod/mini";
import type { ServiceId } from "../lib/domain/brands.ts";
import { lambda } from "../lib/http/lambda.ts";
import { operation } from "../lib/http/operation.ts";
import { pathId } from "../lib/http/path.ts";
import { revealedServiceToken } from "../lib/http/represent/service-token.ts";
import { one } from "../lib/http/reply.ts";
import { sealing } from "../lib/http/runtime.ts";
import { revealServiceToken } from "../lib/operations/service-tokens.ts";

/** The documentation's promise: whoever reaches a service can see its token at any time. */
const READ = { scopes: ["account_management"], effect: "read", about: "services", openInPerson: true } as const;

/** A read, though it leaves a record: the function behind it may write that and nothing else. */
const revealServiceTokenOperation = operation({
  name: "revealServiceToken", methods: ["GET"], path: "/admin/api/services/{id}/service_token", requires: READ, input: z.object({}),
  answer: one(revealedServiceToken),
  run: (call) => revealServiceToken({ ...call, ...sealing() }, call.principal, pathId<ServiceId>(call, "id")),
});

export const reveal = lambda(revealServiceTokenOperation);
