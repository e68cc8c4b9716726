import { defineConfig } from "vitest/config";
import { PATIENT } from "./vitest.shared.ts";

/** Tests with the built-in ClickHouse itself, which is fetched when it is not there. */
export default defineConfig({
  test: {
    ...PATIENT,
    include: ["{nodes,server}/**/*.chdb.test.ts"],
    globalSetup: ["nodes/src/connections/clickhouse/built-in/testing/fetch.ts"],
  },
});
