import { defineConfig } from "vitest/config";
import { PATIENT } from "./vitest.shared.ts";

/** Tests against a running Flink: one for all files. */
export default defineConfig({
  test: {
    ...PATIENT,
    include: ["services/flink/**/*.flink.test.ts"],
    globalSetup: ["services/flink/testing/start-witness.ts"],
    fileParallelism: false,
  },
});
