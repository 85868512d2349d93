import { part } from "./parts.ts";

const { mutate, packaged } = part();

export default {
  testRunner: "vitest",
  plugins: ["@stryker-mutator/vitest-runner"],
  // What runs out of zips, no test imports.
  vitest: { configFile: "test/mutation/vitest.config.ts", related: !packaged },
  mutate,
  ignorePatterns: ["dist", ".local", ".serverless", "bench", "test/mutation/node_modules"],
  tsconfigFile: "none: TypeScript 7 has no API to read it with",
  coverageAnalysis: "perTest",
  concurrency: 2,
  ...(packaged ? { dryRunTimeoutMinutes: 60 } : {}),
  tempDirName: ".local/stryker",
  reporters: ["clear-text", "progress-append-only", "json"],
  jsonReporter: { fileName: ".local/mutation.json" },
  clearTextReporter: { allowColor: false, logTests: false },
  disableTypeChecks: false,
};
