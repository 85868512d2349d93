import { isoSeconds } from "../../domain/time.ts";
import type { Service, ServiceToken } from "../../domain/model.ts";
import type { Representation } from "../reply.ts";

/** 3scale shows these only on its Tokens page; the names and the fixed scope and permission are those of its table. */
const FIXED = { scope: "Service management API", permission: "rw" };

/** A token that was asked for by name. */
export const revealedServiceToken: Representation<{ readonly service: Service; readonly token: ServiceToken; readonly value: string }> = {
  one: "service_token",
  many: "service_tokens",
  json: ({ service, token, value }) => ({
    service_id: service.id, service_name: service.name, ...FIXED, created_at: isoSeconds(token.createdAt), value,
  }),
};

/** A token in a list: nothing of its value, which nothing was opened for. */
export const maskedServiceToken: Representation<Service> = {
  one: "service_token",
  many: "service_tokens",
  json: ({ id, name, createdAt }, base) => ({
    service_id: id, service_name: name, ...FIXED, created_at: isoSeconds(createdAt), value: "••••••••",
    links: [{ rel: "reveal", href: `${base}/admin/api/services/${id}/service_token.json` }],
  }),
};
