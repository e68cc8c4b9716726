import type { TypedNode } from "./typed-graph.ts";

/**
 * How a node's rows may be spread over subtasks:
 *
 * | | what its own number means | without one |
 * | --- | --- | --- |
 * | source | subtasks that read | the pipeline's number |
 * | keyed | subtasks that share the keys | the pipeline's number |
 * | other | subtasks that rows are dealt out to | where its rows are |
 * | single | nothing: all its rows pass one subtask | |
 */
export type Spread = "source" | "keyed" | "other" | "single";

/** As the node's type and params say. State without a key holds a node to one subtask as well: that is known once its operator is made (`planRun`). */
export function spreadOf({
  spec,
  params,
  disabled,
  ok,
  inputs,
}: Pick<TypedNode, "spec" | "params" | "disabled" | "ok" | "inputs">): Spread {
  if (spec.single && !disabled) return "single";
  if (Object.keys(inputs).length === 0) return "source";
  // Params that did not parse are not shown to a spec.
  const isKeyed = ok && !disabled && Object.keys(spec.keyBy?.(params) ?? {}).length > 0;
  return isKeyed ? "keyed" : "other";
}
