/**
 * Saved state of nodes that went into a fragment since, or came out of one: the document says which id they had (`formerly`). What is taken over under another id is written whole at the next checkpoint, for the
 * files there are know it by the old one.
 */
import { parsePortRef, type TypedGraph } from "@millrace/engine/pipeline";
import type { SnapshotEntry } from "@millrace/engine/run";
import type { CheckpointRecord } from "./checkpoint-record.ts";

/** Old id → new id. */
export type Moved = ReadonlyMap<string, string>;

/** Of the ids that the record knows: those that the graph has under another one. An id that is still there stays with whom it belongs to. */
function movedNodes({ schemas, positions }: CheckpointRecord, graph: Pick<TypedGraph, "nodes">): Moved {
  const known = new Set([...Object.keys(schemas), ...Object.keys(positions)]);
  const now = new Set(graph.nodes.map(({ id }) => id));
  const moved = new Map<string, string>();
  for (const { id, formerly } of graph.nodes)
    if (formerly !== undefined && known.has(formerly) && !known.has(id) && !now.has(formerly) && !moved.has(formerly))
      moved.set(formerly, id);
  return moved;
}

/** The record as if the nodes had always had their new ids; what sinks prepared stays with those who prepared it. */
export function movedRecord(
  record: CheckpointRecord,
  graph: Pick<TypedGraph, "nodes">,
): { readonly record: CheckpointRecord; readonly moved: Moved } {
  const moved = movedNodes(record, graph);
  if (moved.size === 0) return { record, moved };
  const { schemas, positions, parallelism } = record;
  return {
    record: {
      ...record,
      schemas: renamed(schemas, moved),
      positions: renamed(positions, moved),
      ...(parallelism && { parallelism: renamed(parallelism, moved) }),
    },
    moved,
  };
}

export function movedEntry(entry: SnapshotEntry, moved: Moved): SnapshotEntry {
  if (moved.size === 0) return entry;
  const node = moved.get(entry.node) ?? entry.node;
  if ("key" in entry) return { ...entry, node };
  const edge = (from: string) => {
    const { node: id, port } = parsePortRef(from);
    return `${moved.get(id) ?? id}.${port}`;
  };
  const watermarks = Object.entries(entry.watermarks).map(([port, byEdge]) => [
    port,
    Object.fromEntries(Object.entries(byEdge).map(([from, times]) => [edge(from), times])),
  ]);
  return { ...entry, node, watermarks: Object.fromEntries(watermarks) as typeof entry.watermarks };
}

function renamed<T>(byNode: Readonly<Record<string, T>>, moved: Moved): Record<string, T> {
  return Object.fromEntries(Object.entries(byNode).map(([id, value]) => [moved.get(id) ?? id, value]));
}
