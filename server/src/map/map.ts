/**
 * The map of all pipelines: drawn from the documents themselves, the deployed version where there is one, else the draft. A pipeline and what it reads or writes hang together by kind,
 * connection and name; numbers come from the runs, and from the stores themselves.
 */
import type { PipelineDocument, TargetUse } from "@millrace/engine/pipeline";
import type { MapFlow, MapJob, MapStore, NodeLive, WarehouseMap } from "../api.ts";
import { connectionName } from "../connections/open.ts";
import type { ConnectionStore } from "../connections/store.ts";
import type { Deployment, PipelineStore, StoredPipeline } from "../pipelines/store.ts";
import type { Supervisor } from "../runs/supervisor.ts";
import type { StoreFigures, StoreName } from "./store-figures.ts";

export interface MapDeps {
  readonly store: PipelineStore;
  readonly supervisor: Supervisor;
  readonly connections: ConnectionStore;
  readonly targetsOf: (document: PipelineDocument, options: { pipelineId: string; set: Deployment["set"] }) => readonly TargetUse[];
  readonly figures: StoreFigures;
  /** The server's collector: what it appended since it began, and where to. */
  readonly collected: () => { readonly topic: string; readonly connection: string | undefined; readonly records: number };
}

/** Millrace's own topics (posted records, dead letters) are no part of a warehouse. */
const INTERNAL = "__";
const COLLECTOR = "/applog";

export function createMap({ store, supervisor, connections, targetsOf, figures, collected }: MapDeps): () => Promise<WarehouseMap> {
  /** By pipeline, as long as the document is the same: to analyze it takes a hundred times as long as to draw it. */
  const known = new Map<string, { readonly of: string; readonly uses: readonly (TargetUse & { store: StoreName })[] }>();

  function usesOf(pipeline: StoredPipeline): readonly (TargetUse & { store: StoreName })[] {
    const { id, liveVersion, revision, draft } = pipeline;
    const of = liveVersion === undefined ? `draft ${revision}` : `version ${liveVersion}`;
    const before = known.get(id);
    if (before?.of === of) return before.uses;
    const version = liveVersion === undefined ? undefined : store.version(id, liveVersion);
    const deployment = version?.deployment ?? { set: {}, environment: undefined };
    const uses = targetsOf(version?.document ?? draft, { pipelineId: id, set: deployment.set })
      .filter(({ target }) => !target.name.startsWith(INTERNAL))
      .map((use) => {
        const connection = use.connection === undefined ? undefined : connectionName(connections, use.connection, deployment);
        return { ...use, store: { ...use.target, connection } };
      });
    known.set(id, { of, uses });
    return uses;
  }

  return async () => {
    const stores = new Map<string, StoreName>();
    const idOf = (one: StoreName) => {
      const id = JSON.stringify([one.kind, one.connection ?? null, one.name]);
      stores.set(id, one);
      return id;
    };
    const pipelines = store.list();
    for (const id of known.keys()) if (!store.get(id)) known.delete(id);
    const flows = pipelines.flatMap((pipeline) => {
      const nodes = supervisor.handle(pipeline.id)?.nodes() ?? {};
      return usesOf(pipeline).map((use) => flowOf(pipeline.id, use, idOf(use.store), nodes[use.nodeId]));
    });
    const { topic, connection, records } = collected();
    const appLogs = idOf({ kind: "topic", name: topic, connection });
    const collects = records > 0 || flows.some(({ store: id, access }) => id === appLogs && access === "reads");
    if (!collects) stores.delete(appLogs);
    return {
      jobs: [
        ...(collects ? [{ id: COLLECTOR, kind: "collector" as const, name: COLLECTOR }] : []),
        ...pipelines.map((one) => jobOf(one, supervisor)),
      ],
      stores: await storesOf(stores, figures),
      flows: [...(collects ? [{ job: COLLECTOR, store: appLogs, access: "writes" as const, total: records }] : []), ...flows],
    };
  };
}

function jobOf(pipeline: StoredPipeline, supervisor: Supervisor): MapJob {
  const { id, draft } = pipeline;
  const run = supervisor.status(pipeline);
  return { id, kind: "pipeline", name: draft.name, ...(draft.title && { title: draft.title }), ...(run && { run }) };
}

function flowOf(job: string, { nodeId, access }: TargetUse, store: string, live: NodeLive | undefined): MapFlow {
  // What a sink takes in is what it writes; a lookup reads once for each row that asks.
  const isSource = live !== undefined && Object.keys(live.in).length === 0;
  const port = live && Object.values(isSource ? live.out : live.in)[0];
  return {
    job,
    node: nodeId,
    store,
    access,
    ...(port && { rate: port.rate, total: port.total }),
    ...(isSource && live.lag !== undefined && { lag: live.lag }),
  };
}

async function storesOf(stores: ReadonlyMap<string, StoreName>, figures: StoreFigures): Promise<MapStore[]> {
  const found = await figures([...stores.values()]);
  return [...stores].map(([id, one]) => {
    const { kind, name, connection } = one;
    return { id, kind, name, ...(connection !== undefined && { connection }), ...found.get(one) };
  });
}
