import { connectionAliases, type Edge, type PipelineDocument, parsePortRef } from "@millrace/engine/pipeline";
import { proposeSchemaRequest, schemaProposal, tryRequest, tryResult } from "../api.ts";
import { ApiFailure, notFound, quote } from "../http/api-failure.ts";
import { type Route, route } from "../http/route.ts";
import type { Deployment, PipelineStore, StoredPipeline } from "../pipelines/store.ts";
import type { ConnectionConfig, RunHandle, RunHost, TryPipeline } from "../runs/run-host.ts";
import type { Supervisor } from "../runs/supervisor.ts";

export interface TryDeps {
  readonly store: PipelineStore;
  readonly supervisor: Supervisor;
  readonly host: RunHost;
  /** What the aliases of the document mean in an environment. Throws `ApiFailure` for one that is not there. */
  /** Records of a source that are looked at to propose its schema. */
  readonly schemaRecords: number;
  readonly connectionsOf: (document: PipelineDocument, deployment: Deployment) => Readonly<Record<string, ConnectionConfig>>;
}

export function tryRoutes({ store, supervisor, host, connectionsOf, schemaRecords }: TryDeps): Route[] {
  function find(pipelineId: string | undefined): StoredPipeline | undefined {
    const pipeline = pipelineId === undefined ? undefined : store.get(pipelineId);
    if (pipelineId !== undefined && !pipeline) throw notFound({ en: "pipeline", zh: "流水线" }, pipelineId);
    return pipeline;
  }

  /** What the aliases of a draft mean for whoever looks at it before it is deployed. */
  function connectionsFor(document: PipelineDocument, pipeline: StoredPipeline | undefined) {
    const live = pipeline?.liveVersion === undefined ? undefined : store.version(pipeline.id, pipeline.liveVersion);
    return connectionsOf(document, aliasesIn(document, live?.deployment));
  }

  async function retainedOf(pipelineId: string | undefined, document: PipelineDocument): Promise<TryPipeline["records"]> {
    const run = pipelineId === undefined ? undefined : supervisor.handle(pipelineId);
    return run ? retainedRecords(run, document) : {};
  }

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
        const pipeline = find(pipelineId);
        const given = Object.entries(records).map(([node, texts]) => [node, texts.map((text) => ({ text }))]);
        const retained = await retainedOf(pipelineId, document);
        return host.tryPipeline({
          pipelineId: pipelineId ?? "",
          document,
          connections: connectionsFor(document, pipeline),
          records: { ...retained, ...Object.fromEntries(given) },
          targets,
          limit,
        });
      },
    }),
    route({
      method: "post",
      path: "/propose-schema",
      tag: "Try",
      summary: "Proposes the schema of a source from the records it holds, with how sure each field is",
      body: proposeSchemaRequest,
      answer: schemaProposal,
      errors: { 404: "no such pipeline or node", 422: "the document cannot be read" },
      handle: async ({ body }) => {
        const { document, pipelineId, node, limit = schemaRecords } = body;
        const pipeline = find(pipelineId);
        if (!Object.hasOwn(document.nodes, node)) throw notFound({ en: "node", zh: "节点" }, node);
        const retained = (await retainedOf(pipelineId, document))[node] ?? [];
        const proposal = await host.proposeSchema({
          pipelineId: pipelineId ?? "",
          document,
          node,
          connections: connectionsFor(document, pipeline),
          retained: retained.slice(-limit).map(({ text }) => text),
          limit,
        });
        if (proposal) return proposal;
        throw new ApiFailure(400, "no-schema", {
          en: `Node ${quote(node)} reads no records that have a schema. Name a source of JSON or CSV records.`,
          zh: `节点 ${quote(node)} 读取的记录没有模式。请指定读取 JSON 或 CSV 记录的数据源。`,
        });
      },
    }),
  ];
}

const NEVER_DEPLOYED: Deployment = { set: {}, environment: undefined };

/** As the pipeline was deployed last; of aliases that were named one by one those that the document still has. */
function aliasesIn(document: PipelineDocument, deployment: Deployment | undefined): Deployment {
  if (!deployment?.connect) return deployment ?? NEVER_DEPLOYED;
  const declared = connectionAliases(document);
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
