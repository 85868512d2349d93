import * as z from "zod/mini";
import { provider } from "../../http/represent/account.ts";
import { described, id, links, stamps, text, url } from "../described.ts";

export const account = [
  described(provider, "Provider", z.object({
    id, org_name: text, state: z.literal("approved"), ...stamps, admin_base_url: url, links,
  })),
];
