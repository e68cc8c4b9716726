import { configDefaults, defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["{engine,nodes,server,templates,designer}/**/*.test.ts"],
    // They need a broker, a Java program or ClickHouse: `vitest.kafka.config.ts`, `vitest.ik.config.ts`, `vitest.chdb.config.ts`.
    // What a test waits for comes or does not; how soon is the benchmarks' question, and a busy machine is slow.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    exclude: [...configDefaults.exclude, "**/*.kafka.test.ts", "**/*.ik.test.ts", "**/*.chdb.test.ts"],
  },
});
