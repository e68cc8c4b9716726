/** The built-in pipelines: each a folder of data, read when this module is first imported. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Words } from "@millrace/engine/node";
import { type PipelineDocument, readDocument, words } from "@millrace/engine/pipeline";

export interface Template {
  /** Name of its folder. */
  readonly name: string;
  readonly title: Words;
  readonly description: Words;
  /** What people search by beside title and description, in either language. */
  readonly keywords: readonly string[];
  readonly document: PipelineDocument;
  /** Markdown. */
  readonly readme: Words;
  /** With `input/` and `expected/`: records by source and by sink, as JSON lines. */
  readonly folder: string;
}

/** By name. */
export const templates: readonly Template[] = readTemplates(import.meta.dirname);

/**
 * By the name of its folder, or by the name of the job's class, as the course and its notes have it, with or without the package: `OrderWideApp`, `OrderWiderApp`,
 * `com.atguigu.gmall.realtime.app.dwm.OrderWideApp`.
 */
export function templateNamed(name: string): Template | undefined {
  const wanted = name.slice(name.lastIndexOf(".") + 1).toLowerCase();
  const classes = ({ document, keywords }: Template) => [document.name, ...keywords.filter((word) => word.endsWith("App"))];
  return templates.find((one) => one.name === name) ?? templates.find((one) => classes(one).some((word) => word.toLowerCase() === wanted));
}

function readTemplates(root: string): Template[] {
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(root, entry.name, "pipeline.json")))
    .map(({ name }) => readTemplate(name, join(root, name)))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function readTemplate(name: string, folder: string): Template {
  const read = (file: string) => readFileSync(join(folder, file), "utf8");
  const { document, problems } = readDocument(read("pipeline.json"));
  if (document === undefined) throw new Error(`template ${name}: ${problems.map((problem) => words(problem).en).join(" ")}`);
  return {
    name,
    title: document.title ?? { en: document.name, zh: document.name },
    description: document.description ?? { en: "", zh: "" },
    keywords: JSON.parse(read("keywords.json")) as string[],
    document,
    readme: { en: read("README.md"), zh: read("README.zh.md") },
    folder,
  };
}
