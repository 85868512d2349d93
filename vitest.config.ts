import process from "node:process";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files that take long begin first: the last to begin is what both cores wait for. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const takesLong = ({ moduleId }: TestSpecification) => /\/test\/(?:browser|start)\//.test(moduleId);
    return [...sorted.filter(takesLong), ...sorted.filter((file) => !takesLong(file))];
  }
}

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/support/global-setup.ts"],
    sequence: { sequencer: LongestFirst },
    // The long run tries more often in the same tests.
    testTimeout: 20_000 * Number(process.env["TEST_EFFORT"] ?? "1"),
    hookTimeout: 60_000,
    // Two cores: each file has its own database, its own functions and its own gateway. What they import is loaded once for each core.
    maxWorkers: 2,
    isolate: false,
  },
});
