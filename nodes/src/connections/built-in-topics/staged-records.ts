/**
 * Records on their way into topics: sorted by partition and packed into chunks as they come. Whole chunks leave memory for a segment file while more records come in; what of a topic
 * stays small all together is kept, to be stored in LMDB: a file would have to be synced for it.
 */
import type { Millis, TopicRecord } from "@millrace/engine/node";
import { ConnectionError, quote } from "../connection-error.ts";
import { unknownPartition } from "../topic-errors.ts";
import { ChunkBuilder, MAX_RECORD_BYTES, type SealedChunk, sizeOf } from "./chunk.ts";
import { createChunkPool } from "./chunk-memory.ts";
import { partitionOfKey } from "./partitioner.ts";
import { createSegmentWriter, type SegmentWriter } from "./segment-writer.ts";
import type { Place, SegmentId } from "./segments.ts";
import type { StoredTopic, TopicStore } from "./store.ts";

/** A chunk that needs only its entry in the index to be seen. */
export interface StagedChunk {
  readonly count: number;
  readonly length: number;
  readonly maxTime: Millis;
  /** Where it lies, or what it is. */
  readonly at: Place | Uint8Array;
}

export interface StagedPartition {
  readonly topic: string;
  readonly topicId: number;
  readonly partition: number;
  readonly chunks: readonly StagedChunk[];
}

/** Plain data. */
export interface Staged {
  readonly parts: readonly StagedPartition[];
  /** Segment files that nothing more will be appended to. */
  readonly full: readonly SegmentId[];
}

/** What the chunks take in LMDB, at most. */
export function bytesOf(parts: readonly StagedPartition[]): number {
  let bytes = 0;
  for (const { chunks } of parts) for (const { at } of chunks) bytes += ENTRY_BYTES + (at instanceof Uint8Array ? at.length : 0);
  return bytes;
}

/** Of an entry in the index, with its part of a page. */
const ENTRY_BYTES = 100;
/** What is less than this of a topic goes into LMDB: about as long as a disk takes to sync one more file, it could write this. */
const INLINE_BYTES = 64 << 10;
/** So much of a topic is written at a time: then the chunks of one partition lie side by side, and are read at a time. A thread that writes by itself writes each chunk while it is in the processor's cache. */
const WRITE_BYTES = 2 << 20;

interface Lane {
  readonly builder: ChunkBuilder;
  /** Whole, but not handed over. */
  sealed: SealedChunk[];
  staged: StagedChunk[];
  count: number;
}

interface StagingTopic {
  readonly name: string;
  readonly id: number;
  readonly partitions: number;
  readonly lanes: (Lane | undefined)[];
  /** Partition of records without a key; moves on with each chunk and each `take`. */
  next: number;
  sealedBytes: number;
  /** Some of it lies in a file. */
  isLarge: boolean;
}

export class StagedRecords {
  /** How many records were staged for its partition before the one that was added last. */
  lastIndex = 0;
  private readonly now: () => Millis;
  private readonly find: (topic: string) => StoredTopic;
  private readonly topics = new Map<string, StagingTopic>();
  /** Topics of this part; looked up anew for each. */
  private known = new Map<string, StagingTopic>();
  private last: StagingTopic | undefined;
  private inMemory = 0;
  private lastKey: Uint8Array | undefined;
  private lastPartitions = 0;
  private lastPartition = 0;
  private readonly segments: SegmentWriter;
  private readonly writeBytes: number;
  private readonly pool = createChunkPool();

  /** `find`: the topic of a name; throws when records for it cannot be taken. `blocks`: see `SegmentWriterOptions`. */
  constructor(store: TopicStore, now: () => Millis, find: (topic: string) => StoredTopic, blocks = false) {
    this.now = now;
    this.find = find;
    this.writeBytes = blocks ? INLINE_BYTES : WRITE_BYTES;
    this.segments = createSegmentWriter(store, { onWritten: (chunks) => this.recycle(chunks), blocks });
  }

  /** Bytes of what waits in memory. */
  get bytes(): number {
    return this.inMemory + this.segments.pendingBytes;
  }

  /** Throws a `ConnectionError`, and nothing is staged, for a record that cannot be. Returns its partition. */
  add(topicName: string, record: TopicRecord): number {
    const topic = this.last?.name === topicName ? this.last : this.topicOf(topicName);
    const size = checkRecord(topic.name, topic.partitions, record);
    const partition = record.partition ?? (record.key === null ? topic.next : this.partitionOf(record.key, topic.partitions));
    const lane = (topic.lanes[partition] ??= this.newLane());
    // A row that no time is known of counts as made now, as Kafka's producer has it.
    const stamped = Number.isFinite(record.time) ? record : { ...record, time: this.now() };
    if (!lane.builder.fits(stamped, size)) {
      this.seal(topic, lane);
      if (record.key === null && record.partition === undefined) topic.next = (partition + 1) % topic.partitions;
      if (topic.sealedBytes > this.writeBytes) this.handOver(topic);
    }
    lane.builder.add(stamped, size);
    // Its part in the columns is some 20 bytes; an empty record must count too.
    this.inMemory += size + COLUMNS;
    this.lastIndex = lane.count++;
    return partition;
  }

  /** Resolves with all that is staged, on disk or to be put into LMDB; nothing is staged then. */
  async take(): Promise<Staged> {
    const parts: StagedPartition[] = [];
    for (const topic of this.known.values()) {
      topic.next = (topic.next + 1) % topic.partitions;
      for (const lane of topic.lanes) if (lane && lane.builder.count > 0) this.seal(topic, lane);
      if (topic.isLarge || topic.sealedBytes > INLINE_BYTES) this.handOver(topic);
      else this.keep(topic);
      for (const [partition, lane] of topic.lanes.entries()) {
        if (!lane || lane.count === 0) continue;
        parts.push({ topic: topic.name, topicId: topic.id, partition, chunks: lane.staged });
        lane.staged = [];
        lane.count = 0;
      }
      topic.isLarge = false;
    }
    this.known = new Map();
    this.last = undefined;
    this.inMemory = 0;
    this.pool.rest();
    return { parts, full: await this.segments.sync() };
  }

  /** Gives up what is staged. */
  async clear(): Promise<void> {
    this.topics.clear();
    this.known = new Map();
    this.last = undefined;
    this.inMemory = 0;
    await this.segments.abort();
  }

  /** Inside a transaction: nothing more will be staged. */
  markFull(): void {
    this.segments.markFull();
  }

  async close(): Promise<void> {
    await this.clear();
    await this.segments.close();
  }

  private seal(topic: StagingTopic, lane: Lane): void {
    const chunk = lane.builder.seal();
    lane.sealed.push(chunk);
    topic.sealedBytes += chunk.bytes.length;
  }

  /** To the segment file. */
  private handOver(topic: StagingTopic): void {
    const lanes = topic.lanes.filter((lane) => lane !== undefined && lane.sealed.length > 0) as Lane[];
    const places = this.segments.write(
      topic.id,
      lanes.flatMap(({ sealed }) => sealed),
    );
    let next = 0;
    for (const lane of lanes) {
      for (const { count, bytes, maxTime } of lane.sealed) {
        lane.staged.push({ count, length: bytes.length, maxTime, at: places[next++] as Place });
        this.inMemory -= bytes.length;
      }
      lane.sealed = [];
    }
    if (this.inMemory < 0) this.inMemory = 0;
    topic.sealedBytes = 0;
    topic.isLarge = true;
  }

  /** For LMDB. */
  private keep(topic: StagingTopic): void {
    for (const lane of topic.lanes) {
      if (!lane) continue;
      for (const { count, bytes, maxTime } of lane.sealed) {
        // A copy of just this: where the chunk was built may be larger, and go from thread to thread with it.
        lane.staged.push({ count, length: bytes.length, maxTime, at: new Uint8Array(bytes) });
      }
      this.recycle(lane.sealed);
      lane.sealed = [];
    }
    topic.sealedBytes = 0;
  }

  private recycle(chunks: readonly SealedChunk[]): void {
    for (const { bytes } of chunks) this.pool.give(bytes);
  }

  private newLane(): Lane {
    return { builder: new ChunkBuilder(this.pool), sealed: [], staged: [], count: 0 };
  }

  /** Keys that come again come mostly as the same bytes (a sink remembers them), so that they need not be hashed again. */
  private partitionOf(key: Uint8Array, partitions: number): number {
    if (key === this.lastKey && partitions === this.lastPartitions) return this.lastPartition;
    this.lastKey = key;
    this.lastPartitions = partitions;
    this.lastPartition = partitionOfKey(key, partitions);
    return this.lastPartition;
  }

  private topicOf(name: string): StagingTopic {
    let topic = this.known.get(name);
    if (!topic) {
      const { id, partitions } = this.find(name);
      const before = this.topics.get(name);
      topic = before?.id === id ? before : { name, id, partitions, lanes: [], next: 0, sealedBytes: 0, isLarge: false };
      this.topics.set(name, topic);
      this.known.set(name, topic);
    }
    this.last = topic;
    return topic;
  }
}

/** What a record takes in the columns, about. */
const COLUMNS = 20;

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
