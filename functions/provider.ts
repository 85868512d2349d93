import * as z from "zod/mini";
import * as fields from "../lib/http/fields.ts";
import { operation } from "../lib/http/operation.ts";
import { provider } from "../lib/http/represent/account.ts";
import { one } from "../lib/http/reply.ts";
import { readOwnAccount, updateOwnAccount } from "../lib/operations/accounts.ts";

const FORMATS = ["json", "xml"] as const;

export const readProvider = operation({
  name: "readProvider", methods: ["GET"], path: "/admin/api/provider", formats: FORMATS,
  requires: { scopes: ["account_management"], effect: "read", about: "account" }, input: z.object({}),
  answer: one(provider),
  run: (call) => readOwnAccount(call, call.principal),
});

/** The name is all that is kept of what 3scale knows of a provider. */
export const updateProvider = operation({
  name: "updateProvider", methods: ["PUT", "PATCH"], path: "/admin/api/provider", formats: FORMATS,
  requires: { scopes: ["account_management"], effect: "write", about: "account", role: "admin" },
  wrapper: "account", attributesRequired: true,
  input: z.object({ org_name: z.optional(fields.orgName), name: z.optional(fields.orgName) }),
  answer: one(provider),
  run: (call) => {
    const { name: other, org_name: name = other } = call.input;
    return updateOwnAccount(call, call.principal, fields.given({ name }));
  },
});
