/** All pages of `docs/nodes/`, by file name. */
import { readFileSync } from "node:fs";
import { nodeTypes } from "../src/registry.ts";
import { indexPage, nodePage } from "./page.ts";

export const DOCS_FOLDER = new URL("../../docs/nodes/", import.meta.url);

export function pages(): ReadonlyMap<string, string> {
  const made = new Map<string, string>([["README.md", indexPage([...nodeTypes.values()])]]);
  for (const [type, node] of nodeTypes) made.set(`${type}.md`, nodePage(node, remarksOf(type)));
  return made;
}

function remarksOf(type: string): string {
  return readFileSync(new URL(`../src/${type}/docs.md`, import.meta.url), "utf8");
}
