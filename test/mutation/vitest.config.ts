import { statSync } from "node:fs";
import path from "node:path";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { part } from "./parts.ts";

const { tests, packaged } = part();

/** What a quick test notices, no slow one need try: those without a deployment first, then those that call operations, and of all the small ones. */
class QuickestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const weight = ({ moduleId }: TestSpecification) => statSync(moduleId).size + (/\/test\/(?:domain|http|secrets)\//.test(moduleId) ? 0 : /\/test\/operations\//.test(moduleId) ? 1e9 : 2e9);
    return files.toSorted((one, other) => weight(one) - weight(other));
  }
}

export default defineConfig({
  root: path.join(import.meta.dirname, "../.."),
  test: {
    // Isolated, unlike `npm test`: what Stryker counts of a file must not hold what those before it came by.
    include: [...tests], testTimeout: 30_000, hookTimeout: 120_000, sequence: { sequencer: QuickestFirst },
    ...(packaged ? { globalSetup: ["test/support/global-setup.ts"] } : {}),
  },
});
