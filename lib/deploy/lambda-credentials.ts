/**
 * Where functions find their credentials: in the environment, where Lambda puts them. Bundles have this in the place of
 * `@aws-sdk/credential-provider-node`, which looks for those of people too (profiles, single sign-on, processes), with a client for each.
 */
export { fromEnv as defaultProvider } from "@aws-sdk/credential-provider-env";
