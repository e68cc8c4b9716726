/** `pnpm docs:expressions`: writes the pages of the language. A test fails when they are stale. */
import { writeFileSync } from "node:fs";
import { PAGES } from "./pages.ts";

for (const { file, text } of PAGES) writeFileSync(file, text());
