import process from "node:process";

type Part = { readonly mutate: readonly string[]; readonly tests: readonly string[]; readonly packaged: boolean };

/**
 * What is changed, and the tests that should notice. Rules run in the tests' own thread. All else runs as it would be deployed, out of
 * zips that are made of the changed sources (test/support/mutants.ts): which of those tests reach what, Stryker finds out first.
 */
export const PARTS: Readonly<Record<string, Part>> = {
  domain: { mutate: ["lib/domain/**/*.ts"], tests: ["test/domain/**/*.test.ts"], packaged: false },
  authorizer: {
    mutate: ["functions/authorizer.ts", "lib/http/credential.ts", "lib/http/principal.ts", "lib/operations/authenticate.ts"],
    tests: ["test/http/{credential,principal}.test.ts", "test/api/{authorizer*,access-tokens-end,odd-requests,pepper-rotation,account-tokens,refusals}.test.ts"], packaged: true,
  },
  operations: { mutate: ["lib/operations/**/*.ts"], tests: ["test/{api,cli,events,portal,secrets}/**/*.test.ts"], packaged: true },
  http: { mutate: ["lib/http/**/*.ts"], tests: ["test/{api,events,http,portal}/**/*.test.ts"], packaged: true },
};

/** The part that run.ts was asked for. */
export function part(): Part {
  const name = process.env["LATCHKEY_MUTATION_PART"] ?? "";
  const found = PARTS[name];
  if (found === undefined) throw new Error(`There is no part ${name}`);
  return found;
}
