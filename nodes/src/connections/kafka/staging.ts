/** Records on their way: parted by partition and packed into batches as they come, full ones given on at once. */
import type { Millis, TopicRecord } from "@millrace/engine/node";
import { partitionOfKey } from "../built-in-topics/partitioner.ts";
import { ConnectionError, quote } from "../connection-error.ts";
import { unknownPartition } from "../topic-errors.ts";
import { BatchBuilder, sizeOf } from "./batch-builder.ts";
import { HEADER_BYTES } from "./batch-format.ts";

/** A topic as who writes it must know it. */
export interface Target {
  readonly topic: string;
  readonly partitions: number;
  /** The topic's `max.message.bytes`. */
  readonly maxBatchBytes: number;
  /** It is compacted. */
  readonly onlyWithKey: boolean;
}

/** One batch of one partition, from its first record until it is acknowledged. */
export interface Batch {
  readonly topic: string;
  readonly partition: number;
  readonly builder: BatchBuilder;
}

/** A larger batch gains nothing. */
const BATCH_BYTES = 256 << 10;
/** Kept for the batches to come: 32 MiB, twice what a sink has waiting. */
const MOST_FREE = 128;

/** Memory of batches that are done, to build others in: what is freed and asked for again costs the system more than the records do. */
export class BatchMemory {
  private readonly free: Buffer[] = [];

  take(): Buffer | undefined {
    return this.free.pop();
  }

  give(memory: Buffer): void {
    if (this.free.length < MOST_FREE && memory.length <= BATCH_BYTES) this.free.push(memory);
  }
}

interface Lanes {
  readonly target: Target;
  readonly open: (Batch | undefined)[];
  /** Partition of records without a key; moves on with each batch. */
  next: number;
}

export class Staging {
  /** Bytes of the batches that are still open. */
  bytes = 0;
  private readonly lanes = new Map<string, Lanes>();
  private readonly now: () => Millis;
  private readonly onFull: (batch: Batch) => void;
  private lastKey: Uint8Array | undefined;
  private lastPartitions = 0;
  private lastPartition = 0;
  private readonly memory: BatchMemory;

  constructor(now: () => Millis, memory: BatchMemory, onFull: (batch: Batch) => void) {
    this.now = now;
    this.memory = memory;
    this.onFull = onFull;
  }

  /** Throws a `ConnectionError`, and nothing is staged, for a record that the topic cannot take. Returns where it went: its batch, and its place in it. */
  add(target: Target, record: TopicRecord): { batch: Batch; index: number } {
    const size = checkRecord(target, record);
    const lanes = this.lanesOf(target);
    const partition = record.partition ?? (record.key === null ? lanes.next : this.partitionOf(record.key, target.partitions));
    let batch = lanes.open[partition];
    if (batch && batch.builder.size + size > Math.min(BATCH_BYTES, target.maxBatchBytes)) {
      this.give(batch);
      batch = undefined;
      if (record.key === null && record.partition === undefined) lanes.next = (partition + 1) % target.partitions;
    }
    if (!batch) {
      batch = { topic: target.topic, partition, builder: new BatchBuilder(this.memory.take()) };
      lanes.open[partition] = batch;
      this.bytes += HEADER_BYTES;
    }
    const before = batch.builder.size;
    // A row that no time is known of counts as made now, as Kafka's producer has it.
    batch.builder.add(record, Number.isFinite(record.time) ? Math.trunc(record.time) : this.now(), size);
    this.bytes += batch.builder.size - before;
    return { batch, index: batch.builder.count - 1 };
  }

  /** Gives on what is open. */
  flush(): void {
    for (const lanes of this.lanes.values()) {
      lanes.next = (lanes.next + 1) % lanes.target.partitions;
      for (const [partition, batch] of lanes.open.entries()) {
        if (!batch) continue;
        lanes.open[partition] = undefined;
        this.give(batch);
      }
    }
  }

  /** Gives up what is open. */
  clear(): void {
    this.lanes.clear();
    this.bytes = 0;
  }

  private give(batch: Batch): void {
    this.bytes -= batch.builder.size;
    this.lanes.get(batch.topic)?.open.splice(batch.partition, 1, undefined);
    this.onFull(batch);
  }

  /** Keys that come again come mostly as the same bytes (a sink remembers them), so that they need not be hashed again. */
  private partitionOf(key: Uint8Array, partitions: number): number {
    if (key === this.lastKey && partitions === this.lastPartitions) return this.lastPartition;
    this.lastKey = key;
    this.lastPartitions = partitions;
    this.lastPartition = partitionOfKey(key, partitions);
    return this.lastPartition;
  }

  private lanesOf(target: Target): Lanes {
    const known = this.lanes.get(target.topic);
    if (known?.target.partitions === target.partitions) return known;
    for (const batch of known?.open ?? []) if (batch) this.give(batch);
    const lanes: Lanes = { target, open: new Array(target.partitions).fill(undefined), next: 0 };
    this.lanes.set(target.topic, lanes);
    return lanes;
  }
}

/** Bytes of the record in a batch, at most. Throws a `ConnectionError` when the topic cannot take it. */
export function checkRecord({ topic, partitions, maxBatchBytes, onlyWithKey }: Target, record: TopicRecord): number {
  const { partition } = record;
  if (onlyWithKey && record.key === null) throw keyMissing(topic);
  if (partition !== undefined && !(Number.isInteger(partition) && partition >= 0 && partition < partitions)) {
    throw unknownPartition(topic, partition, partitions);
  }
  const size = sizeOf(record);
  if (HEADER_BYTES + size > maxBatchBytes) throw tooLarge(topic, size, maxBatchBytes);
  return size;
}

function tooLarge(topic: string, size: number, most: number): ConnectionError {
  return new ConnectionError("topic.record-too-large", {
    en: `A record for topic ${quote(topic)} has ${size} bytes; the topic takes at most ${most} (max.message.bytes). Make it smaller, raise the topic's setting, or keep what is large elsewhere and send its address.`,
    zh: `写往主题 ${quote(topic)} 的记录有 ${size} 字节，该主题最多接受 ${most} 字节（max.message.bytes）。请缩小记录、调大该主题的设置，或把大内容存到别处并只发送其地址。`,
  });
}

function keyMissing(topic: string): ConnectionError {
  return new ConnectionError("topic.key-missing", {
    en: `Topic ${quote(topic)} is compacted and takes only records with a key. Give the sink a key that is never null, or the topic another cleanup.policy.`,
    zh: `主题 ${quote(topic)} 启用了压实（compact），只接受带键的记录。请为输出节点设置非空的键，或修改该主题的 cleanup.policy。`,
  });
}

/** The topic's limit is not what it was when writing began, or the user may not see it. */
export function batchTooLarge(topic: string, size: number): ConnectionError {
  return new ConnectionError("topic.record-too-large", {
    en: `Topic ${quote(topic)} refused ${size} bytes of records as too many (max.message.bytes). Raise the topic's setting, and let the user of the connection see it (DescribeConfigs).`,
    zh: `主题 ${quote(topic)} 以过大为由拒绝了 ${size} 字节的记录（max.message.bytes）。请调大该主题的设置，并允许连接的用户查看它（DescribeConfigs）。`,
  });
}
