import { builtinModules } from "node:module";
import type { Plugin } from "esbuild";

const anyOf = (names: readonly string[]) => new RegExp(`^(?:${names.map((name) => RegExp.escape(name)).join("|")})$`);

/**
 * Node's own modules, taken as the objects they are. An ES module's view of one reads everything in it, and for some of that Node
 * loads half of itself: undici for node:http, Web Crypto for node:crypto, standard input for node:process.
 */
export const builtins: Plugin = {
  name: "builtins",
  setup(build) {
    build.onResolve({ filter: anyOf(builtinModules.flatMap((name) => [name, `node:${name}`])) }, ({ path: name }) => ({ path: name, namespace: "builtin", sideEffects: false }));
    build.onLoad({ filter: /./, namespace: "builtin" }, ({ path: name }) => ({ contents: `module.exports = process.getBuiltinModule(${JSON.stringify(name)});` }));
  },
};

/** What packages need elsewhere, and what does the same in Lambda on Node 24. */
const SUBSTITUTES: Readonly<Record<string, string>> = {
  // AWS's clients look for credentials of people too (profiles, single sign-on, processes), with a client for each. Lambda puts them into the environment.
  "@aws-sdk/credential-provider-node": 'export { fromEnv as defaultProvider } from "@aws-sdk/credential-provider-env";',
  // What qs keeps beside objects, for engines without WeakMap: twenty packages.
  "side-channel": "module.exports = () => new WeakMap();",
};

/** Puts the substitutes in their places. @param root where packages are found. */
export function substitutes(root: string): Plugin {
  return {
    name: "substitutes",
    setup(build) {
      build.onResolve({ filter: anyOf(Object.keys(SUBSTITUTES)) }, ({ path: name }) => ({ path: name, namespace: "substitute" }));
      build.onLoad({ filter: /./, namespace: "substitute" }, ({ path: name }) => ({ contents: SUBSTITUTES[name] ?? "", resolveDir: root }));
    },
  };
}
