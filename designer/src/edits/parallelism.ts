/** On how many subtasks nodes are asked to run. How a run is then spread is decided by the engine's plan. */
import { DEFAULTS, type PipelineDocument, type TypedNode } from "@millrace/engine/pipeline";

/** As the format allows. */
export const MAX_PARALLELISM = 128;

/**
 * | | what its own number means | without one |
 * | --- | --- | --- |
 * | source | subtasks that read | the pipeline's number |
 * | keyed | subtasks that share the keys | the pipeline's number |
 * | other | subtasks that rows are dealt out to | where its rows are |
 * | single | nothing: all its rows pass one subtask | |
 */
export type Spread = "source" | "keyed" | "other" | "single";

export function spreadOf({ spec, params, disabled, ok }: Pick<TypedNode, "spec" | "params" | "disabled" | "ok">): Spread {
  if (spec.single && !disabled) return "single";
  if (spec.category === "source") return "source";
  // Params that did not parse are not shown to a spec.
  const isKeyed = ok && !disabled && Object.keys(spec.keyBy?.(params) ?? {}).length > 0;
  return isKeyed ? "keyed" : "other";
}

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
