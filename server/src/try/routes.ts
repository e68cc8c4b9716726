import { type Edge, type PipelineDocument, parsePortRef } from "@millrace/engine/pipeline";
import { tryRequest, tryResult } from "../api.ts";
import { notFound } from "../http/api-failure.ts";
import { type Route, route } from "../http/route.ts";
import type { Deployment, PipelineStore } from "../pipelines/store.ts";
import type { ConnectionConfig, RunHandle, RunHost, TryPipeline } from "../runs/run-host.ts";
import type { Supervisor } from "../runs/supervisor.ts";

export interface TryDeps {
  readonly store: PipelineStore;
  readonly supervisor: Supervisor;
  readonly host: RunHost;
  /** What the aliases of the document mean in an environment. Throws `ApiFailure` for one that is not there. */
  readonly connectionsOf: (document: PipelineDocument, deployment: Deployment) => Readonly<Record<string, ConnectionConfig>>;
}

export function tryRoutes({ store, supervisor, host, connectionsOf }: TryDeps): Route[] {
  return [
    route({
      method: "post",
      path: "/try",
      tag: "Try",
      summary: "Plays a document over given or retained records, or what its sources hold, with sinks off",
      body: tryRequest,
      answer: tryResult,
      errors: { 404: "no such pipeline", 422: "the document cannot be read" },
      handle: async ({ body }) => {
        const { document, pipelineId, records = {}, targets, limit } = body;
        const pipeline = pipelineId === undefined ? undefined : store.get(pipelineId);
        if (pipelineId !== undefined && !pipeline) throw notFound({ en: "pipeline", zh: "流水线" }, pipelineId);
        const given = Object.entries(records).map(([node, texts]) => [node, texts.map((text) => ({ text }))]);
        const run = pipelineId === undefined ? undefined : supervisor.handle(pipelineId);
        const retained = run ? await retainedRecords(run, document) : {};
        const live = pipeline?.liveVersion === undefined ? undefined : store.version(pipeline.id, pipeline.liveVersion);
        return host.tryPipeline({
          pipelineId: pipelineId ?? "",
          document,
          connections: connectionsOf(document, aliasesIn(document, live?.deployment)),
          records: { ...retained, ...Object.fromEntries(given) },
          targets,
          limit,
        });
      },
    }),
  ];
}

const NEVER_DEPLOYED: Deployment = { set: {}, environment: undefined };

/** As the pipeline was deployed last; of aliases that were named one by one those that the document still has. */
function aliasesIn(document: PipelineDocument, deployment: Deployment | undefined): Deployment {
  if (!deployment?.connect) return deployment ?? NEVER_DEPLOYED;
  const declared = document.connections ?? {};
  return {
    ...deployment,
    connect: Object.fromEntries(Object.entries(deployment.connect).filter(([alias]) => Object.hasOwn(declared, alias))),
  };
}

/**
 * The records that the run keeps of what its sources gave, by source. Samples are taken from the main output of each source; what was cut for showing is left out, for half a record
 * is none.
 */
async function retainedRecords(run: RunHandle, document: PipelineDocument): Promise<TryPipeline["records"]> {
  const entries: [string, TryPipeline["records"][string]][] = [];
  for (const [node, edges] of sourceEdges(document)) {
    const bySeq = new Map<number, TryPipeline["records"][string][number]>();
    for (const edge of edges) {
      for (const sample of await run.samples(edge.from)) {
        if (!sample.truncated) bySeq.set(sample.seq, { text: sample.text, time: sample.time ?? undefined, origin: sample.origin });
      }
    }
    if (bySeq.size > 0) entries.push([node, [...bySeq].sort(([a], [b]) => a - b).map(([, record]) => record)]);
  }
  return Object.fromEntries(entries);
}

/** First edge of each output port of each node that no edge ends in; the `error` port gives no records. */
function sourceEdges(document: PipelineDocument): Map<string, Edge[]> {
  const targets = new Set(document.edges.map((edge) => parsePortRef(edge.to).node));
  const byNode = new Map<string, Edge[]>();
  for (const edge of document.edges) {
    const { node, port } = parsePortRef(edge.from);
    const known = byNode.get(node) ?? [];
    if (targets.has(node) || port === "error" || known.some(({ from }) => from === edge.from)) continue;
    byNode.set(node, [...known, edge]);
  }
  return byNode;
}
