/** Starts a built-in warehouse: makes what is not there of its jobs, and runs what does not run. */
import type { Words } from "@millrace/engine/node";
import type { PipelineDocument } from "@millrace/engine/pipeline";
import type { WarehouseStart } from "../api.ts";
import { ApiFailure } from "../http/api-failure.ts";
import type { PipelineStore, StoredPipeline } from "../pipelines/store.ts";
import type { Supervisor } from "../runs/supervisor.ts";

/** A template as a part of a warehouse. */
export interface WarehouseJob {
  readonly name: string;
  readonly document: PipelineDocument;
}

export interface StartWarehouseDeps {
  readonly store: PipelineStore;
  readonly supervisor: Supervisor;
  readonly now: () => number;
}

/** In the order of `jobs`. One that does not start keeps none of the others from it. */
export async function startWarehouse(jobs: readonly WarehouseJob[], deps: StartWarehouseDeps): Promise<WarehouseStart> {
  // All are there before the first one runs, so that whoever looks meanwhile sees the whole.
  const made = jobs.map((job) => ({ name: job.name, pipeline: pipelineOf(job, deps) }));
  const started: WarehouseStart = [];
  for (const { name, pipeline } of made) {
    const failure = await start(pipeline, deps.supervisor);
    started.push({ id: pipeline.id, template: name, ...(failure && { failure }) });
  }
  return started;
}

function pipelineOf({ name, document }: WarehouseJob, { store, now }: StartWarehouseDeps): StoredPipeline {
  return store.list().find(({ template }) => template === name) ?? store.create(document, name, now());
}

async function start(pipeline: StoredPipeline, supervisor: Supervisor): Promise<Words | undefined> {
  const state = supervisor.status(pipeline)?.state;
  try {
    if (state === undefined) await supervisor.deploy(pipeline.id, { set: {}, environment: undefined });
    else if (state === "stopped" || state === "failed") await supervisor.start(pipeline.id, { from: "savepoint" });
    return undefined;
  } catch (error) {
    return wordsOf(error);
  }
}

/** Throws on what is a bug. */
function wordsOf(error: unknown): Words {
  if (error instanceof ApiFailure) return error.words;
  throw error;
}
