import { expect, it } from "vitest";
import { SCANNER } from "../src/codec/scanner-code.ts";
import { sourceHash } from "./build.ts";

it("the engine has the scanner that its sources say: `pnpm scanner` writes it", () => {
  expect(SCANNER.sources).toBe(sourceHash());
});
