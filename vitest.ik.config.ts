import { defineConfig } from "vitest/config";

/** Tests that ask the Java original of the Chinese tokenizer. */
export default defineConfig({ test: { include: ["nodes/**/*.ik.test.ts"], testTimeout: 120_000 } });
