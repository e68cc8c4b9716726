import { z } from "zod";
import { deploy, runStatus, sample, start, stop } from "../api.ts";
import { ApiFailure, notFound } from "../http/api-failure.ts";
import { type Route, route } from "../http/route.ts";
import type { PipelineStore, StoredPipeline } from "../pipelines/store.ts";
import type { Supervisor } from "./supervisor.ts";

export function runRoutes({ store, supervisor }: { readonly store: PipelineStore; readonly supervisor: Supervisor }): Route[] {
  function find(id: string | undefined): StoredPipeline {
    const found = store.get(id ?? "");
    if (!found) throw notFound({ en: "pipeline", zh: "流水线" }, id ?? "");
    return found;
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
        404: "no such pipeline, environment or connection",
        409: "the savepoint failed",
        422: "the draft has errors, or does not start",
      },
      handle: ({ params, body }) =>
        supervisor.deploy(find(params.id).id, { from: body.from, set: body.set ?? {}, environment: body.environment }),
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
      errors: { 404: "no such pipeline", 409: "it runs, or was never deployed", 422: "it does not start" },
      handle: ({ params, body }) => supervisor.start(find(params.id).id, body),
    }),
    route({
      method: "get",
      path: "/pipelines/:id/run",
      tag: "Runs",
      summary: "State of the run",
      answer: runStatus,
      errors: { 404: "no such pipeline, or never deployed" },
      handle: ({ params }) => {
        const pipeline = find(params.id);
        const status = supervisor.status(pipeline);
        if (status) return status;
        throw new ApiFailure(404, "never-deployed", {
          en: `Pipeline "${pipeline.id}" was never deployed, so it has no run.`,
          zh: `流水线 "${pipeline.id}" 从未部署,没有运行。`,
        });
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
