import { SERVICE_FLAG_DEFAULTS, type ServiceSettings } from "./model.ts";

/** The settings of a new service, as 3scale's API gives them. */
export const BY_DEFAULT: ServiceSettings = { backendVersion: "1", deploymentOption: "hosted", flags: SERVICE_FLAG_DEFAULTS };
