/** What benchmarks of one pipeline share: a data folder with the records in a built-in topic, and a run from there to the end. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TopicLog } from "@millrace/engine/node";
import type { PipelineDocument } from "@millrace/engine/pipeline";
import { openConnections } from "../src/run-host/connections.ts";
import { createRunHost } from "../src/run-host/index.ts";
import type { RunHandle } from "../src/runs/run-host.ts";
import { cpuSecondsSince } from "./cpu.ts";
import type { Pass } from "./main.ts";
import type { Records } from "./page-logs.ts";

const CHUNK = 10_000;
/** How often it is looked whether the last record was read and its checkpoint counts. */
const POLL_MS = 20;

export interface TopicPipeline {
  /**
   * Runs the document until its sources have read everything, then stops it with a savepoint, which takes `savepointMs`. The start is not measured: it does not grow with the records. `steady`: from the first checkpoint that
   * counts, for which all threads must have begun.
   */
  run(
    document: PipelineDocument,
    sources: string | readonly string[],
    during?: (run: RunHandle) => void,
  ): Promise<Required<Pick<Pass, "cpuSeconds" | "wallSeconds" | "steady">> & { readonly run: RunHandle; readonly savepointMs: number }>;
  /** Runs the document while `feed` adds to its topics, and stops it without a savepoint. */
  runWhile<T>(document: PipelineDocument, feed: (topics: TopicLog) => Promise<T>): Promise<T>;
  /** Records in these topics. */
  count(topics: readonly string[]): Promise<number>;
  /** Removes topics that a run wrote: the next one begins as it did. */
  remove(topics: readonly string[]): Promise<void>;
  /** The texts of a topic's records. */
  texts(topic: string): Promise<readonly string[]>;
  clear(): Promise<void>;
}

export async function topicPipeline(topic: string, records: Records, partitions = 4): Promise<TopicPipeline> {
  return topicsPipeline({ [topic]: records }, partitions);
}

/** As `topicPipeline`, with the records of several topics. */
export async function topicsPipeline(topics: Readonly<Record<string, Records>>, partitions = 4): Promise<TopicPipeline> {
  const dataFolder = await mkdtemp(join(tmpdir(), "millrace-bench-"));
  const connections = await openConnections(dataFolder, {});
  for (const [topic, records] of Object.entries(topics)) await fill(connections.topics, topic, records, partitions);
  const all = Object.values(topics).reduce((sum, { count }) => sum + count, 0);
  const host = await createRunHost({ dataFolder, log: console.error });
  return {
    async run(document, sources, during) {
      const groups = new Set([sources].flat().map((source) => (document.nodes[source]?.params.group as string | undefined) ?? "bench"));
      // A run before this one may have moved them to the end.
      for (const group of groups)
        await connections.topics.commitPositions(
          group,
          new Map([...(await connections.topics.positions(group)).keys()].map((split) => [split, 0])),
          undefined,
        );
      const run = await host.startRun({ pipelineId: "bench", runId: "bench", version: 1, document, set: {}, connections: {} });
      during?.(run);
      const before = process.cpuUsage();
      const begun = performance.now();
      const reached = async (least: number) => {
        for (;;) {
          const records = await committedBy(connections.topics, groups);
          if (records >= least) return { records, cpuSeconds: cpuSecondsSince(before), at: performance.now() };
          await new Promise((resolve) => setTimeout(resolve, POLL_MS));
        }
      };
      const first = await reached(1);
      const last = await reached(all);
      const steady = {
        records: last.records - first.records,
        cpuSeconds: last.cpuSeconds - first.cpuSeconds,
        wallSeconds: (last.at - first.at) / 1000,
      };
      await run.stop({ savepoint: true });
      const now = performance.now();
      return { cpuSeconds: cpuSecondsSince(before), wallSeconds: (now - begun) / 1000, steady, run, savepointMs: now - last.at };
    },
    async runWhile(document, feed) {
      const run = await host.startRun({ pipelineId: "paced", runId: "paced", version: 1, document, set: {}, connections: {} });
      try {
        return await feed(connections.topics);
      } finally {
        await run.stop({ savepoint: false });
      }
    },
    async count(topics) {
      let sum = 0;
      for (const name of topics) for (const { latest } of (await connections.topics.describeTopic(name))?.partitions ?? []) sum += latest;
      return sum;
    },
    async remove(topics) {
      for (const name of topics) await connections.topics.deleteTopic(name);
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

/** Appends the records to the topic, which is made if it is not there. */
export async function fill(topics: TopicLog, topic: string, records: Records, partitions: number): Promise<void> {
  await topics.createTopic(topic, { partitions });
  for (let from = 0; from < records.count; from += CHUNK) {
    const chunk = Array.from({ length: Math.min(CHUNK, records.count - from) }, (_, i) => ({
      value: { bytes: records.bytes, start: records.starts[from + i] as number, end: records.ends[from + i] as number },
      key: null,
      time: Date.now(),
    }));
    await topics.append(topic, chunk);
  }
}

/** Records up to the groups' positions, which move with each checkpoint: what a run shows is older by up to half a second. */
async function committedBy(topics: TopicLog, groups: ReadonlySet<string>): Promise<number> {
  let sum = 0;
  for (const group of groups) for (const position of (await topics.positions(group)).values()) sum += position;
  return sum;
}
