/** Records for tests, and all that a topic shows. */
import type { RecordBatch, TopicLog, TopicRecord } from "@millrace/engine/node";

export function record(text: string, more: Partial<TopicRecord> = {}): TopicRecord {
  const bytes = Buffer.from(text);
  return { value: { bytes, start: 0, end: bytes.length }, key: null, time: 1_000, partition: 0, ...more };
}

export function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

/** In the order of the partition. */
export async function readAll<T>(log: TopicLog, topic: string, pick: (batch: RecordBatch, i: number) => T, partition = 0): Promise<T[]> {
  const reader = await log.openReader(topic, partition, { from: "earliest" });
  const found: T[] = [];
  for (let batch = await reader.read(1_000, 0); batch.count > 0; batch = await reader.read(1_000, 0)) {
    for (const i of range(batch.count)) found.push(pick(batch, i));
  }
  await reader.close();
  return found;
}

export function texts(log: TopicLog, topic: string, partition = 0): Promise<(string | null)[]> {
  return readAll(log, topic, textOf, partition);
}

export function textOf(batch: RecordBatch, i: number): string | null {
  const value = batch.bytes(i);
  return value && Buffer.from(value.bytes.subarray(value.start, value.end)).toString();
}

let made = 0;

/** A topic of one partition that no other test has. */
export async function newTopic(log: TopicLog, partitions = 1): Promise<string> {
  const name = `test-${process.pid}-${made++}`;
  await log.createTopic(name, { partitions });
  return name;
}
