import { isoSeconds } from "../../domain/time.ts";
import type { ShownApplication } from "../../operations/applications.ts";
import type { Representation } from "../reply.ts";

/** 3scale: app/representers/application_representer.rb and Cinstance#to_xml, for services whose programs use a user key. */
export const application: Representation<ShownApplication> = {
  one: "application",
  many: "applications",
  json: ({ id, state, createdAt, updatedAt, serviceId, serviceName, name, description, userKey }, base) => ({
    id, state, enabled: state === "live", created_at: isoSeconds(createdAt), updated_at: isoSeconds(updatedAt),
    service_id: serviceId, service_name: serviceName, first_traffic_at: null, first_daily_traffic_at: null,
    user_key: userKey, name, description,
    links: [{ rel: "service", href: `${base}/admin/api/services/${serviceId}` }],
  }),
  xml: ({ id, createdAt, updatedAt, state, serviceId, userKey, name, description }) => ({
    id, created_at: isoSeconds(createdAt), updated_at: isoSeconds(updatedAt), state, service_id: serviceId, user_key: userKey, name, description,
  }),
};
