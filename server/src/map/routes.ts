import { words } from "@millrace/engine/pipeline";
import { lineageAcross as lineageAcrossAnswer, lineageQuery, type WarehouseMap, warehouseMap } from "../api.ts";
import { ApiFailure, notFound } from "../http/api-failure.ts";
import { type Route, route } from "../http/route.ts";
import type { PipelineRouteDeps } from "../pipelines/routes.ts";
import type { PipelineStore } from "../pipelines/store.ts";
import type { JobGraphs } from "./job-graphs.ts";
import { lineageAcross } from "./lineage-across.ts";

export interface MapRouteDeps {
  readonly store: PipelineStore;
  readonly jobs: JobGraphs;
  readonly draw: () => Promise<WarehouseMap>;
  readonly lineageOf: PipelineRouteDeps["lineageOf"];
}

export function mapRoutes({ store, jobs, draw, lineageOf }: MapRouteDeps): Route[] {
  return [
    route({
      method: "get",
      path: "/map",
      tag: "Pipelines",
      summary: "All pipelines, joined by the topics, tables and files that they read and write, with rates, lag, and what the stores hold",
      answer: warehouseMap,
      handle: draw,
    }),
    route({
      method: "get",
      path: "/pipelines/:id/lineage/across",
      tag: "Pipelines",
      summary: "Where a field of the draft comes from, and what becomes of it, in other pipelines",
      query: lineageQuery.omit({ version: true }),
      answer: lineageAcrossAnswer,
      errors: { 404: "no such pipeline, port or field" },
      handle: ({ params, query: { port, field } }) => {
        const pipeline = store.get(params.id ?? "");
        if (!pipeline) throw notFound({ en: "pipeline", zh: "流水线" }, params.id ?? "");
        const found = lineageOf(pipeline.draft, port, field, { pipelineId: pipeline.id });
        if ("problem" in found) throw new ApiFailure(404, "not-found", words(found.problem), [found.problem]);
        return lineageAcross(jobs.all(), jobs.draft(pipeline), found.lineage);
      },
    }),
  ];
}
