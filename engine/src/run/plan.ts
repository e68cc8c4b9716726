/**
 * How a graph is spread over subtasks. Every subtask holds a copy of each node that runs on it; rows stay within a subtask where they can, and go through an *exchange* where
 * they cannot: to the subtask that owns their key, to the only one that a node runs on, to all, or round about to more subtasks than they come from.
 *
 * The plan is a function of the graph, so every subtask works it out for itself and no two can disagree.
 */

import type { Split } from "../node/index.ts";
import { type Edge, parsePortRef, spreadOf, type TypedGraph, type TypedNode } from "../pipeline/index.ts";
import { murmur3, type StateSchema } from "../state/index.ts";

export interface RunPlan {
  /** Subtasks of the run: as many as its widest node has. */
  readonly subtasks: number;
  /** By node id: it runs on subtasks 0 … n-1. */
  readonly parallelism: ReadonlyMap<string, number>;
  readonly exchanges: readonly Exchange[];
  /** By node id: the exchanges that its rows may have come through. */
  readonly behind: ReadonlyMap<string, readonly number[]>;
}

/** An edge that leaves its subtask. */
export interface Exchange {
  /** Its place in `exchanges`. */
  readonly id: number;
  readonly edge: Edge;
  readonly from: { readonly node: string; readonly port: string };
  readonly to: { readonly node: string; readonly port: string };
  /** "key": to the owner of the key; "one": to subtask 0; "all": to every subtask; "round": to each in turn. */
  readonly by: "key" | "one" | "all" | "round";
  readonly senders: number;
  readonly receivers: number;
  /** Exchanges whose rows can reach this one: it has seen all of a checkpoint's rows when they have. */
  readonly upstream: readonly number[];
}

/** `schemas`: what each node's operator keeps (`stateSchemas`). A node that keeps state without a key keeps it in one place and so runs as one subtask. */
export function planRun(graph: TypedGraph, schemas: Readonly<Record<string, StateSchema>>): RunPlan {
  const parallelism = new Map<string, number>();
  for (const node of graph.nodes) parallelism.set(node.id, parallelismOf(node, graph, parallelism, schemas));
  const exchanges: Exchange[] = [];
  const behind = new Map<string, readonly number[]>();
  for (const node of graph.nodes) {
    const reaching = new Set<number>();
    for (const [port, { edges }] of Object.entries(node.inputs)) {
      for (const edge of edges) {
        const from = parsePortRef(edge.from);
        const upstream = behind.get(from.node) ?? [];
        for (const id of upstream) reaching.add(id);
        const senders = parallelism.get(from.node) ?? 1;
        const receivers = parallelism.get(node.id) ?? 1;
        const by = waysOf(node, port, senders, receivers);
        if (by === undefined) continue;
        reaching.add(exchanges.length);
        exchanges.push({ id: exchanges.length, edge, from, to: { node: node.id, port }, by, senders, receivers, upstream });
      }
    }
    behind.set(node.id, [...reaching]);
  }
  return { subtasks: Math.max(1, ...parallelism.values()), parallelism, exchanges, behind };
}

function parallelismOf(
  node: TypedNode,
  graph: TypedGraph,
  known: ReadonlyMap<string, number>,
  schemas: Readonly<Record<string, StateSchema>>,
): number {
  const asked = node.parallelism;
  switch (spreadOf(node)) {
    case "single":
      return 1;
    case "source":
    case "keyed":
      return asked ?? graph.settings.parallelism;
    case "other": {
      if (keepsStateInOnePlace(schemas[node.id]) && !node.disabled) return 1;
      const upstream = Object.values(node.inputs).flatMap(({ edges }) => edges.map((edge) => known.get(parsePortRef(edge.from).node) ?? 1));
      return asked ?? Math.max(1, ...upstream);
    }
  }
}

/** State without a key; what a lookup has under way is kept by subtask. */
function keepsStateInOnePlace(schema: StateSchema | undefined): boolean {
  return schema !== undefined && schema.keys.length === 0 && Object.keys(schema.states).length > 0;
}

/** Subtasks of each node, as plain data: keys are where they were as long as it is the same. */
export function parallelismIn(plan: RunPlan): Readonly<Record<string, number>> {
  return Object.fromEntries(plan.parallelism);
}

/** Undefined: rows stay in their subtask. */
function waysOf(node: TypedNode, port: string, senders: number, receivers: number): Exchange["by"] | undefined {
  if (receivers === 1) return senders === 1 ? undefined : "one";
  if (!node.disabled && node.spec.broadcast?.includes(port)) return "all";
  if (!node.disabled && node.spec.keyBy?.(node.params)[port] !== undefined) return "key";
  return senders === receivers ? undefined : "round";
}

/**
 * Of `parallelism` subtasks the one that reads a split, whatever other splits there are and in whatever order the source names them: two subtasks that asked at different times must
 * not both read it. Partitions of one topic are dealt out in turn, beginning somewhere else for each topic, as Flink's KafkaSourceEnumerator does.
 */
export function ownerOfSplit({ id, origin, partition }: Split, parallelism: number): number {
  const start = murmur3(new TextEncoder().encode(partition === undefined ? id : origin)) >>> 0;
  return (start + (partition ?? 0)) % parallelism;
}
