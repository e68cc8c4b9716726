/** All pipelines as typed graphs, with what each reads and writes: the deployed version where there is one, else the draft. */
import {
  type ComputedTarget,
  computedTargets,
  type PipelineDocument,
  type TargetUse,
  type TypedGraph,
  targetUses,
} from "@millrace/engine/pipeline";
import { connectionName } from "../connections/open.ts";
import type { ConnectionStore } from "../connections/store.ts";
import type { Deployment, PipelineStore, StoredPipeline } from "../pipelines/store.ts";
import type { StoreName } from "./store-figures.ts";

export interface JobGraph {
  readonly pipeline: StoredPipeline;
  readonly graph: TypedGraph;
  readonly uses: readonly StoreUse[];
  /** Sinks whose rows name their stores; `connection` undefined: built in. */
  readonly computed: readonly ComputedTarget[];
}

export interface StoreUse extends Pick<TargetUse, "nodeId" | "access"> {
  readonly store: StoreName;
}

export interface JobGraphDeps {
  readonly store: PipelineStore;
  readonly connections: ConnectionStore;
  readonly graphOf: (document: PipelineDocument, options: { pipelineId: string; set: Deployment["set"] }) => TypedGraph;
}

/** Millrace's own topics (posted records, dead letters) are no part of a warehouse. */
const INTERNAL = "__";
const NOTHING_SAID: Deployment = { set: {}, environment: undefined };

export interface JobGraphs {
  all(): readonly JobGraph[];
  /** As its draft is, with the connections that it was deployed with last. */
  draft(pipeline: StoredPipeline): JobGraph;
}

export function createJobGraphs({ store, connections, graphOf }: JobGraphDeps): JobGraphs {
  /** By pipeline, as long as the document is the same: to analyze it takes a hundred times as long as to draw it. */
  const known = new Map<string, { readonly of: string; readonly graph: TypedGraph; readonly deployment: Deployment }>();

  function analyzed({ id, liveVersion, revision, draft }: StoredPipeline) {
    const of = liveVersion === undefined ? `draft ${revision}` : `version ${liveVersion}`;
    const before = known.get(id);
    if (before?.of === of) return before;
    const version = liveVersion === undefined ? undefined : store.version(id, liveVersion);
    const deployment = version?.deployment ?? NOTHING_SAID;
    const now = { of, graph: graphOf(version?.document ?? draft, { pipelineId: id, set: deployment.set }), deployment };
    known.set(id, now);
    return now;
  }

  function jobOf(pipeline: StoredPipeline, graph: TypedGraph, deployment: Deployment): JobGraph {
    const connectionOf = (alias: string | undefined) => (alias === undefined ? undefined : connectionName(connections, alias, deployment));
    const computed = computedTargets(graph).map((one) => ({ ...one, connection: connectionOf(one.connection) }));
    return { pipeline, graph, uses: storeUses(graph, pipeline.id, connectionOf), computed };
  }

  return {
    all() {
      for (const id of known.keys()) if (!store.get(id)) known.delete(id);
      return store.list().map((pipeline) => {
        const { graph, deployment } = analyzed(pipeline);
        return jobOf(pipeline, graph, deployment);
      });
    },
    draft(pipeline) {
      const { deployment } = analyzed(pipeline);
      return jobOf(pipeline, graphOf(pipeline.draft, { pipelineId: pipeline.id, set: deployment.set }), deployment);
    },
  };
}

/** `connectionOf`: what an alias means; undefined: what is built in. */
function storeUses(graph: TypedGraph, pipelineId: string, connectionOf: (alias: string | undefined) => string | undefined): StoreUse[] {
  return targetUses(graph, pipelineId)
    .filter(({ target }) => !target.name.startsWith(INTERNAL))
    .map(({ nodeId, access, target, connection }) => ({
      nodeId,
      access,
      store: { ...target, connection: connectionOf(connection) },
    }));
}

/** By which a store is found: two with the same are one. */
export function storeId({ kind, connection, name }: StoreName): string {
  return JSON.stringify([kind, connection ?? null, name]);
}
