/** On how many subtasks nodes are asked to run. How a run is then spread is decided by the engine's plan. */
import { DEFAULTS, MAX_PARALLELISM, type PipelineDocument, spreadOf, type TypedNode } from "@millrace/engine/pipeline";

export function pipelineParallelism({ parallelism }: Pick<PipelineDocument, "parallelism">): number {
  return parallelism ?? DEFAULTS.parallelism;
}

/** What is written on a card: 1 for a node that runs where its rows are. */
export function askedParallelism(node: TypedNode, document: Pick<PipelineDocument, "parallelism">): number {
  const spread = spreadOf(node);
  if (spread === "single") return 1;
  return node.parallelism ?? (spread === "other" ? 1 : pipelineParallelism(document));
}

/** Sets or (undefined) takes away the number of the pipeline or of a node; a recipe for `edit`. */
export function setParallelism(target: { parallelism?: number | undefined }, value: number | undefined): void {
  if (value === undefined) delete target.parallelism;
  else target.parallelism = value;
}

export function isParallelism(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= MAX_PARALLELISM;
}
