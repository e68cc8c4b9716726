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

/** A sink whose rows name what they are written to: which those are is seen when it runs. */
export interface ComputedTarget {
  readonly nodeId: string;
  readonly kind: Target["kind"];
  readonly connection: string | undefined;
}

export function computedTargets(graph: TypedGraph): ComputedTarget[] {
  return graph.nodes
    .filter((node) => !node.disabled && asked(node, (spec, params) => spec.sinkTarget?.(params)) !== undefined)
    .flatMap((node) => {
      const kind = KINDS[node.spec.connection ?? "topic"];
      return kind === undefined ? [] : [{ nodeId: node.id, kind, connection: aliasOf(node) }];
    });
}

const KINDS: Readonly<Record<string, Target["kind"]>> = { topic: "topic", dimension: "dimension", table: "table", files: "file" };

function aliasOf({ params }: TypedNode): string | undefined {
  return typeof params["connection"] === "string" ? params["connection"] : undefined;
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
        connection: aliasOf(node),
      })),
    );
}

export function targetsOf(node: TypedNode, pipelineId: string): readonly Target[] {
  const targets = asked(node, (spec, params) => spec.targets?.(params, { pipelineId, nodeId: node.id })) ?? [];
  // Params that did not parse may lack the name.
  return targets.filter(({ name }) => typeof name === "string");
}
