/**
 * How a graph is spread over subtasks. Every subtask holds a copy of each node that runs on it; rows stay within a subtask where they can, and go through an *exchange* where
 * they cannot: to the subtask that owns their key, to the only one that a node runs on, to all, or round about to more subtasks than they come from.
 *
 * The plan is a function of the graph, so every subtask works it out for itself and no two can disagree.
 */

import { type Edge, parsePortRef, type TypedGraph, type TypedNode } from "../pipeline/index.ts";

export interface RunPlan {
  /** Subtasks of the run: as many as its widest node has. */
  readonly subtasks: number;
  /** By node id: it runs on subtasks 0 … n-1. */
  readonly parallelism: ReadonlyMap<string, number>;
  readonly exchanges: readonly Exchange[];
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

/** `stateful`: nodes whose operators keep state; those without a key keep it in one place and so run as one subtask. */
export function planRun(graph: TypedGraph, stateful: ReadonlySet<string>): RunPlan {
  const parallelism = new Map<string, number>();
  for (const node of graph.nodes) parallelism.set(node.id, parallelismOf(node, graph, parallelism, stateful));
  const exchanges: Exchange[] = [];
  /** Exchanges behind which a node's rows come, by node. */
  const reaching = new Map<string, ReadonlySet<number>>();
  for (const node of graph.nodes) {
    const behind = new Set<number>();
    for (const [port, { edges }] of Object.entries(node.inputs)) {
      for (const edge of edges) {
        const from = parsePortRef(edge.from);
        const upstream = reaching.get(from.node) ?? new Set();
        for (const id of upstream) behind.add(id);
        const senders = parallelism.get(from.node) ?? 1;
        const receivers = parallelism.get(node.id) ?? 1;
        const by = waysOf(node, port, senders, receivers);
        if (by === undefined) continue;
        behind.add(exchanges.length);
        exchanges.push({ id: exchanges.length, edge, from, to: { node: node.id, port }, by, senders, receivers, upstream: [...upstream] });
      }
    }
    reaching.set(node.id, behind);
  }
  return { subtasks: Math.max(1, ...parallelism.values()), parallelism, exchanges };
}

function parallelismOf(node: TypedNode, graph: TypedGraph, known: ReadonlyMap<string, number>, stateful: ReadonlySet<string>): number {
  const { spec } = node;
  if (spec.single && !node.disabled) return 1;
  const asked = node.parallelism;
  const upstream = Object.values(node.inputs).flatMap(({ edges }) => edges.map((edge) => known.get(parsePortRef(edge.from).node) ?? 1));
  if (Object.keys(node.inputs).length === 0) return asked ?? graph.settings.parallelism;
  if (isKeyed(node)) return asked ?? graph.settings.parallelism;
  if (stateful.has(node.id) && !node.disabled) return 1;
  return asked ?? Math.max(1, ...upstream);
}

function isKeyed(node: TypedNode): boolean {
  return !node.disabled && Object.keys(node.spec.keyBy?.(node.params) ?? {}).length > 0;
}

/** Undefined: rows stay in their subtask. */
function waysOf(node: TypedNode, port: string, senders: number, receivers: number): Exchange["by"] | undefined {
  if (receivers === 1) return senders === 1 ? undefined : "one";
  if (!node.disabled && node.spec.broadcast?.includes(port)) return "all";
  if (!node.disabled && node.spec.keyBy?.(node.params)[port] !== undefined) return "key";
  return senders === receivers ? undefined : "round";
}
