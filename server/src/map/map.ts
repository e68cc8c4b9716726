/**
 * The map of all pipelines, drawn from the documents themselves. A pipeline and what it reads or writes hang together by kind, connection and name; numbers come from the runs, and from the
 * stores themselves.
 */
import type { MapFlow, MapJob, MapStore, NodeLive, WarehouseMap } from "../api.ts";
import type { StoredPipeline } from "../pipelines/store.ts";
import type { Supervisor } from "../runs/supervisor.ts";
import { type JobGraphs, type StoreUse, storeId } from "./job-graphs.ts";
import type { StoreFigures, StoreName } from "./store-figures.ts";

export interface MapDeps {
  readonly jobs: JobGraphs;
  readonly supervisor: Supervisor;
  readonly figures: StoreFigures;
  /** The server's collector: what it appended since it began, and where to. */
  readonly collected: () => { readonly topic: string; readonly connection: string | undefined; readonly records: number };
}

const COLLECTOR = "/applog";

export function createMap({ jobs, supervisor, figures, collected }: MapDeps): () => Promise<WarehouseMap> {
  return async () => {
    const stores = new Map<string, StoreName>();
    const idOf = (one: StoreName) => {
      const id = storeId(one);
      stores.set(id, one);
      return id;
    };
    const all = jobs.all();
    const flows = all.flatMap(({ pipeline, uses, computed }) => {
      const nodes = supervisor.handle(pipeline.id)?.nodes() ?? {};
      const fixed = uses.filter((use) => !computed.some(({ nodeId }) => nodeId === use.nodeId));
      return [
        ...fixed.map((use) => flowOf(pipeline.id, use, idOf(use.store), nodes[use.nodeId])),
        ...computed.flatMap(({ nodeId, kind, connection }) => {
          const targets = nodes[nodeId]?.targets ?? {};
          const listed = uses.flatMap((use) => (use.nodeId === nodeId ? [use.store.name] : []));
          // What the document lists is there before a row names it; what it does not list is found when one does.
          return [...new Set([...listed, ...Object.keys(targets)])].map(
            (name): MapFlow => ({
              job: pipeline.id,
              node: nodeId,
              store: idOf({ kind, name, connection }),
              access: "writes",
              ...targets[name],
            }),
          );
        }),
      ];
    });
    const { topic, connection, records } = collected();
    const appLogs: StoreName = { kind: "topic", name: topic, connection };
    const collects = records > 0 || flows.some(({ store, access }) => store === storeId(appLogs) && access === "reads");
    return {
      jobs: [
        ...(collects ? [{ id: COLLECTOR, kind: "collector" as const, name: COLLECTOR }] : []),
        ...all.map(({ pipeline }) => jobOf(pipeline, supervisor)),
      ],
      flows: [...(collects ? [{ job: COLLECTOR, store: idOf(appLogs), access: "writes" as const, total: records }] : []), ...flows],
      stores: await storesOf(stores, figures),
    };
  };
}

function jobOf(pipeline: StoredPipeline, supervisor: Supervisor): MapJob {
  const { id, draft } = pipeline;
  const run = supervisor.status(pipeline);
  return { id, kind: "pipeline", name: draft.name, ...(draft.title && { title: draft.title }), ...(run && { run }) };
}

function flowOf(job: string, { nodeId, access }: StoreUse, store: string, live: NodeLive | undefined): MapFlow {
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
    ...(access === "writes" && live?.waitsFor && { waitsFor: live.waitsFor }),
  };
}

async function storesOf(stores: ReadonlyMap<string, StoreName>, figures: StoreFigures): Promise<MapStore[]> {
  const found = await figures([...stores.values()]);
  return [...stores].map(([id, one]) => {
    const { kind, name, connection } = one;
    return { id, kind, name, ...(connection !== undefined && { connection }), ...found.get(one) };
  });
}
