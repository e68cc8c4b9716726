import { configDefaults, defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["{engine,nodes,server,templates,designer}/**/*.test.ts"],
    // They need a broker: `vitest.kafka.config.ts`.
    exclude: [...configDefaults.exclude, "**/*.kafka.test.ts"],
  },
});
