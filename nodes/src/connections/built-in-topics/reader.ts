/** Reads one partition on. Chunks are read whole into memory of their own, so that what a batch gives stays valid as long as anyone holds it; records are ranges of them. */
import type { Millis, RecordBatch, TopicReader, TopicStart } from "@millrace/engine/node";
import { topicDeleted, unknownPartition, unknownTopic } from "../topic-errors.ts";
import type { ChunkView } from "./chunk.ts";
import { type LoadedChunk, loadChunks } from "./chunk-reads.ts";
import { entriesFrom, entryOfTime, type Head, type IndexEntry, type PartitionId, readHead } from "./partition-log.ts";
import { createReadMemory } from "./read-memory.ts";
import type { SegmentReads } from "./segment-reads.ts";
import { segmentDamaged, segmentPath } from "./segments.ts";
import type { TopicStore } from "./store.ts";
import { findTopic, topicNames } from "./topics.ts";

/** Wakes readers early; see `waker.ts`. */
export interface Waits {
  /** Resolves with false when the time is over, with true when there may be something new. */
  wait(isNew: () => boolean, ms: number): Promise<boolean>;
}

/** So much is read at a time, at least; fewer bytes when there are records enough in them. As much as stays in a processor's own cache until it is looked at. */
const READ_BYTES = 512 << 10;

interface Part {
  readonly chunk: ChunkView;
  /** Index in the batch of the part's first record, and behind its last. */
  readonly from: number;
  readonly to: number;
  /** Index in the chunk of the part's first record. */
  readonly skip: number;
}

export async function openReader(
  store: TopicStore,
  reads: SegmentReads,
  topicName: string,
  partition: number,
  start: TopicStart,
  waits: Waits,
): Promise<TopicReader> {
  const topic = findTopic(store, topicName);
  if (!topic) throw unknownTopic(topicName, topicNames(store));
  const id: PartitionId = { topic: topic.id, partition };
  const isPartition = Number.isInteger(partition) && partition >= 0 && partition < topic.partitions;
  const first = isPartition ? readHead(store, id) : undefined;
  if (!first) throw unknownPartition(topicName, partition, topic.partitions);

  let end = first.latest;
  let offset = await startOffset(store, reads, id, first, start);
  let skipped = 0;
  let isClosed = false;
  /** Chunks that are read, from the one with `offset` on. */
  let loaded: LoadedChunk[] = [];
  const memory = createReadMemory();

  function headNow(): Head {
    const head = readHead(store, id);
    if (!head) throw topicDeleted(topicName);
    end = head.latest;
    if (offset < head.earliest) {
      skipped += head.earliest - offset;
      offset = head.earliest;
    }
    return head;
  }

  /** Leaves `loaded` empty only at the end. */
  async function load(maxRecords: number): Promise<void> {
    memory.turn();
    for (;;) {
      headNow();
      if (offset >= end) return;
      let [records, bytes] = [0, 0];
      const entries = entriesFrom(store, id, offset, (entry) => {
        records += entry.base + entry.count - Math.max(entry.base, offset);
        bytes += entry.bytes;
        return records < maxRecords && bytes < READ_BYTES;
      });
      if (entries.length === 0) throw new Error(`partition ${partition} of topic ${topicName} has no chunk with offset ${offset}`);
      loaded = await loadChunks(store, reads, id, entries, memory);
      if (loaded.length > 0) return;
      // The file of the first is gone: so must its entry be by now.
      const { base, bytes: length, place } = entries[0] as IndexEntry;
      if (place && headNow().earliest <= base)
        throw segmentDamaged(segmentPath(store, { topic: id.topic, owner: place.owner, file: place.file }), place.position + length);
    }
  }

  async function take(maxRecords: number): Promise<RecordBatch> {
    if (loaded.length === 0) await load(maxRecords);
    const first = offset;
    const parts: Part[] = [];
    let count = 0;
    let used = 0;
    for (const { base, chunk } of loaded) {
      const skip = offset - base;
      const taken = Math.min(chunk.count - skip, maxRecords - count);
      parts.push({ chunk, from: count, to: count + taken, skip });
      count += taken;
      offset += taken;
      if (skip + taken < chunk.count) break;
      used += 1;
      if (count === maxRecords) break;
    }
    loaded = loaded.slice(used);
    return { ...batchOf(parts, count, first), release: memory.handOut() };
  }

  return {
    async read(maxRecords, waitMs) {
      let batch = await take(maxRecords);
      if (batch.count > 0 || waitMs <= 0) return batch;
      if (await waits.wait(() => isClosed || headNow().latest > offset, waitMs)) batch = isClosed ? batch : await take(maxRecords);
      return batch;
    },
    get offset() {
      return offset;
    },
    get skipped() {
      return skipped;
    },
    get lag() {
      return Math.max(0, end - offset);
    },
    async close() {
      isClosed = true;
      loaded = [];
    },
  };
}

async function startOffset(store: TopicStore, reads: SegmentReads, id: PartitionId, head: Head, start: TopicStart): Promise<number> {
  switch (start.from) {
    case "earliest":
      return head.earliest;
    case "latest":
      return head.latest;
    case "offset":
      return Math.min(Math.max(0, Math.floor(start.offset)), head.latest);
    case "time":
      return offsetOfTime(store, reads, id, head, start.time);
  }
}

/** Offset of the first record whose time is at or after `time`; the end if there is none. */
async function offsetOfTime(store: TopicStore, reads: SegmentReads, id: PartitionId, head: Head, time: Millis): Promise<number> {
  const entry = entryOfTime(store, id, head, time);
  if (!entry) return head.latest;
  const [found] = await loadChunks(store, reads, id, [entry], createReadMemory());
  // Retention has been faster: the reader goes on at what is left.
  if (!found) return entry.base;
  for (let i = 0; i < found.chunk.count; i++) if (found.chunk.time(i) >= time) return entry.base + i;
  throw new Error(`partition ${id.partition} of topic ${id.topic} has no time ${time} in the chunk at ${entry.base}`);
}

/** Records are mostly asked for in order, so the part of the last one is tried first. */
function batchOf(parts: readonly Part[], count: number, first: number): RecordBatch {
  let part = parts[0] as Part;
  /** Makes `part` that of record i; gives the record's index in its chunk. */
  function find(i: number): number {
    if (!(i >= part?.from && i < part.to)) {
      const found = parts.find(({ from, to }) => i >= from && i < to);
      if (!found) throw new RangeError(`record ${i} of a batch of ${count}`);
      part = found;
    }
    return part.skip + i - part.from;
  }
  // `find` comes first: it is what sets `part`.
  return {
    count,
    bytes: (i) => {
      const index = find(i);
      return part.chunk.value(index);
    },
    key: (i) => {
      const index = find(i);
      return part.chunk.key(index);
    },
    headers: (i) => {
      const index = find(i);
      return part.chunk.headers(index);
    },
    time: (i): Millis => {
      const index = find(i);
      return part.chunk.time(index);
    },
    offset: (i) => first + i,
  };
}
