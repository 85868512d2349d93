import path from "node:path";
import { defineConfig } from "vitest/config";

/**
 * The tests of what is deployed, whose functions run out of their zips, made here of the changed sources
 * (test/support/mutants.ts). Left out: what looks at the zips themselves, and what needs a browser or whole processes.
 */
export default defineConfig({
  root: path.join(import.meta.dirname, "../.."),
  test: {
    include: ["test/{api,events,http,portal,secrets,table}/**/*.test.ts"],
    globalSetup: ["test/support/global-setup.ts"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
