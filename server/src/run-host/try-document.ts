/**
 * Plays a document with its sinks off, over records that are given, or else read from its sources. A topic that has no record yet and that the document itself writes gives what the
 * document would write there, so that a pipeline shows what it does before it ever ran.
 */
import type { Sink, SinkRecord, Words } from "@millrace/engine/node";
import { analyze, type TypedGraph, type TypedNode } from "@millrace/engine/pipeline";
import { type TryInput, type TryOutcome, tryGraph } from "@millrace/engine/run";
import { nodeTypes } from "@millrace/nodes/registry";
import type { TryResult } from "../api.ts";
import type { RunLimits, TryPipeline } from "../runs/run-host.ts";
import type { Connections } from "./connections.ts";
import { failureOf } from "./failure-of.ts";
import { type SourceReader, SourceSilent } from "./source-reader.ts";

type Records = Readonly<Record<string, readonly TryInput[]>>;

/** `openConnections`: those that lookups ask; opened only where there are any. */
export async function tryDocument(
  request: TryPipeline,
  limits: Pick<RunLimits, "nodes">,
  reader: SourceReader,
  openConnections: () => Promise<Connections>,
): Promise<TryResult> {
  const { document, targets, limit } = request;
  // What the API takes may say `undefined` where a record's origin says nothing.
  const given = request.records as Records;
  const specs = new Map([...nodeTypes].map(([type, node]) => [type, node.spec]));
  const { problems, graph } = analyze(document, specs, { mostNodes: limits.nodes });
  if (!graph || problems.some((problem) => problem.severity === "error"))
    return { problems: [...problems].map(plain), ports: {}, counters: {}, inputs: countsOf(given), unread: {} };
  const { records, unread } = await withReadRecords(graph, given, request, reader);
  const asks = graph.nodes.some((node) => nodeTypes.get(node.spec.type)?.createLookup && !node.disabled);
  const connections = asks ? await openConnections() : undefined;
  const { outcome, played } = await playChained(graph, given, records, limit, connections).finally(() => connections?.close());
  const ports = Object.entries(outcome.ports).filter(([port]) => targets === undefined || targets.includes(port));
  const counters: Record<string, number> = {};
  for (const [id, counts] of Object.entries(outcome.counts)) {
    for (const [reason, count] of Object.entries(counts.dropped)) counters[`${id}.dropped.${reason}`] = count;
    counters[`${id}.errors`] = counts.errors;
  }
  return {
    problems: problems.map(plain),
    ports: Object.fromEntries(
      ports.map(([port, { total, rows }]) => [
        port,
        {
          total,
          rows: rows.slice(-limit).map((row) => ({ ...row, ...(row.changed ? { changed: [...row.changed] } : { changed: undefined }) })),
        },
      ]),
    ),
    counters,
    inputs: countsOf(played),
    unread,
  };
}

function countsOf(records: Records): Record<string, number> {
  return Object.fromEntries(Object.entries(records).map(([node, texts]) => [node, texts.length]));
}

/** The given records, and those of the sources that were given none; why where a source could not be read. */
async function withReadRecords(
  graph: TypedGraph,
  given: Records,
  { pipelineId, connections, limit }: TryPipeline,
  reader: SourceReader,
): Promise<{ readonly records: Records; readonly unread: Record<string, Words> }> {
  const unread: Record<string, Words> = {};
  const all = new Map(Object.entries(given));
  const asked = { pipelineId, connections, limit, timeZone: graph.settings.timeZone };
  const read = graph.nodes
    .filter((node) => isSource(node) && !node.disabled && !all.has(node.id))
    .map(async (node) => {
      try {
        all.set(node.id, await reader.read(node, asked));
      } catch (error) {
        unread[node.id] = error instanceof SourceSilent ? error.words : failureOf(error, () => {}).message;
      }
    });
  await Promise.all(read);
  return { records: Object.fromEntries(all), unread };
}

/** Plays until no source is left that waits for what the document writes itself: each time more of them have records. */
async function playChained(
  graph: TypedGraph,
  given: Records,
  first: Records,
  limit: number,
  connections: Connections | undefined,
): Promise<{ readonly outcome: TryOutcome; readonly played: Records }> {
  const connectionOf = (id: string) => {
    const node = graph.nodes.find((one) => one.id === id);
    return node && connections?.of(node);
  };
  let played = first;
  for (;;) {
    const empty = graph.nodes.filter((node) => isSource(node) && !Object.hasOwn(given, node.id) && (played[node.id]?.length ?? 0) === 0);
    const written = new Map<string, TryInput[]>();
    const sinks = empty.length === 0 ? undefined : capturingSinks(graph, written, limit);
    const outcome = await tryGraph({
      graph,
      nodeTypes,
      records: played,
      limit,
      now: Date.now(),
      ...(sinks && { sinks }),
      connectionOf,
      pause: answersWithin(ANSWERS_MS),
    });
    const fed = empty.flatMap((node) => {
      const texts = targetsOf(node).flatMap((target) => written.get(target) ?? []);
      return texts.length === 0 ? [] : [[node.id, texts] as const];
    });
    if (fed.length === 0) return { outcome, played };
    played = { ...played, ...Object.fromEntries(fed) };
  }
}

/** Lookups that take longer show nothing. */
const ANSWERS_MS = 3_000;
const PAUSE_MS = 5;

function answersWithin(ms: number): () => Promise<boolean> {
  const until = performance.now() + ms;
  return async () => {
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    return performance.now() < until;
  };
}

function isSource({ inputs }: TypedNode): boolean {
  return Object.keys(inputs).length === 0;
}

/** Sinks that note what they would write, by place; of each place no more than `limit` records. */
function capturingSinks(graph: TypedGraph, written: Map<string, TryInput[]>, limit: number): ReadonlyMap<string, Sink> {
  const decoder = new TextDecoder();
  const sinks = graph.nodes
    .filter((node) => nodeTypes.get(node.spec.type)?.createSink && !node.disabled)
    .map((node): [string, Sink] => {
      const fixed = targetsOf(node)[0];
      return [
        node.id,
        {
          isFull: false,
          write({ value, time, target }: SinkRecord) {
            const place = target === undefined ? fixed : placeOf(node, target);
            if (value === null || place === undefined) return;
            const texts = written.get(place) ?? [];
            if (texts.length >= limit) return;
            texts.push({ text: decoder.decode(value.bytes.subarray(value.start, value.end)), time });
            written.set(place, texts);
          },
          prepare: async () => ({}),
          abort: async () => {},
          close: async () => {},
        },
      ];
    });
  return new Map(sinks);
}

/** Topics that a node reads or writes, with the alias through which it does. */
function targetsOf(node: TypedNode): readonly string[] {
  const targets = node.spec.targets?.(node.params, { pipelineId: "", nodeId: node.id }) ?? [];
  return targets.filter(({ kind }) => kind === "topic").map(({ name }) => placeOf(node, name));
}

function placeOf({ params }: TypedNode, topic: string): string {
  return JSON.stringify([params.connection ?? "", topic]);
}

/** Problems as the API's mutable form. */
function plain(problem: ReturnType<typeof analyze>["problems"][number]): TryResult["problems"][number] {
  return JSON.parse(JSON.stringify(problem)) as TryResult["problems"][number];
}
