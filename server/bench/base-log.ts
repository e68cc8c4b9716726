/** The template BaseLogApp from built-in topic to built-in topics: decode, repair, split, flatten, splice, write. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PipelineDocument } from "@millrace/engine/pipeline";
import { templates } from "@millrace/templates";
import { jobAlone } from "@millrace/templates/job-alone";
import { openConnections } from "../src/run-host/connections.ts";
import { createRunHost } from "../src/run-host/index.ts";
import { cpuSecondsSince } from "./cpu.ts";
import type { Work } from "./main.ts";

const SOURCE_TOPIC = "ods_base_log";
const TARGET_TOPICS = ["dwd_page_log", "dwd_start_log", "dwd_display_log"];
const CHUNK = 10_000;

export const baseLog: Work = {
  name: "base-log",
  async prepare(records) {
    const dataFolder = await mkdtemp(join(tmpdir(), "millrace-bench-"));
    const connections = await openConnections(dataFolder, {});
    await connections.topics.createTopic(SOURCE_TOPIC, { partitions: 4 });
    for (let from = 0; from < records.count; from += CHUNK) {
      const chunk = Array.from({ length: Math.min(CHUNK, records.count - from) }, (_, i) => ({
        value: { bytes: records.bytes, start: records.starts[from + i] as number, end: records.ends[from + i] as number },
        key: null,
        time: Date.now(),
      }));
      await connections.topics.append(SOURCE_TOPIC, chunk);
    }
    const host = await createRunHost({ dataFolder, log: console.error });
    const document = jobAlone(templates.find(({ name }) => name === "base-log-app")?.document as PipelineDocument);
    const source = Object.entries(document.nodes).find(([, node]) => node.type === "topic-source")?.[0] as string;
    return {
      async run() {
        // What a run's start costs does not grow with the records; `first-row` measures it.
        const run = await host.startRun({ pipelineId: "bench", runId: "bench", version: 1, document, set: {}, connections: {} });
        const before = process.cpuUsage();
        const begun = performance.now();
        while (readBy(run.nodes()[source]) < records.count) await new Promise((resolve) => setTimeout(resolve, 50));
        await run.stop({ savepoint: true });
        const wallSeconds = (performance.now() - begun) / 1000;
        const cpuSeconds = cpuSecondsSince(before);
        let recordsOut = 0;
        for (const topic of TARGET_TOPICS)
          for (const { latest } of (await connections.topics.describeTopic(topic))?.partitions ?? []) recordsOut += latest;
        return { recordsOut, cpuSeconds, wallSeconds };
      },
      async clear() {
        await host.close();
        await connections.close();
        await rm(dataFolder, { recursive: true, force: true });
      },
    };
  },
};

function readBy(node: { out: Readonly<Record<string, { total: number }>> } | undefined): number {
  return (node?.out.out?.total ?? 0) + (node?.out.error?.total ?? 0);
}
