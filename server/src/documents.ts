/** Documents against the node types of this program: the one place where the server and the command line bring both together. */
import { formatType, parseFieldPath } from "@millrace/engine/expression";
import {
  type AnalyzeOptions,
  analyze,
  type FragmentChanges,
  fragmentChanges,
  isFragment,
  lineageOf,
  type PinnedFragment,
  type PipelineDocument,
  type Problem,
  parsePortRef,
  problem,
  type ReadResult,
  readDocument,
  type TypedGraph,
} from "@millrace/engine/pipeline";
import { nodeTypes } from "@millrace/nodes/registry";
import type { Lineage } from "./api.ts";

export { nodeTypes };

const specs = new Map([...nodeTypes].map(([type, node]) => [type, node.spec]));
const paramMigrations = new Map([...nodeTypes].flatMap(([type, node]) => (node.migrations ? [[type, node.migrations] as const] : [])));

/** Text or parsed JSON of any known format. */
export function readPipeline(json: unknown): ReadResult {
  return readDocument(json, { paramMigrations });
}

/** Everything that is wrong or doubtful. */
export function analyzeDocument(document: PipelineDocument, options: AnalyzeOptions = {}): readonly Problem[] {
  return analyze(document, specs, options).problems;
}

/** With a schema on every port, as far as it could be worked out. */
export function documentGraph(document: PipelineDocument, options: AnalyzeOptions = {}): TypedGraph {
  return analyze(document, specs, options).graph;
}

/** Whether the document is a fragment: it is used by others, and not run. */
export function isFragmentDocument(document: PipelineDocument): boolean {
  return isFragment(document, specs);
}

/** What another version of a fragment changes for a document that uses it. */
export function documentChanges(
  document: PipelineDocument,
  fragment: string,
  next: PinnedFragment,
  options: AnalyzeOptions = {},
): FragmentChanges {
  return fragmentChanges(document, fragment, next, specs, options);
}

export type FoundLineage = { readonly lineage: Lineage } | { readonly problem: Problem };

/** Where a field of an output port ("node.port") comes from and what becomes of it. `field` is its path: "page.page_id", "items[].id". */
export function documentLineage(document: PipelineDocument, port: string, field: string, options: AnalyzeOptions = {}): FoundLineage {
  const path = parseFieldPath(field);
  if (!path) return { problem: problem("lineage.unknown-field", { field }) };
  const place = { ...(port.includes(".") ? parsePortRef(port) : { node: port, port: "" }), path };
  const found = lineageOf(documentGraph(document, options), place, options.pipelineId);
  if ("problem" in found) return found;
  const { dataType, ...at } = found.lineage.field;
  return { lineage: structuredClone({ ...found.lineage, field: { ...at, type: formatType(dataType) } }) as Lineage };
}
