/** Records on their way into topics: sorted by partition and packed into chunks as they come, so that what waits takes little more memory than it will on disk. */
import type { Millis, TopicRecord } from "@millrace/engine/node";
import { ConnectionError, quote } from "../connection-error.ts";
import { unknownPartition } from "../topic-errors.ts";
import { CHUNK_BYTES, ChunkBuilder, MAX_RECORD_BYTES, type SealedChunk, sizeOf } from "./chunk.ts";
import { partitionOfKey } from "./partitioner.ts";

export interface StagedPartition {
  readonly topic: string;
  readonly partition: number;
  readonly chunks: readonly SealedChunk[];
}

/** What the chunks take on disk, at most. */
export function bytesOf(parts: readonly StagedPartition[]): number {
  return parts.reduce((sum, { chunks }) => sum + chunks.reduce((inChunks, { bytes }) => inChunks + bytes.length, 0), 0);
}

/** 32 MiB. */
const MOST_FREE = 512;

interface Lane {
  readonly builder: ChunkBuilder;
  chunks: SealedChunk[];
  count: number;
}

interface TopicLanes {
  readonly lanes: (Lane | undefined)[];
  /** Partition of records without a key; moves on with each chunk and each `take`. */
  next: number;
}

export class StagedRecords {
  private readonly topics = new Map<string, TopicLanes>();
  private readonly now: () => Millis;
  private size = 0;
  private lastKey: Uint8Array | undefined;
  private lastPartitions = 0;
  private lastPartition = 0;
  /** Memory of whole chunks that were stored, to be used again; no more than the last part took. */
  private free: Uint8Array[] = [];

  constructor(now: () => Millis) {
    this.now = now;
  }

  /** Bytes of what is staged. */
  get bytes(): number {
    return this.size;
  }

  get isEmpty(): boolean {
    return this.size === 0;
  }

  /** Throws a `ConnectionError`, and nothing is staged, for a record that cannot be. Returns where it went: its partition, and how many were staged for that partition before it. */
  add(topic: string, partitions: number, record: TopicRecord): { partition: number; index: number } {
    const size = checkRecord(topic, partitions, record);
    const lanes = this.lanesOf(topic, partitions);
    const partition = record.partition ?? (record.key === null ? lanes.next : this.partitionOf(record.key, partitions));
    let lane = lanes.lanes[partition];
    if (!lane) {
      lane = { builder: new ChunkBuilder({ take: () => this.free.pop() }), chunks: [], count: 0 };
      lanes.lanes[partition] = lane;
    }
    // A row that no time is known of counts as made now, as Kafka's producer has it.
    const stamped = Number.isFinite(record.time) ? record : { ...record, time: this.now() };
    if (!lane.builder.fits(stamped, size)) {
      lane.chunks.push(lane.builder.seal());
      if (record.key === null && record.partition === undefined) lanes.next = (partition + 1) % lanes.lanes.length;
    }
    lane.builder.add(stamped, size);
    // Its part in the columns is some 20 bytes; an empty record must count too.
    this.size += size + 20;
    return { partition, index: lane.count++ };
  }

  /** All that is staged; nothing is then. */
  take(): readonly StagedPartition[] {
    const taken: StagedPartition[] = [];
    for (const [topic, lanes] of this.topics) {
      lanes.next = (lanes.next + 1) % lanes.lanes.length;
      for (const [partition, lane] of lanes.lanes.entries()) {
        if (!lane || lane.count === 0) continue;
        if (lane.builder.count > 0) lane.chunks.push(lane.builder.seal());
        taken.push({ topic, partition, chunks: lane.chunks });
        lane.chunks = [];
        lane.count = 0;
      }
    }
    this.size = 0;
    return taken;
  }

  /** What was taken is stored, and nobody looks at it any more. */
  recycle(parts: readonly StagedPartition[]): void {
    const whole = parts.flatMap(({ chunks }) => chunks).map(({ bytes }) => new Uint8Array(bytes.buffer));
    this.free = whole.filter((bytes) => bytes.length === CHUNK_BYTES).slice(0, MOST_FREE);
  }

  /** Gives up what is staged. */
  clear(): void {
    this.topics.clear();
    this.size = 0;
  }

  /** Keys that come again come mostly as the same bytes (a sink remembers them), so that they need not be hashed again. */
  private partitionOf(key: Uint8Array, partitions: number): number {
    if (key === this.lastKey && partitions === this.lastPartitions) return this.lastPartition;
    this.lastKey = key;
    this.lastPartitions = partitions;
    this.lastPartition = partitionOfKey(key, partitions);
    return this.lastPartition;
  }

  private lanesOf(topic: string, partitions: number): TopicLanes {
    const known = this.topics.get(topic);
    if (known && known.lanes.length === partitions) return known;
    const lanes: TopicLanes = { lanes: new Array(partitions).fill(undefined), next: 0 };
    this.topics.set(topic, lanes);
    return lanes;
  }
}

/** Bytes of the record. Throws a `ConnectionError` when the topic cannot take it. */
export function checkRecord(topic: string, partitions: number, record: TopicRecord): number {
  const { partition } = record;
  if (partition !== undefined && !(Number.isInteger(partition) && partition >= 0 && partition < partitions))
    throw unknownPartition(topic, partition, partitions);
  const size = sizeOf(record);
  if (size > MAX_RECORD_BYTES) throw tooLarge(topic, size);
  return size;
}

function tooLarge(topic: string, size: number): ConnectionError {
  return new ConnectionError("topic.record-too-large", {
    en: `A record for topic ${quote(topic)} has ${size} bytes; at most ${MAX_RECORD_BYTES} are possible. Make it smaller, or keep what is large elsewhere and send its address.`,
    zh: `写往主题 ${quote(topic)} 的记录有 ${size} 字节，最多允许 ${MAX_RECORD_BYTES} 字节。请缩小记录，或把大内容存到别处并只发送其地址。`,
  });
}
