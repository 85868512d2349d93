import path from "node:path";
import { defineConfig } from "vitest/config";
import { part } from "./parts.ts";

const { tests, packaged } = part();

export default defineConfig({
  root: path.join(import.meta.dirname, "../.."),
  test: {
    include: [...tests], testTimeout: 120_000, hookTimeout: 120_000,
    ...(packaged ? { globalSetup: ["test/support/global-setup.ts"] } : {}),
  },
});
