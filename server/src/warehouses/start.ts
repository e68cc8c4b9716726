/** Starts a built-in warehouse: makes what is not there of its jobs, and runs what does not run. */
import type { Words } from "@millrace/engine/node";
import type { WarehouseStart } from "../api.ts";
import { ApiFailure } from "../http/api-failure.ts";
import type { PipelineStore, StoredPipeline } from "../pipelines/store.ts";
import type { Supervisor } from "../runs/supervisor.ts";
import type { Template } from "../templates/routes.ts";

export interface StartWarehouseDeps {
  readonly store: PipelineStore;
  readonly supervisor: Supervisor;
  readonly templates: readonly Template[];
  readonly now: () => number;
}

/** In the order of `jobs`, names of templates. One that does not start keeps none of the others from it. */
export async function startWarehouse(jobs: readonly string[], deps: StartWarehouseDeps): Promise<WarehouseStart> {
  // All are there before the first one runs, so that whoever looks meanwhile sees the whole.
  const made = jobs.map((job) => ({ job, pipeline: pipelineOf(job, deps) }));
  const started: WarehouseStart = [];
  for (const { job, pipeline } of made) {
    const failure = await start(pipeline, deps.supervisor);
    started.push({ id: pipeline.id, template: job, ...(failure && { failure }) });
  }
  return started;
}

function pipelineOf(job: string, { store, templates, now }: StartWarehouseDeps): StoredPipeline {
  const template = templates.find(({ name }) => name === job);
  if (!template) throw new Error(`a warehouse names the template ${job}, which is not there`);
  return store.list().find((one) => one.template === job) ?? store.create(template.document, job, now());
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
