/** `pnpm docs:nodes`: writes `docs/nodes/`, and removes pages of node types that are gone. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { DOCS_FOLDER, pages } from "./pages.ts";

const made = pages();
mkdirSync(DOCS_FOLDER, { recursive: true });
for (const file of readdirSync(DOCS_FOLDER)) if (!made.has(file)) rmSync(new URL(file, DOCS_FOLDER));
for (const [file, text] of made) writeFileSync(new URL(file, DOCS_FOLDER), text);
console.log(`${made.size} pages in docs/nodes`);
