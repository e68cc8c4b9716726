import { defineConfig } from "vitest/config";
import { PATIENT } from "./vitest.shared.ts";

/** Tests that ask the Java original of the Chinese tokenizer. */
export default defineConfig({ test: { include: ["nodes/**/*.ik.test.ts"], ...PATIENT, testTimeout: 120_000 } });
