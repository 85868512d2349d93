import * as z from "zod/mini";
import { operation } from "../lib/http/operation.ts";
import { rights } from "../lib/http/represent/rights.ts";
import { one } from "../lib/http/reply.ts";
import { readOwnRights } from "../lib/operations/own-rights.ts";

/** Our own: what a caller may do, for pages and programs that let somebody choose what a token may do. */
export const readRights = operation({
  name: "readRights", methods: ["GET"], path: "/admin/api/personal/rights",
  requires: { scopes: ["account_management"], effect: "read", about: "account", openInPerson: true }, input: z.object({}),
  answer: one(rights),
  run: (call) => readOwnRights(call, call.principal),
});
