/** What of the outside a pipeline reads and writes: by it pipelines hang together. */
import type { Target } from "../node/spec.ts";
import { asked } from "./field-origins.ts";
import type { TypedGraph, TypedNode } from "./typed-graph.ts";

/** A topic, table or file that a node reads or writes. */
export interface TargetUse {
  readonly nodeId: string;
  readonly access: "reads" | "writes";
  readonly target: Target;
  /** Alias of the connection; undefined: what is built in. */
  readonly connection: string | undefined;
}

/** Of the nodes that are not disabled, in the graph's order. `pipelineId` as for `lineageOf`. What is computed per row is not known before it runs. */
export function targetUses(graph: TypedGraph, pipelineId: string = graph.document.name): TargetUse[] {
  return graph.nodes
    .filter(({ disabled }) => !disabled)
    .flatMap((node) =>
      targetsOf(node, pipelineId).map((target) => ({
        nodeId: node.id,
        access: node.spec.category === "sink" ? "writes" : "reads",
        target,
        connection: typeof node.params["connection"] === "string" ? node.params["connection"] : undefined,
      })),
    );
}

export function targetsOf(node: TypedNode, pipelineId: string): readonly Target[] {
  const targets = asked(node, (spec, params) => spec.targets?.(params, { pipelineId, nodeId: node.id })) ?? [];
  // Params that did not parse may lack the name.
  return targets.filter(({ name }) => typeof name === "string");
}
