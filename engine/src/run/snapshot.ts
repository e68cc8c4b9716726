/** What a task keeps of itself, line by line, and how another one takes it up again, at whatever parallelism. */
import { MAX_TIME, MIN_TIME, type Millis } from "../node/index.ts";
import type { TypedGraph } from "../pipeline/index.ts";
import { type KeySnapshot, ownsGroup, type StateSchema } from "../state/index.ts";
import type { EdgeChannels, NodeRuntime } from "./node-runtime.ts";
import type { RunPlan } from "./plan.ts";

/** The state of one node's key, or a node's watermarks: one line of a snapshot. */
export type SnapshotEntry =
  | { readonly node: string; readonly key: KeySnapshot }
  | {
      readonly node: string;
      /** By input port, beginning of the edge ("node.port"), and sender. */
      readonly watermarks: Readonly<Record<string, Readonly<Record<string, readonly StoredTime[]>>>>;
      readonly own: StoredTime;
    };

type WatermarkEntry = Extract<SnapshotEntry, { own: unknown }>;

/** A watermark in JSON, which has no infinities. */
type StoredTime = number | "min" | "max";

/** Each node's state, all of it or what changed since the last snapshot, and its watermarks. */
export function* takeSnapshot(nodes: readonly NodeRuntime[], all: boolean): Iterable<SnapshotEntry> {
  for (const node of nodes) {
    node.lookup?.save();
    for (const key of node.backend.snapshot(all)) yield { node: node.id, key };
    const watermarks = mapValues(node.watermarks(), (byEdge) => mapValues(byEdge, (times) => times.map(toStored)));
    yield { node: node.id, watermarks, own: toStored(node.watermark) };
  }
}

export interface Restore {
  /** Each saved subtask's entries oldest first; those of other owners and of nodes that are gone are passed over. */
  take(subtask: number, entry: SnapshotEntry): void;
  /** All are taken. Returns the nodes that are gone. */
  end(): ReadonlySet<string>;
}

/** The task that is restored: its nodes, and where it stands in the plan. */
export interface RestoredTask {
  readonly graph: TypedGraph;
  readonly nodes: ReadonlyMap<string, NodeRuntime>;
  readonly place: { readonly plan: RunPlan; readonly subtask: number } | undefined;
}

/** `subtasks`: how many there were. `schemas`: what the nodes kept then, where it may not be what they keep now. */
export function beginRestore(task: RestoredTask, subtasks: number, schemas: Readonly<Record<string, StateSchema>>): Restore {
  const { graph, nodes, place } = task;
  const subtask = place?.subtask ?? 0;
  const parallelismOf = (id: string) => place?.plan.parallelism.get(id) ?? 1;
  const gone = new Set<string>();
  const watermarks = new Map<string, (WatermarkEntry | undefined)[]>();
  for (const [id, schema] of Object.entries(schemas)) nodes.get(id)?.backend.readAs(schema);
  return {
    take(from, entry) {
      const node = nodes.get(entry.node);
      if (!node) {
        if (!graph.nodes.some(({ id }) => id === entry.node)) gone.add(entry.node);
      } else if (!("key" in entry)) {
        const saved = watermarks.get(entry.node) ?? new Array<WatermarkEntry | undefined>(subtasks).fill(undefined);
        saved[from] = entry;
        watermarks.set(entry.node, saved);
      } else if (place === undefined || ownsGroup(entry.key.group, { subtask, parallelism: parallelismOf(node.id) }))
        node.backend.restore(entry.key);
    },
    end() {
      for (const [id, saved] of watermarks) restoreWatermarks(nodes.get(id) as NodeRuntime, saved, subtask, parallelismOf(id));
      for (const node of nodes.values()) node.lookup?.restored();
      return gone;
    },
  };
}

/**
 * Each edge finds the watermarks that it had, whatever other edges came, went or changed places since. Where it has other senders than it had, or a port is spread otherwise, its channels begin at the lowest of
 * its own; an edge that is new begins at the lowest of the node's, which is no lower than what the node has told: what it has given out stays given out.
 * State of older versions has a plain list for each port, in which no edge finds itself.
 */
function restoreWatermarks(node: NodeRuntime, saved: readonly (WatermarkEntry | undefined)[], subtask: number, parallelism: number): void {
  const entries = saved.filter((entry) => entry !== undefined);
  const own = entries.length === parallelism ? saved[subtask] : undefined;
  const all = entries.flatMap(({ watermarks }) => Object.values(watermarks).flatMap((byEdge) => Object.values(byEdge).flat()));
  const ofNode = all.length === 0 ? MIN_TIME : lowestOf(all);
  const channelsOf = (port: string, { from, senders }: EdgeChannels): readonly Millis[] => {
    const ofEdge = entries.flatMap(({ watermarks }) => watermarks[port]?.[from] ?? []);
    const exact = own?.watermarks[port]?.[from];
    if (exact?.length === senders) return exact.map(fromStored);
    return new Array<Millis>(senders).fill(ofEdge.length === 0 ? ofNode : lowestOf(ofEdge));
  };
  const byPort = [...node.inputs.values()].map(({ name, edges }): [string, readonly Millis[]] => [
    name,
    edges.length === 0 ? [ofNode] : edges.flatMap((edge) => channelsOf(name, edge)),
  ]);
  node.restoreWatermarks(Object.fromEntries(byPort), own ? fromStored(own.own) : lowestOf(entries.map((entry) => entry.own)));
}

function lowestOf(times: readonly StoredTime[]): Millis {
  return Math.min(...times.map(fromStored));
}

function toStored(time: Millis): StoredTime {
  return time === MIN_TIME ? "min" : time === MAX_TIME ? "max" : time;
}

function fromStored(time: StoredTime): Millis {
  return time === "min" ? MIN_TIME : time === "max" ? MAX_TIME : time;
}

function mapValues<A, B>(members: Readonly<Record<string, A>>, map: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(members).map(([name, value]) => [name, map(value)]));
}
