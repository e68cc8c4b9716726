import { kafkaIsMissing } from "@millrace/services/kafka";
import { defineConfig } from "@playwright/test";
import { browserPath } from "./browser.ts";
import { chdbIsThere } from "./chdb.ts";

const executablePath = browserPath();

/** Each test starts a server of its own (`millrace.ts`), so tests do not see one another; two at a time is what two cores can do. */
export default defineConfig({
  testDir: ".",
  testMatch: "*.e2e.ts",
  // Where no broker can be started, or ClickHouse is not there, `pnpm test` says why.
  testIgnore: [
    ...(kafkaIsMissing() === undefined ? [] : ["kafka.e2e.ts"]),
    ...(chdbIsThere() ? [] : ["tables.e2e.ts", "whole-day.e2e.ts"]),
  ],
  // Ends what hangs; a busy machine is slow, and how fast the product is the benchmarks say.
  timeout: 600_000,
  expect: { timeout: 30_000 },
  workers: 2,
  retries: 0,
  forbidOnly: true,
  outputDir: "../test-results",
  use: {
    viewport: { width: 1440, height: 900 },
    trace: "retain-on-failure",
    launchOptions: {
      ...(executablePath ? { executablePath } : {}),
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
