import { defineConfig } from "vitest/config";

/** Tests with the built-in ClickHouse itself, which is fetched when it is not there. */
export default defineConfig({
  test: {
    include: ["{nodes,server}/**/*.chdb.test.ts"],
    globalSetup: ["nodes/src/connections/clickhouse/built-in/testing/fetch.ts"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
