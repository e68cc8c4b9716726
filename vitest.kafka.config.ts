import { defineConfig } from "vitest/config";
import { PATIENT } from "./vitest.shared.ts";

/** Tests against a real broker: one for all files, so they run one after another. */
export default defineConfig({
  test: {
    ...PATIENT,
    include: ["nodes/**/*.kafka.test.ts"],
    globalSetup: ["nodes/src/connections/kafka/testing/start-broker.ts"],
    fileParallelism: false,
  },
});
