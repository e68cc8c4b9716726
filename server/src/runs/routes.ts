import { z } from "zod";
import {
  besideReport,
  besideWish,
  deploy,
  logPage,
  planRestore,
  type RunStatus,
  restorePlan,
  runNodes,
  runStatus,
  sample,
  savedState,
  start,
  stop,
} from "../api.ts";
import { ApiFailure, notFound, quote } from "../http/api-failure.ts";
import { type Route, route } from "../http/route.ts";
import type { PipelineStore, StoredPipeline } from "../pipelines/store.ts";
import { noSuchSavepoint } from "./run-failures.ts";
import type { RestoreFrom, RunHost } from "./run-host.ts";
import type { RunLogs } from "./run-logs.ts";
import { withFailure } from "./run-status.ts";
import type { RunsBeside } from "./runs-beside.ts";
import type { Supervisor } from "./supervisor.ts";

export interface RunRouteDeps {
  readonly store: PipelineStore;
  readonly supervisor: Supervisor;
  readonly host: RunHost;
  readonly logs: RunLogs;
  readonly beside: RunsBeside;
  readonly now: () => number;
}

export function runRoutes({ store, supervisor, host, logs, beside, now }: RunRouteDeps): Route[] {
  function find(id: string | undefined): StoredPipeline {
    const found = store.get(id ?? "");
    if (!found) throw notFound({ en: "pipeline", zh: "流水线" }, id ?? "");
    return found;
  }
  function statusOf(pipeline: StoredPipeline): RunStatus {
    const status = supervisor.status(pipeline);
    if (status) return status;
    throw new ApiFailure(404, "never-deployed", {
      en: `Pipeline "${pipeline.id}" was never deployed, so it has no run.`,
      zh: `流水线 "${pipeline.id}" 从未部署,没有运行。`,
    });
  }

  return [
    route({
      method: "post",
      path: "/pipelines/:id/deploy",
      tag: "Runs",
      summary: "Runs the draft; what runs is stopped with a savepoint first and gone on from",
      body: deploy,
      answer: runStatus,
      errors: {
        404: "no such pipeline, savepoint, environment or connection",
        409: "the savepoint failed, or another process runs the pipeline",
        422: "the draft has errors, its saved state does not fit, or it does not start",
      },
      handle: ({ params, body: { set = {}, environment, ...body } }) =>
        supervisor.deploy(find(params.id).id, { set, environment, ...body }),
    }),
    route({
      method: "post",
      path: "/pipelines/:id/stop",
      tag: "Runs",
      summary: "Stops the run, by default with a savepoint",
      body: stop,
      answer: runStatus,
      errors: { 404: "no such pipeline", 409: "never deployed, or the savepoint failed" },
      handle: ({ params, body }) => supervisor.stop(find(params.id).id, body),
    }),
    route({
      method: "post",
      path: "/pipelines/:id/start",
      tag: "Runs",
      summary: "Starts the deployed version again",
      body: start,
      answer: runStatus,
      errors: {
        404: "no such pipeline or savepoint",
        409: "it runs, here or in another process, or was never deployed",
        422: "its saved state does not fit, or it does not start",
      },
      handle: ({ params, body }) => supervisor.start(find(params.id).id, body),
    }),
    route({
      method: "get",
      path: "/pipelines/:id/run",
      tag: "Runs",
      summary: "State of the run",
      answer: runStatus,
      errors: { 404: "no such pipeline, or never deployed" },
      handle: ({ params }) => statusOf(find(params.id)),
    }),
    route({
      method: "get",
      path: "/pipelines/:id/nodes",
      tag: "Runs",
      summary: "Each node's counts, last record and watermark by input and partition, drops by condition, and what is open or waits",
      answer: runNodes,
      errors: { 404: "no such pipeline, or never deployed" },
      handle: ({ params }) => {
        const pipeline = find(params.id);
        const run = statusOf(pipeline);
        return { at: now(), run, nodes: withFailure(supervisor.handle(pipeline.id)?.nodes() ?? {}, run) };
      },
    }),
    route({
      method: "post",
      path: "/pipelines/:id/beside",
      tag: "Runs",
      summary: "What `millrace run`, in a process of its own, tells of its run; answered with what is wanted of it",
      body: besideReport,
      answer: besideWish,
      errors: { 404: "no such pipeline" },
      handle: ({ params, body }) => beside.report(find(params.id).id, body),
    }),
    route({
      method: "get",
      path: "/pipelines/:id/logs",
      tag: "Runs",
      summary: "The last lines logged about the pipeline's runs",
      query: z.object({
        after: z.coerce.number().int().min(0).optional().describe("`next` of the page before: lines since"),
        limit: z.coerce.number().int().min(1).max(10_000).default(1000),
      }),
      answer: logPage,
      errors: { 404: "no such pipeline" },
      handle: ({ params, query }) => logs.read(find(params.id).id, query),
    }),
    route({
      method: "get",
      path: "/pipelines/:id/savepoints",
      tag: "Savepoints",
      summary: "What a run can go on from, newest first: savepoints, and the checkpoints that are kept",
      answer: z.array(savedState),
      errors: { 404: "no such pipeline" },
      handle: ({ params }) => host.savepoints(find(params.id).id),
    }),
    route({
      method: "post",
      path: "/pipelines/:id/savepoints",
      tag: "Savepoints",
      summary: "Makes a savepoint while the run goes on",
      answer: savedState,
      status: 201,
      errors: { 404: "no such pipeline", 409: "it does not run, or the savepoint failed" },
      handle: ({ params }) => supervisor.savepoint(find(params.id).id),
    }),
    route({
      method: "delete",
      path: "/pipelines/:id/savepoints/:savepoint",
      tag: "Savepoints",
      summary: "Removes a savepoint",
      errors: { 404: "no such pipeline or savepoint" },
      handle: ({ params }) => supervisor.deleteSavepoint(find(params.id).id, params.savepoint ?? ""),
    }),
    route({
      method: "post",
      path: "/pipelines/:id/restore-plan",
      tag: "Savepoints",
      summary:
        "What would become of each node's state if the draft, or another document, went on from a savepoint, or from the newest state",
      body: planRestore,
      answer: restorePlan,
      errors: { 404: "no such pipeline, or nothing saved to go on from", 422: "the document cannot be read" },
      handle: async ({ params, body }) => {
        const from: RestoreFrom = body.from ?? "newest";
        const { set = {} } = body;
        const { id, draft } = find(params.id);
        const plan = await host.planRestore({ pipelineId: id, document: body.document ?? draft, set, from });
        if (plan) return plan;
        throw from === "newest" ? nothingSaved(id) : noSuchSavepoint(id, from.savepoint);
      },
    }),
    route({
      method: "get",
      path: "/pipelines/:id/samples",
      tag: "Runs",
      summary: "The last records kept of an edge, latest last",
      query: z.object({ edge: z.string().min(1).describe("a.out->b.in, or a.out") }),
      answer: z.array(sample),
      errors: { 404: "no such pipeline" },
      handle: ({ params, query }) => supervisor.handle(find(params.id).id)?.samples(query.edge) ?? [],
    }),
  ];
}

function nothingSaved(id: string): ApiFailure {
  return new ApiFailure(404, "not-found", {
    en: `Nothing is saved of pipeline ${quote(id)}: a run of it begins without state.`,
    zh: `流水线 ${quote(id)} 没有已保存的状态:运行将不带状态启动。`,
  });
}
