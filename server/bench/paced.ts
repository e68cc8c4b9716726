/**
 * How long a record takes from being in its topic to being seen in the results, at a given rate: what is appended is due by the clock, results are read as they become visible. What comes while the run's code is still
 * being compiled is appended and read, and not counted.
 */
import { setTimeout as pause } from "node:timers/promises";
import type { ByteRange, TopicLog } from "@millrace/engine/node";
import type { PipelineDocument } from "@millrace/engine/pipeline";
import type { Records } from "./page-logs.ts";
import { topicsPipeline } from "./topic-pipeline.ts";

export interface Paced {
  readonly topic: string;
  readonly record: ByteRange;
  /** By which the results are known that come of it, as the last that they need. */
  readonly ids: readonly string[];
}

const NOTHING: Records = { bytes: Buffer.alloc(0), starts: new Float64Array(0), ends: new Float64Array(0), count: 0 };

/** `latencyP99` of a document that begins with empty topics and writes its results to `out`. */
export async function pacedP99(
  document: PipelineDocument,
  topics: readonly string[],
  records: readonly Paced[],
  options: { perSecond: number; out: string; idOf: (text: string) => string },
): Promise<number> {
  const pipeline = await topicsPipeline(Object.fromEntries([...topics, options.out].map((topic) => [topic, NOTHING])), 1);
  try {
    return await pipeline.runWhile(document, (log) => latencyP99(log, records, options));
  } finally {
    await pipeline.clear();
  }
}

const APPEND_EVERY_MS = 10;
const WARM_UP_MS = 2_000;
/** For the last results; more is no latency any more. */
const PATIENCE_MS = 10_000;

/** The 99th percentile in milliseconds, over all ids. `idOf` finds it in the text of a result in the topic `out`. */
async function latencyP99(
  topics: TopicLog,
  records: readonly Paced[],
  { perSecond, out, idOf }: { perSecond: number; out: string; idOf: (text: string) => string },
): Promise<number> {
  const appendedAt = new Map<string, number>();
  const latencies: number[] = [];
  const begun = performance.now();
  let isFeeding = true;
  const feeding = feed();
  const reading = read();
  await feeding;
  isFeeding = false;
  await reading;
  latencies.sort((a, b) => a - b);
  return latencies[Math.floor(latencies.length * 0.99)] ?? Number.NaN;

  async function feed(): Promise<void> {
    for (let fed = 0; fed < records.length; ) {
      const due = Math.min(records.length, ((performance.now() - begun) / 1000) * perSecond);
      const byTopic = new Map<string, { readonly value: ByteRange; readonly key: null; readonly time: number }[]>();
      const now = performance.now();
      for (; fed < due; fed++) {
        const { topic, record, ids } = records[fed] as Paced;
        for (const id of ids) appendedAt.set(id, now);
        const chunk = byTopic.get(topic) ?? [];
        chunk.push({ value: record, key: null, time: Date.now() });
        byTopic.set(topic, chunk);
      }
      for (const [topic, chunk] of byTopic) await topics.append(topic, chunk);
      await pause(APPEND_EVERY_MS);
    }
  }

  async function read(): Promise<void> {
    const partitions = (await topics.describeTopic(out))?.partitions ?? [];
    const readers = await Promise.all(partitions.map(({ partition }) => topics.openReader(out, partition, { from: "earliest" })));
    let patience = performance.now() + PATIENCE_MS;
    while (isFeeding || (appendedAt.size > 0 && performance.now() < patience)) {
      if (isFeeding) patience = performance.now() + PATIENCE_MS;
      for (const reader of readers) {
        const batch = await reader.read(10_000, 0);
        const now = performance.now();
        for (let i = 0; i < batch.count; i++) {
          const range = batch.bytes(i);
          const id = range && idOf(Buffer.from(range.bytes.subarray(range.start, range.end)).toString());
          const from = id ? appendedAt.get(id) : undefined;
          if (from === undefined) continue;
          appendedAt.delete(id as string);
          if (from > begun + WARM_UP_MS) latencies.push(now - from);
        }
      }
      await pause(1);
    }
    for (const reader of readers) await reader.close();
    if (appendedAt.size > 0) throw new Error(`${appendedAt.size} records had no result after ${PATIENCE_MS} ms`);
  }
}
