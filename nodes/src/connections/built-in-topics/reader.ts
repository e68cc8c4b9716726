/** Reads one partition on. Chunks are copied out of LMDB whole, so that what a batch gives stays valid as long as anyone holds it; records are ranges of them. */
import type { Millis, RecordBatch, TopicReader, TopicStart } from "@millrace/engine/node";
import { topicDeleted, unknownPartition, unknownTopic } from "../topic-errors.ts";
import type { ChunkView } from "./chunk.ts";
import { chunkAt, type Head, offsetAt, type PartitionId, readHead } from "./partition-log.ts";
import type { TopicStore } from "./store.ts";
import { findTopic, topicNames } from "./topics.ts";

/** Wakes readers early; see `waker.ts`. */
export interface Waits {
  /** Resolves with false when the time is over, with true when there may be something new. */
  wait(isNew: () => boolean, ms: number): Promise<boolean>;
}

/** A batch takes no more chunks when it has so many bytes. */
const BATCH_BYTES = 4 << 20;

interface Part {
  readonly chunk: ChunkView;
  /** Index in the batch of the part's first record, and behind its last. */
  readonly from: number;
  readonly to: number;
  /** Index in the chunk of the part's first record. */
  readonly skip: number;
}

export function openReader(store: TopicStore, topicName: string, partition: number, start: TopicStart, waits: Waits): TopicReader {
  const topic = findTopic(store, topicName);
  if (!topic) throw unknownTopic(topicName, topicNames(store));
  const id: PartitionId = { topic: topic.id, partition };
  const isPartition = Number.isInteger(partition) && partition >= 0 && partition < topic.partitions;
  const first = isPartition ? readHead(store, id) : undefined;
  if (!first) throw unknownPartition(topicName, partition, topic.partitions);

  let offset = startOffset(store, id, first, start);
  let end = first.latest;
  let skipped = 0;
  let isClosed = false;

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

  function take(maxRecords: number): RecordBatch {
    if (offset >= end) headNow();
    const first = offset;
    const parts: Part[] = [];
    let count = 0;
    let bytes = 0;
    while (count < maxRecords && offset < end && bytes < BATCH_BYTES) {
      const found = chunkAt(store, id, offset);
      if (!found) {
        // Retention was here. What is already taken goes first: a batch's offsets have no gaps.
        if (count > 0) break;
        const before = offset;
        headNow();
        if (offset === before) throw new Error(`partition ${partition} of topic ${topicName} has no chunk with offset ${offset}`);
        return take(maxRecords);
      }
      const skip = offset - found.base;
      const taken = Math.min(found.chunk.count - skip, maxRecords - count);
      parts.push({ chunk: found.chunk, from: count, to: count + taken, skip });
      count += taken;
      offset += taken;
      bytes += found.chunk.bytes.length;
    }
    return batchOf(parts, count, first);
  }

  return {
    async read(maxRecords, waitMs) {
      let batch = take(maxRecords);
      if (batch.count > 0 || waitMs <= 0) return batch;
      if (await waits.wait(() => isClosed || headNow().latest > offset, waitMs)) batch = isClosed ? batch : take(maxRecords);
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
    },
  };
}

function startOffset(store: TopicStore, id: PartitionId, head: Head, start: TopicStart): number {
  switch (start.from) {
    case "earliest":
      return head.earliest;
    case "latest":
      return head.latest;
    case "offset":
      return Math.min(Math.max(0, Math.floor(start.offset)), head.latest);
    case "time":
      return offsetAt(store, id, head, start.time);
  }
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
