import path from "node:path";
import { defineConfig } from "vitest/config";

/** The tests of the pure rules and of what is served, that run in this process: they need neither a database nor a package. */
export default defineConfig({
  root: path.join(import.meta.dirname, "../.."),
  test: { include: ["test/domain/**/*.test.ts"], testTimeout: 120_000 },
});
