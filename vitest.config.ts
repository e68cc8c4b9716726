import { configDefaults, defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["{engine,nodes,server,templates,designer}/**/*.test.ts"],
    // They need a broker, or a Java program: `vitest.kafka.config.ts`, `vitest.ik.config.ts`.
    exclude: [...configDefaults.exclude, "**/*.kafka.test.ts", "**/*.ik.test.ts"],
  },
});
