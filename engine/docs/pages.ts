/** The generated pages of the language, and where they stand. */
import { fileURLToPath } from "node:url";
import { differencesPage, expressionsPage } from "../src/expression/reference.ts";

const docs = (name: string): string => fileURLToPath(new URL(`../../docs/${name}`, import.meta.url));

export const PAGES: readonly { readonly file: string; readonly text: () => string }[] = [
  { file: docs("expressions.md"), text: expressionsPage },
  { file: docs("flink-differences.md"), text: differencesPage },
];
