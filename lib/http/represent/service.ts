import { isoSeconds } from "../../domain/time.ts";
import type { Service } from "../../domain/model.ts";
import type { Representation } from "../reply.ts";

/** 3scale: app/representers/service_representer.rb and Service#to_xml. What is not set is left out. */
export const service: Representation<Service> = {
  one: "service",
  many: "services",
  json: ({ id, name, state, systemName, settings, createdAt, updatedAt }, base) => ({
    id, name, state, system_name: systemName,
    backend_version: settings.backendVersion,
    deployment_option: settings.deploymentOption,
    support_email: settings.supportEmail,
    description: settings.description,
    ...settings.flags,
    annotations: {},
    created_at: isoSeconds(createdAt),
    updated_at: isoSeconds(updatedAt),
    links: [{ rel: "self", href: `${base}/admin/api/services/${id}` }],
  }),
  xml: ({ id, accountId, name, state, systemName, settings }) => ({
    id, account_id: accountId, name, state, system_name: systemName,
    backend_version: settings.backendVersion,
    description: settings.description,
    ...settings.flags,
    deployment_option: settings.deploymentOption,
    support_email: settings.supportEmail,
  }),
};
