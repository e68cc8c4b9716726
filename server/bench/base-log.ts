/** The template BaseLogApp from built-in topic to built-in topics: decode, repair, split, flatten, splice, write. */
import type { PipelineDocument } from "@millrace/engine/pipeline";
import { templates } from "@millrace/templates";
import { jobAlone } from "@millrace/templates/job-alone";
import type { Work } from "./main.ts";
import { topicPipeline } from "./topic-pipeline.ts";

const SOURCE_TOPIC = "ods_base_log";
export const TARGET_TOPICS = ["dwd_page_log", "dwd_start_log", "dwd_display_log"];

export function baseLogDocument(parallelism = 1): PipelineDocument {
  return { ...jobAlone(templates.find(({ name }) => name === "base-log-app")?.document as PipelineDocument), parallelism };
}

export function baseLogWork(name: string, parallelism: number): Work {
  const document = baseLogDocument(parallelism);
  const source = Object.entries(document.nodes).find(([, node]) => node.type === "topic-source")?.[0] as string;
  return {
    name,
    async prepare(records) {
      const pipeline = await topicPipeline(SOURCE_TOPIC, records);
      return {
        async run() {
          const { cpuSeconds, wallSeconds, steady } = await pipeline.run(document, source);
          return { cpuSeconds, wallSeconds, steady, recordsOut: await pipeline.count(TARGET_TOPICS) };
        },
        clear: () => pipeline.clear(),
      };
    },
  };
}
