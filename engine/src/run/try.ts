/**
 * Plays a graph over given records with its sinks off: the live value, a draft's effect, "try it". Nothing outside is touched and nothing is kept.
 */
import type { Millis, NodeType, Origin, Sink, Split } from "../node/index.ts";
import type { TypedGraph } from "../pipeline/index.ts";
import type { PortCounts } from "./counts.ts";
import { DEFAULT_TAP, type TapSample } from "./tap.ts";
import { type DeadLetter, Task, type TaskOptions } from "./task.ts";

export interface TryInput {
  /** A record in the source's format; with `origin` a sample of the source, which is JSON whatever the format. */
  readonly text: string;
  readonly origin?: Origin | undefined;
  /** Event time; left out: `now`. */
  readonly time?: Millis | undefined;
  /** Where it was read just now, in the source's format. */
  readonly place?: { readonly split: Split; readonly offset: number } | undefined;
}

export interface TryOutcome {
  /** By "node.port". */
  readonly ports: Readonly<Record<string, { readonly total: number; readonly rows: readonly TapSample[] }>>;
  readonly counts: Readonly<Record<string, PortCounts>>;
  readonly deadLetters: readonly DeadLetter[];
}

/** Records by source node id, in order; then the end of all input, so that what waits for the watermark comes out. */
export async function tryGraph(options: {
  readonly graph: TypedGraph;
  readonly nodeTypes: ReadonlyMap<string, NodeType>;
  readonly records: Readonly<Record<string, readonly TryInput[]>>;
  readonly limit: number;
  readonly now: Millis;
  /** What sink nodes would write goes there; left out: nowhere. */
  readonly sinks?: ReadonlyMap<string, Sink>;
  /** What lookup nodes ask, by node id. */
  readonly connectionOf?: TaskOptions["connectionOf"];
  /** Waits a moment for lookups' answers; false when they have had time enough. */
  readonly pause?: () => Promise<boolean>;
}): Promise<TryOutcome> {
  const deadLetters: DeadLetter[] = [];
  const task = new Task({
    graph: options.graph,
    nodeTypes: options.nodeTypes,
    now: () => options.now,
    // The same numbers each time, so that they stand still while one types.
    seed: "try",
    onDeadLetter: (letter) => deadLetters.push(letter),
    connectionOf: options.connectionOf,
    showsAll: true,
    // Who looks on sees what went wrong, on the row.
    lookups: { onFailure: "error", retry: { attempts: 1, pauseMs: 0, growth: 1, misses: false } },
    taps: { ...DEFAULT_TAP, quota: options.limit, keep: options.limit },
    ...(options.sinks && { sinks: options.sinks }),
  });
  const encoder = new TextEncoder();
  for (const [nodeId, records] of Object.entries(options.records)) {
    if (!task.isSource(nodeId)) continue;
    for (const { text, time, origin, place } of records) {
      const bytes = encoder.encode(text);
      const range = { bytes, start: 0, end: bytes.length };
      const at = time ?? options.now;
      if (origin) task.pushSample(nodeId, range, at, origin);
      else if (place) task.pushBatch(nodeId, place.split, { count: 1, bytes: () => range, time: () => at, offset: () => place.offset });
      else task.pushText(nodeId, range, at);
    }
  }
  task.advanceClock(options.now);
  for (const node of options.graph.nodes) if (task.isSource(node.id)) task.end(node.id);
  do task.deliver();
  while (task.isAsking && (await options.pause?.()));
  task.close();
  const ports: Record<string, { total: number; rows: readonly TapSample[] }> = {};
  for (const node of task.nodes.values())
    for (const port of node.outputs.values()) ports[`${node.id}.${port.name}`] = { total: port.tap.total, rows: port.tap.since(-1) };
  for (const { id, outputs } of options.graph.uses)
    for (const port of Object.keys(outputs)) {
      const tap = task.tap(id, port);
      if (tap) ports[`${id}.${port}`] = { total: tap.total, rows: tap.since(-1) };
    }
  return { ports, counts: task.counts(), deadLetters };
}
