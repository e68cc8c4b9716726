/** Documents against the node types of this program: the one place where the server and the command line bring both together. */
import {
  type AnalyzeOptions,
  analyze,
  type PipelineDocument,
  type Problem,
  type ReadResult,
  readDocument,
} from "@millrace/engine/pipeline";
import { nodeTypes } from "@millrace/nodes/registry";

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
