/** Compiles the scanner, for which the compiler is fetched. */
import { readFileSync } from "node:fs";
import { scannerModule, TARGET } from "../../engine/scanner/build.ts";
import type { Part } from "./verify.ts";

export const scannerLong: Part = {
  name: "scanner",
  shows: "the compiled scanner in the repository is, byte for byte, what its sources compile to",
  async run() {
    if (scannerModule() !== readFileSync(TARGET, "utf8")) throw new Error("they differ: run pnpm scanner");
    return "the same";
  },
};
