import * as z from "zod/mini";
import type { ApplicationId, DeveloperAccountId } from "../lib/domain/brands.ts";
import { operation, type Call } from "../lib/http/operation.ts";
import { pathId } from "../lib/http/path.ts";
import { application, applicationKey } from "../lib/http/represent/application.ts";
import { created, EMPTY, many } from "../lib/http/reply.ts";
import { addApplicationKey, listApplicationKeys, removeApplicationKey } from "../lib/operations/application-keys.ts";

const FORMATS = ["json", "xml"] as const;
const READ = { scopes: ["account_management"], effect: "read", about: "services" } as const;
const WRITE = { scopes: ["account_management"], effect: "write", about: "services" } as const;
const PATH = "/admin/api/accounts/{account_id}/applications/{id}/keys";
const given = z.object({ key: z.optional(z.nullable(z.string({ error: "invalid" }))) });

const accountOf = (call: Call<unknown>) => pathId<DeveloperAccountId>(call, "account_id");
const idOf = (call: Call<unknown>) => pathId<ApplicationId>(call, "id");

const listKeys = operation({
  name: "listApplicationKeys", methods: ["GET"], path: PATH, formats: FORMATS, requires: READ, input: z.object({}),
  answer: many(applicationKey),
  run: (call) => listApplicationKeys(call, call.principal, accountOf(call), idOf(call)),
});

/** 3scale answers the application, not the key. */
const createKey = operation({
  name: "createApplicationKey", methods: ["POST"], path: PATH, formats: FORMATS, requires: WRITE, input: given,
  answer: created(application, (of) => `/admin/api/accounts/${of.developerAccountId}/applications/${of.id}/keys`),
  run: (call) => addApplicationKey(call, call.principal, accountOf(call), idOf(call), call.input.key || undefined),
});

/** A key is named by its value, which may hold what an address cannot: then it is given as a parameter. */
const deleteKey = operation({
  name: "deleteApplicationKey", methods: ["DELETE"], path: `${PATH}/{value+}`, formats: FORMATS, requires: WRITE, input: given,
  answer: EMPTY,
  run: (call) => removeApplicationKey(call, call.principal, accountOf(call), idOf(call), call.input.key || (call.path["value"] ?? "")),
});

export const applicationKeyReads = [listKeys];
export const applicationKeyWrites = [createKey, deleteKey];
