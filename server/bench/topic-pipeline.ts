/** What benchmarks of one pipeline share: a data folder with the records in a built-in topic, and a run from there to the end. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PipelineDocument } from "@millrace/engine/pipeline";
import { openConnections } from "../src/run-host/connections.ts";
import { createRunHost } from "../src/run-host/index.ts";
import type { RunHandle } from "../src/runs/run-host.ts";
import { cpuSecondsSince } from "./cpu.ts";
import type { Pass } from "./main.ts";
import type { Records } from "./page-logs.ts";

const CHUNK = 10_000;
/** How often it is looked whether the last record was read. */
const POLL_MS = 50;

export interface TopicPipeline {
  /** Runs the document until its source has read everything, then stops it with a savepoint. The start is not measured: it does not grow with the records. */
  run(
    document: PipelineDocument,
    source: string,
    during?: (run: RunHandle) => void,
  ): Promise<Omit<Pass, "recordsOut"> & { readonly run: RunHandle }>;
  /** Records in these topics. */
  count(topics: readonly string[]): Promise<number>;
  /** The texts of a topic's records. */
  texts(topic: string): Promise<readonly string[]>;
  clear(): Promise<void>;
}

export async function topicPipeline(topic: string, records: Records, partitions = 4): Promise<TopicPipeline> {
  const dataFolder = await mkdtemp(join(tmpdir(), "millrace-bench-"));
  const connections = await openConnections(dataFolder, {});
  await connections.topics.createTopic(topic, { partitions });
  for (let from = 0; from < records.count; from += CHUNK) {
    const chunk = Array.from({ length: Math.min(CHUNK, records.count - from) }, (_, i) => ({
      value: { bytes: records.bytes, start: records.starts[from + i] as number, end: records.ends[from + i] as number },
      key: null,
      time: Date.now(),
    }));
    await connections.topics.append(topic, chunk);
  }
  const host = await createRunHost({ dataFolder, log: console.error });
  return {
    async run(document, source, during) {
      const run = await host.startRun({ pipelineId: "bench", runId: "bench", version: 1, document, set: {}, connections: {} });
      during?.(run);
      const before = process.cpuUsage();
      const begun = performance.now();
      while (readBy(run.nodes()[source]) < records.count) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      await run.stop({ savepoint: true });
      return { cpuSeconds: cpuSecondsSince(before), wallSeconds: (performance.now() - begun) / 1000, run };
    },
    async count(topics) {
      let sum = 0;
      for (const name of topics) for (const { latest } of (await connections.topics.describeTopic(name))?.partitions ?? []) sum += latest;
      return sum;
    },
    async texts(name) {
      const texts: string[] = [];
      for (const { partition } of (await connections.topics.describeTopic(name))?.partitions ?? []) {
        const reader = await connections.topics.openReader(name, partition, { from: "earliest" });
        for (let batch = await reader.read(CHUNK, 0); batch.count > 0; batch = await reader.read(CHUNK, 0))
          for (let i = 0; i < batch.count; i++) {
            const range = batch.bytes(i);
            if (range)
              texts.push(Buffer.from(range.bytes.buffer, range.bytes.byteOffset + range.start, range.end - range.start).toString());
          }
        await reader.close();
      }
      return texts;
    },
    async clear() {
      await host.close();
      await connections.close();
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
}

function readBy(node: { out: Readonly<Record<string, { total: number }>> } | undefined): number {
  return (node?.out.out?.total ?? 0) + (node?.out.error?.total ?? 0);
}
