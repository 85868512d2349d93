import process from "node:process";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/support/global-setup.ts"],
    // The long run tries more often in the same tests.
    testTimeout: 20_000 * Number(process.env["TEST_EFFORT"] ?? "1"),
    hookTimeout: 60_000,
    // Two cores: each file has its own table, its own functions and its own gateway.
    maxWorkers: 2,
  },
});
