import { Command } from "commander";
import { analyzeDocument } from "../documents.ts";
import { loadPipeline, problemLine } from "./load-pipeline.ts";
import { collectPairs } from "./options.ts";

export const checkCommand = new Command("check")
  .description("Prints what is wrong with a pipeline, with places; exit status 1 when there are errors.")
  .argument("<file>", "a pipeline's JSON file, or a template's name")
  .option("--set <name=value>", "value of a pipeline parameter (repeatable)", collectPairs)
  .action((file: string, options: { set?: ReadonlyMap<string, string> }) => {
    const { document, problems: unreadable } = loadPipeline(file);
    const problems = document ? analyzeDocument(document, { set: Object.fromEntries(options.set ?? []) }) : unreadable;
    for (const problem of problems) console.log(`${file}: ${problemLine(problem)}`);
    const errors = problems.filter(({ severity }) => severity === "error").length;
    const warnings = problems.length - errors;
    const counts = `${count(errors, "error")}, ${count(warnings, "warning")}`;
    if (errors === 0) return console.log(`${file}: ${counts}`);
    console.error(`${file}: ${counts}`);
    process.exitCode = 1;
  });

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? "" : "s"}`;
}
