/** Stored pipelines as the API shows them. */
import { type AnalyzeOptions, connectionAliases, type PipelineDocument, type Problem } from "@millrace/engine/pipeline";
import type { Pipeline, PipelineSummary } from "../api.ts";
import type { Supervisor } from "../runs/supervisor.ts";
import type { PipelineStore, StoredPipeline } from "./store.ts";

export interface PipelineViews {
  summary(pipeline: StoredPipeline): PipelineSummary;
  whole(pipeline: StoredPipeline): Pipeline;
  changed(pipeline: StoredPipeline): boolean;
}

export function createPipelineViews(
  store: PipelineStore,
  supervisor: Supervisor,
  analyze: (document: PipelineDocument, options: AnalyzeOptions) => readonly Problem[],
  sameMeaning: (a: PipelineDocument, b: PipelineDocument) => boolean,
  isFragment: (document: PipelineDocument) => boolean,
  elsewhere: (pipeline: StoredPipeline) => readonly Problem[],
): PipelineViews {
  /** What its draft is compared with: what was deployed last; of a fragment its newest version. */
  function live(pipeline: StoredPipeline) {
    if (isFragment(pipeline.draft)) return store.newestVersion(pipeline.id);
    return pipeline.liveVersion === undefined ? undefined : store.version(pipeline.id, pipeline.liveVersion);
  }

  function summaryOf(pipeline: StoredPipeline, deployed: ReturnType<typeof live>): PipelineSummary {
    const run = supervisor.status(pipeline);
    const { id, draft, template, updatedAt } = pipeline;
    const connections = connectionAliases(draft);
    return {
      id,
      name: draft.name,
      ...(draft.title ? { title: draft.title } : {}),
      ...(template === undefined ? {} : { template }),
      updatedAt,
      changed: deployed === undefined || !sameMeaning(draft, deployed.document),
      ...(Object.keys(connections).length > 0 ? { connections } : {}),
      ...(isFragment(draft) ? { fragment: true as const } : {}),
      ...(run ? { run } : {}),
    };
  }

  return {
    summary: (pipeline) => summaryOf(pipeline, live(pipeline)),

    whole(pipeline) {
      const deployed = live(pipeline);
      return {
        ...summaryOf(pipeline, deployed),
        draft: pipeline.draft,
        revision: pipeline.revision,
        problems: analyze(pipeline.draft, { pipelineId: pipeline.id }) as Pipeline["problems"],
        elsewhere: elsewhere(pipeline) as Pipeline["elsewhere"],
        ...(deployed ? { live: { version: deployed.version, document: deployed.document, deployedAt: deployed.deployedAt } } : {}),
      };
    },

    changed(pipeline) {
      const deployed = live(pipeline);
      return deployed === undefined || !sameMeaning(pipeline.draft, deployed.document);
    },
  };
}
