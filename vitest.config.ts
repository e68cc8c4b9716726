import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { include: ["{engine,nodes,server,templates,designer}/**/*.test.ts"] },
});
