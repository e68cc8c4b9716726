import { defineConfig } from "vitest/config";

/** Tests against a real broker: one for all files, so they run one after another. */
export default defineConfig({
  test: {
    include: ["nodes/**/*.kafka.test.ts"],
    globalSetup: ["nodes/src/connections/kafka/testing/start-broker.ts"],
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
