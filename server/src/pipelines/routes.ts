import { type AnalyzeOptions, type PipelineDocument, words } from "@millrace/engine/pipeline";
import { z } from "zod";
import { createPipeline, lineage, lineageQuery, pipeline, pipelineSummary, saveDraft, savedDraft, versionSummary } from "../api.ts";
import type { TopicLogs } from "../connections/open.ts";
import type { FoundLineage } from "../documents.ts";
import { ApiFailure, notFound } from "../http/api-failure.ts";
import { type Route, route } from "../http/route.ts";
import type { PushTopics } from "../push/push-topic.ts";
import type { RunLogs } from "../runs/run-logs.ts";
import type { Supervisor } from "../runs/supervisor.ts";
import type { Template } from "../templates/routes.ts";
import type { PipelineStore, StoredPipeline } from "./store.ts";
import type { PipelineViews } from "./views.ts";

export interface PipelineRouteDeps {
  readonly store: PipelineStore;
  readonly views: PipelineViews;
  readonly supervisor: Supervisor;
  readonly logs: RunLogs;
  readonly templates: readonly Template[];
  /** By "node.port" and a field's path. */
  readonly lineageOf: (document: PipelineDocument, port: string, field: string, options: AnalyzeOptions) => FoundLineage;
  readonly topics: TopicLogs;
  readonly pushTopics: PushTopics;
  readonly now: () => number;
}

const versionDocument = z.object({ document: pipeline.shape.draft });

export function pipelineRoutes({
  store,
  views,
  supervisor,
  logs,
  templates,
  lineageOf,
  topics,
  pushTopics,
  now,
}: PipelineRouteDeps): Route[] {
  function find(id: string | undefined): StoredPipeline {
    const found = store.get(id ?? "");
    if (!found) throw notFound({ en: "pipeline", zh: "流水线" }, id ?? "");
    return found;
  }

  return [
    route({
      method: "get",
      path: "/pipelines",
      tag: "Pipelines",
      summary: "All pipelines with the state of their runs",
      answer: z.array(pipelineSummary),
      handle: () => store.list().map(views.summary),
    }),
    route({
      method: "post",
      path: "/pipelines",
      tag: "Pipelines",
      summary: "A new pipeline: empty, from a template, or from a document",
      body: createPipeline,
      answer: pipeline,
      status: 201,
      errors: { 404: "no such template", 422: "the document has problems" },
      handle: ({ body }) => {
        const document = firstDraft(body, templates);
        return views.whole(store.create(body.name === undefined ? document : { ...document, name: body.name }, body.template, now()));
      },
    }),
    route({
      method: "get",
      path: "/pipelines/:id",
      tag: "Pipelines",
      summary: "Draft, its problems, the deployed version and the run",
      answer: pipeline,
      errors: { 404: "no such pipeline" },
      handle: ({ params }) => views.whole(find(params.id)),
    }),
    route({
      method: "put",
      path: "/pipelines/:id/draft",
      tag: "Pipelines",
      summary: "Saves the draft; `revision` is the one it was made from",
      body: saveDraft,
      answer: savedDraft,
      errors: { 404: "no such pipeline", 409: "the draft was saved from elsewhere meanwhile", 422: "the document cannot be read" },
      handle: ({ params, body }) => {
        const before = find(params.id);
        const revision = store.saveDraft(before.id, body.document, body.revision, now());
        if (revision === undefined) throw stale(before, body.revision);
        const { problems, elsewhere, changed } = views.whole(find(before.id));
        return { revision, problems, elsewhere, changed };
      },
    }),
    route({
      method: "delete",
      path: "/pipelines/:id",
      tag: "Pipelines",
      summary: "Stops the run and removes the pipeline with its versions, state and dead letters",
      errors: { 404: "no such pipeline" },
      handle: async ({ params }) => {
        const { id } = find(params.id);
        const posted = pushTopics.all(id);
        await supervisor.discard(id, () => store.remove(id));
        logs.forget(id);
        const log = await topics.open(undefined);
        for (const topic of posted) if (await log.describeTopic(topic)) await log.deleteTopic(topic);
      },
    }),
    route({
      method: "get",
      path: "/pipelines/:id/versions",
      tag: "Pipelines",
      summary: "Deployed versions, newest first",
      answer: z.array(versionSummary),
      errors: { 404: "no such pipeline" },
      handle: ({ params }) =>
        store.versions(find(params.id).id).map(({ version, deployedAt, document }) => ({
          version,
          deployedAt,
          nodes: Object.keys(document.nodes).length,
        })),
    }),
    route({
      method: "get",
      path: "/pipelines/:id/lineage",
      tag: "Pipelines",
      summary: "Where a field comes from, and what becomes of it, in the draft or a deployed version",
      query: lineageQuery,
      answer: lineage,
      errors: { 404: "no such pipeline, version, port or field" },
      handle: ({ params, query }) => {
        const { id, draft } = find(params.id);
        const version = query.version === undefined ? undefined : store.version(id, Number(query.version));
        if (query.version !== undefined && !version) throw notFound({ en: "version", zh: "版本" }, query.version);
        const found = lineageOf(version?.document ?? draft, query.port, query.field, { pipelineId: id });
        if ("lineage" in found) return found.lineage;
        throw new ApiFailure(404, "not-found", words(found.problem), [found.problem]);
      },
    }),
    route({
      method: "get",
      path: "/pipelines/:id/versions/:version",
      tag: "Pipelines",
      summary: "The document of a version",
      answer: versionDocument,
      errors: { 404: "no such pipeline or version" },
      handle: ({ params }) => {
        const found = store.version(find(params.id).id, Number(params.version));
        if (!found) throw notFound({ en: "version", zh: "版本" }, params.version ?? "");
        return { document: found.document };
      },
    }),
  ];
}

function firstDraft(body: z.output<typeof createPipeline>, templates: readonly Template[]): PipelineDocument {
  if (body.document && body.template !== undefined) {
    throw new ApiFailure(400, "bad-request", {
      en: "Give either `document` or `template`, not both.",
      zh: "document 与 template 只能给出其一。",
    });
  }
  if (body.template !== undefined) {
    const template = templates.find(({ name }) => name === body.template);
    if (!template) throw notFound({ en: "template", zh: "模板" }, body.template);
    return template.document;
  }
  return body.document ?? { formatVersion: 1, name: "Pipeline", nodes: {}, edges: [] };
}

function stale(pipeline: StoredPipeline, revision: number): ApiFailure {
  return new ApiFailure(409, "stale-revision", {
    en: `The draft of "${pipeline.id}" is at revision ${pipeline.revision}; this one was made from ${revision}. Load it again and repeat your change.`,
    zh: `"${pipeline.id}" 的草稿已是修订 ${pipeline.revision},此次修改基于修订 ${revision}。请重新载入后再修改。`,
  });
}
