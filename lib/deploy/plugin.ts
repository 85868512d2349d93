import { alarms } from "./alarms.ts";
import { bundle } from "./bundle.ts";
import { digestOfSources, isBuilt, noteBuilt } from "./built.ts";
import { buildPages } from "./pages.ts";
import { PERMISSIONS, roleOf, type Permission } from "./permissions.ts";
import { idOf, subscriptions } from "./subscriptions.ts";

type FunctionConfig = {
  handler: string; name: string; environment?: Readonly<Record<string, unknown>>; events?: { httpApi?: unknown }[];
  permissions?: Permission[]; role?: unknown; package?: { patterns: string[] };
};
type Serverless = {
  readonly serviceDir: string;
  readonly service: { readonly functions: Record<string, FunctionConfig>; resources: { Resources: Record<string, { readonly Type: string }> } };
  readonly configSchemaHandler: { defineFunctionProperties(provider: string, schema: object): void };
};

const OUT = "dist";

/**
 * The plugin that serverless.yml loads. It makes of every function's `permissions` a role of its own, and of every
 * function's source a bundle of its own, subscribes the logs, sets the alarms, builds the portal's pages, and leaves out the user pool where
 * another issuer is named, before anything is packaged or run.
 */
export default class LatchkeyPlugin {
  readonly hooks: Record<string, () => Promise<void> | void>;
  readonly #serverless: Serverless;

  constructor(serverless: Serverless) {
    this.#serverless = serverless;
    serverless.configSchemaHandler.defineFunctionProperties("aws", {
      properties: { permissions: { type: "array", items: { enum: Object.keys(PERMISSIONS) } } },
    });
    this.hooks = {
      initialize: () => {
        this.#giveRoles();
        this.#leaveOutUserPool();
        this.#watch();
      },
      "before:package:createDeploymentArtifacts": () => this.#bundle(),
      "before:offline:start": () => this.#bundle(),
    };
  }

  #giveRoles(): void {
    const { functions, resources } = this.#serverless.service;
    for (const [name, config] of Object.entries(functions)) {
      const roleId = `${idOf(name)}Role`;
      resources.Resources[roleId] = roleOf(config.name, config.permissions ?? []);
      config.role = { "Fn::GetAtt": [roleId, "Arn"] };
    }
  }

  /** There is a user pool unless people sign in elsewhere: at an issuer that a stage names, not one that its stack makes. */
  #leaveOutUserPool(): void {
    const { functions, resources: { Resources } } = this.#serverless.service;
    if (typeof functions["signIn"]?.environment?.["OIDC_ISSUER"] !== "string") return;
    for (const [id, { Type }] of Object.entries(Resources)) if (Type.startsWith("AWS::Cognito::")) delete Resources[id];
  }

  /** Who reads the logs, and what wakes people up. */
  #watch(): void {
    const { functions, resources } = this.#serverless.service;
    Object.assign(resources.Resources, subscriptions(functions), alarms(functions));
  }

  async #bundle(): Promise<void> {
    const { serviceDir, service } = this.#serverless;
    const functions = Object.entries(service.functions);
    const outdir = `${serviceDir}/${OUT}`;
    const from = await digestOfSources(serviceDir);
    if (!(await isBuilt(outdir, from))) {
      await Promise.all([
        bundle(serviceDir, Object.fromEntries(functions.map(([name, { handler }]) => [name, handler])), outdir),
        buildPages(serviceDir, `${outdir}/pages`),
      ]);
      await noteBuilt(outdir, from);
    }
    for (const [name, config] of functions) {
      config.handler = `${OUT}/${name}.handler`;
      config.package = { patterns: [`${OUT}/${name}.mjs`, ...(config.package?.patterns ?? [])] };
    }
  }
}
