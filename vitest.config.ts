import { configDefaults, defineConfig } from "vitest/config";
import { PATIENT } from "./vitest.shared.ts";

export default defineConfig({
  test: {
    ...PATIENT,
    include: ["{engine,nodes,server,templates,designer}/**/*.test.ts"],
    // They need a broker, a Java program or ClickHouse: `vitest.kafka.config.ts`, `vitest.ik.config.ts`, `vitest.chdb.config.ts`.
    exclude: [...configDefaults.exclude, "**/*.kafka.test.ts", "**/*.ik.test.ts", "**/*.chdb.test.ts"],
  },
});
