/** How long a record takes from being in its topic to being seen in the results, at a given rate: what is appended is due by the clock, results are read as they become visible. */
import { setTimeout as pause } from "node:timers/promises";
import type { ByteRange, TopicLog } from "@millrace/engine/node";

export interface Paced {
  readonly topic: string;
  readonly record: ByteRange;
  /** By which its result is known; undefined for one that has none of its own. */
  readonly id: string | undefined;
}

const APPEND_EVERY_MS = 10;
/** For the last results; more is no latency any more. */
const PATIENCE_MS = 10_000;

/** The 99th percentile in milliseconds, over all records with an id. `idOf` finds it in the text of a result in the topic `out`. */
export async function latencyP99(
  topics: TopicLog,
  records: Iterable<Paced>,
  { perSecond, seconds, out, idOf }: { perSecond: number; seconds: number; out: string; idOf: (text: string) => string },
): Promise<number> {
  const appendedAt = new Map<string, number>();
  const latencies: number[] = [];
  let isFeeding = true;
  const feeding = feed();
  const reading = read();
  await feeding;
  isFeeding = false;
  await reading;
  latencies.sort((a, b) => a - b);
  return latencies[Math.floor(latencies.length * 0.99)] ?? Number.NaN;

  async function feed(): Promise<void> {
    const source = records[Symbol.iterator]();
    const begun = performance.now();
    for (let fed = 0; fed < perSecond * seconds; ) {
      const due = Math.min(perSecond * seconds, ((performance.now() - begun) / 1000) * perSecond);
      const byTopic = new Map<string, { readonly value: ByteRange; readonly key: null; readonly time: number }[]>();
      const now = performance.now();
      for (; fed < due; fed++) {
        const next = source.next();
        if (next.done) return;
        const { topic, record, id } = next.value;
        if (id !== undefined) appendedAt.set(id, now);
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
          latencies.push(now - from);
        }
      }
      await pause(1);
    }
    for (const reader of readers) await reader.close();
    if (appendedAt.size > 0) throw new Error(`${appendedAt.size} records had no result after ${PATIENCE_MS} ms`);
  }
}
