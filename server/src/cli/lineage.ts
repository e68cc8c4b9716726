import { formatFieldPath } from "@millrace/engine/expression";
import { words } from "@millrace/engine/pipeline";
import { Command } from "commander";
import type { Lineage } from "../api.ts";
import { UsageError } from "../data-folder.ts";
import { documentLineage } from "../documents.ts";
import { loadPipeline, problemLine } from "./load-pipeline.ts";
import { collectPairs } from "./options.ts";

export const lineageCommand = new Command("lineage")
  .description(
    "Says where a field comes from (copied, computed, by which condition and key) and what becomes of it, down to topics and files.",
  )
  .argument("<file>", "a pipeline's JSON file, or a template's name")
  .argument("<port>", "an output port: displays.out")
  .argument("<field>", "its path: common.mid, items[].id")
  .option("--set <name=value>", "value of a pipeline parameter (repeatable)", collectPairs)
  .option("--json", "as JSON")
  .action((file: string, port: string, field: string, options: { set?: ReadonlyMap<string, string>; json?: true }) => {
    const { document, problems } = loadPipeline(file);
    if (!document) throw new UsageError(problems.map(problemLine).join("\n"));
    const found = documentLineage(document, port, field, { set: Object.fromEntries(options.set ?? []) });
    if ("problem" in found) throw new UsageError(words(found.problem).en);
    console.log(options.json ? JSON.stringify(found.lineage, null, 2) : linesOf(found.lineage).join("\n"));
  });

type Step = Lineage["upstream"][number];

function linesOf({ field, upstream, downstream, origins }: Lineage): string[] {
  return [
    `${placeText(field)} ${field.type}`,
    ...section(
      "comes from",
      upstream.map((step) => `${endText(step.to)} ← ${placeText(step.from)}  ${howText(step)}`),
    ),
    ...section(
      "begins at",
      origins.map((origin) => [placeText(origin), ...origin.targets.map(targetText)].join("  ")),
    ),
    ...section(
      "becomes",
      downstream.map((step) => `${placeText(step.from)} → ${endText(step.to)}  ${howText(step)}`),
    ),
  ];
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ["", `${title}:`, ...lines.map((line) => `  ${line}`)];
}

function placeText({ node, port, path }: Step["from"]): string {
  return `${node}.${port}: ${path.length === 0 ? "the row" : formatFieldPath(path)}`;
}

function endText({ node, port, path }: Step["to"]): string {
  return port === undefined ? node : placeText({ node, port, path: path ?? [] });
}

function howText({ how, expression, targets = [] }: Step): string {
  return [how, ...(expression === undefined ? [] : [expression]), ...targets.map(targetText)].join("  ");
}

function targetText({ kind, name }: NonNullable<Step["targets"]>[number]): string {
  return `${kind} ${name}`;
}
