import * as z from "zod/mini";
import { operation } from "../lib/http/operation.ts";
import { provider } from "../lib/http/represent/account.ts";
import { one } from "../lib/http/reply.ts";
import { readOwnAccount } from "../lib/operations/accounts.ts";

export const readProvider = operation({
  name: "readProvider", methods: ["GET"], path: "/admin/api/provider", formats: ["json", "xml"],
  requires: { scopes: ["account_management"], effect: "read", about: "account" }, input: z.object({}),
  answer: one(provider),
  run: (call) => readOwnAccount(call, call.principal),
});
