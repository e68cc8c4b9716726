/** A pipeline by the name that people give on the command line: a file, or a template. */
import { readFileSync, statSync } from "node:fs";
import { type PipelineDocument, type Problem, words } from "@millrace/engine/pipeline";
import { templateNamed, templates } from "@millrace/templates";
import { UsageError } from "../data-folder.ts";
import { readPipeline } from "../documents.ts";

export type Loaded =
  | { readonly label: string; readonly document: PipelineDocument; readonly problems?: undefined }
  | { readonly label: string; readonly document?: undefined; readonly problems: readonly Problem[] };

/** Throws `UsageError` when there is neither file nor template. */
export function loadPipeline(name: string): Loaded {
  const found = findPipeline(name);
  if (found) return found;
  throw new UsageError(
    `There is no file and no template ${JSON.stringify(name)}. The templates are: ${templates.map((one) => one.name).join(", ")}.`,
  );
}

/** A file that is there goes before a template of the same name. */
function findPipeline(name: string): Loaded | undefined {
  const text = readText(name);
  if (text === undefined) {
    const template = templateNamed(name);
    return template && { label: name, document: template.document };
  }
  const { document, problems } = readPipeline(text);
  return document ? { label: name, document } : { label: name, problems };
}

/** As `loadPipeline`, for commands that need a whole document. */
export function loadDocument(name: string): PipelineDocument {
  return documentOf(loadPipeline(name));
}

/** Undefined when there is neither file nor template. */
export function findDocument(name: string): PipelineDocument | undefined {
  const found = findPipeline(name);
  return found && documentOf(found);
}

function documentOf({ label, document, problems }: Loaded): PipelineDocument {
  if (document) return document;
  throw new UsageError(`${label} is no pipeline:\n${problems.map((problem) => `  ${problemLine(problem)}`).join("\n")}`);
}

/** "error at node filter, character 3: condition: There is no field …" */
export function problemLine(problem: Problem): string {
  const place = [
    ...(problem.nodeId === undefined ? [] : [`node ${problem.nodeId}`]),
    ...(problem.range ? [`character ${problem.range.start + 1}`] : []),
  ].join(", ");
  return `${problem.severity}${place ? ` at ${place}` : ""}: ${words(problem).en}`;
}

function readText(name: string): string | undefined {
  try {
    if (statSync(name).isDirectory()) throw new UsageError(`${name} is a folder. Name the pipeline's JSON file in it.`);
    return readFileSync(name, "utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR" || code === "ENAMETOOLONG") return undefined;
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${name} cannot be read: ${message}.`);
  }
}
