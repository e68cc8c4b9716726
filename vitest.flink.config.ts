import { defineConfig } from "vitest/config";

/** Tests against a running Flink: one for all files. */
export default defineConfig({
  test: {
    include: ["services/flink/**/*.flink.test.ts"],
    globalSetup: ["services/flink/testing/start-witness.ts"],
    fileParallelism: false,
    hookTimeout: 180_000,
  },
});
