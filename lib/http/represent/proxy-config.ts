import type { ServedConfig } from "../../operations/proxy-configs.ts";
import type { Representation } from "../reply.ts";

/**
 * 3scale: app/representers/proxy_config_representer.rb. The service token and where it is to be presented are written
 * into the document here: the one is sealed where the document is kept, the other may change.
 */
export const proxyConfig: Representation<ServedConfig> = {
  one: "proxy_config",
  many: "proxy_configs",
  json: ({ id, version, environment, content, tokenValue }, base) => ({
    id, version, environment,
    content: {
      ...content,
      backend_authentication_type: "service_token", backend_authentication_value: tokenValue,
      proxy: { ...content.proxy, backend: { endpoint: base, host: new URL(base).hostname } },
    },
  }),
};
