/** One partition in the store: its head, the index of its chunks, and how chunks are added, found and removed. All functions are to be called in one transaction, or in one turn of the event loop (which sees one state). */
import type { Millis } from "@millrace/engine/node";
import { CHUNK_RECORDS, mergeChunks } from "./chunk.ts";
import { dropReference, type Place } from "./segments.ts";
import type { StagedChunk } from "./staged-records.ts";
import type { TopicStore } from "./store.ts";

export interface PartitionId {
  readonly topic: number;
  readonly partition: number;
}

export interface Head {
  /** First offset still kept, always a chunk's first. */
  readonly earliest: number;
  /** Offset that the next record gets. */
  readonly latest: number;
  /** Bytes of all chunks. */
  readonly bytes: number;
  /** The highest time of all records there ever were. */
  readonly maxTime: Millis;
}

export interface IndexEntry {
  /** Offset of the chunk's first record. */
  readonly base: number;
  readonly count: number;
  readonly bytes: number;
  readonly maxTime: Millis;
  /** The highest time of this and all earlier chunks: it never falls, so it can be searched. */
  readonly maxTimeSoFar: Millis;
  /** By the clock of who wrote it; retention counts from here, since a record's own time may be that of a replayed past. */
  readonly appendedAt: Millis;
  /** Undefined: the chunk is in LMDB. */
  readonly place: Place | undefined;
}

/** Chunks that stay below this together are joined, so that single records do not cost a value each. Two pages of LMDB's. */
const JOIN_BYTES = 8_000;

const EMPTY: Head = { earliest: 0, latest: 0, bytes: 0, maxTime: Number.NEGATIVE_INFINITY };

export function createPartition(store: TopicStore, id: PartitionId): void {
  writeHead(store, id, EMPTY);
}

/** Undefined when there is no such partition (any more). */
export function readHead(store: TopicStore, id: PartitionId): Head | undefined {
  const bytes = store.heads.getBinary(headKey(id));
  if (!bytes) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return {
    earliest: view.getFloat64(0, true),
    latest: view.getFloat64(8, true),
    bytes: view.getFloat64(16, true),
    maxTime: view.getFloat64(24, true),
  };
}

/** Adds chunks at the end. Returns the offset of their first record; undefined when there is no such partition. */
export function appendChunks(store: TopicStore, id: PartitionId, chunks: readonly StagedChunk[], now: Millis): number | undefined {
  const head = readHead(store, id);
  if (!head) return undefined;
  let { latest, bytes, maxTime } = head;
  for (const [i, { at, count, length, maxTime: highest }] of chunks.entries()) {
    if (highest > maxTime) maxTime = highest;
    const entry = { count, bytes: length, maxTime: highest, maxTimeSoFar: maxTime, appendedAt: now };
    if (at instanceof Uint8Array) {
      const last = i === 0 && latest > head.earliest ? joinable(store, id, latest, at, count) : undefined;
      const whole = last && mergeChunks(last.chunk, at);
      const key = chunkKey(id, last?.base ?? latest);
      store.chunks.put(key, whole?.bytes ?? at);
      const joined = whole && { count: whole.count, bytes: whole.bytes.length, maxTime: whole.maxTime };
      store.index.put(key, encodeEntry({ ...entry, ...joined, place: undefined }));
      bytes += last && whole ? whole.bytes.length - last.chunk.length : length;
    } else {
      store.index.put(chunkKey(id, latest), encodeEntry({ ...entry, place: at }));
      bytes += length;
    }
    latest += count;
  }
  writeHead(store, id, { earliest: head.earliest, latest, bytes, maxTime });
  return head.latest;
}

function joinable(
  store: TopicStore,
  id: PartitionId,
  latest: number,
  chunk: Uint8Array,
  count: number,
): { base: number; chunk: Uint8Array } | undefined {
  if (chunk.length > JOIN_BYTES) return undefined;
  const last = entryAt(store, id, latest - 1);
  if (!last || last.place || last.bytes + chunk.length > JOIN_BYTES || last.count + count > CHUNK_RECORDS) return undefined;
  return { base: last.base, chunk: inlineChunk(store, id, last.base) };
}

/** The entry of the chunk that holds the offset. */
function entryAt(store: TopicStore, id: PartitionId, offset: number): IndexEntry | undefined {
  for (const { key, value } of store.index.getRange({ start: chunkKey(id, offset), reverse: true, limit: 1 })) {
    if (!isOf(key, id)) return undefined;
    const entry = decodeEntry(baseOf(key), value);
    return offset < entry.base + entry.count ? entry : undefined;
  }
  return undefined;
}

/** Entries from the one that holds the offset on, as long as `more` says so after each. */
export function entriesFrom(store: TopicStore, id: PartitionId, offset: number, more: (entry: IndexEntry) => boolean): IndexEntry[] {
  const entries: IndexEntry[] = [];
  // Readers mostly go on where a chunk begins.
  const start = store.index.doesExist(chunkKey(id, offset)) ? offset : entryAt(store, id, offset)?.base;
  if (start === undefined) return entries;
  for (const { key, value } of store.index.getRange({ start: chunkKey(id, start) })) {
    if (!isOf(key, id)) break;
    const entry = decodeEntry(baseOf(key), value);
    entries.push(entry);
    if (!more(entry)) break;
  }
  return entries;
}

/** A chunk that is in LMDB. */
export function inlineChunk(store: TopicStore, id: PartitionId, base: number): Uint8Array {
  const bytes = store.chunks.getBinary(chunkKey(id, base));
  if (!bytes) throw new Error(`partition ${id.partition} of topic ${id.topic} has no chunk at ${base}`);
  return bytes;
}

/** The chunk that has the first record whose time is at or after `time`; undefined if there is none. */
export function entryOfTime(store: TopicStore, id: PartitionId, head: Head, time: Millis): IndexEntry | undefined {
  let low = head.earliest;
  let high = head.latest;
  while (low < high) {
    const entry = entryAt(store, id, Math.floor((low + high) / 2));
    if (!entry) throw new Error(`partition ${id.partition} of topic ${id.topic} has a hole between ${low} and ${high}`);
    if (entry.maxTimeSoFar >= time) high = entry.base;
    else low = entry.base + entry.count;
  }
  // The record that raised the time that far may have been removed; then it is one of those that follow.
  for (let base = high; base < head.latest; ) {
    const entry = entryAt(store, id, base);
    if (!entry || entry.maxTime >= time) return entry;
    base += entry.count;
  }
  return undefined;
}

/** Removes the oldest chunks while `isOld` says so, at most `limit`. Returns how many. */
export function removeOldest(store: TopicStore, id: PartitionId, isOld: (entry: IndexEntry, head: Head) => boolean, limit: number): number {
  let head = readHead(store, id);
  if (!head) return 0;
  let removed = 0;
  while (removed < limit && head.earliest < head.latest) {
    const key = chunkKey(id, head.earliest);
    const bytes = store.index.getBinary(key);
    if (!bytes) throw new Error(`partition ${id.partition} of topic ${id.topic} has no chunk at ${head.earliest}`);
    const entry = decodeEntry(head.earliest, bytes);
    if (!isOld(entry, head)) break;
    removeChunk(store, id, key, entry);
    head = { ...head, earliest: entry.base + entry.count, bytes: head.bytes - entry.bytes };
    removed += 1;
  }
  if (removed > 0) writeHead(store, id, head);
  return removed;
}

/** Whether the oldest chunk must go. */
export function hasOld(store: TopicStore, id: PartitionId, isOld: (entry: IndexEntry, head: Head) => boolean): boolean {
  const head = readHead(store, id);
  if (!head || head.earliest >= head.latest) return false;
  const bytes = store.index.getBinary(chunkKey(id, head.earliest));
  return bytes !== undefined && isOld(decodeEntry(head.earliest, bytes), head);
}

/** Removes what is left of a partition of a topic that is gone, at most `limit` chunks at a time; the topic's files go all together. True when nothing is left. */
export function removePartition(store: TopicStore, id: PartitionId, limit: number): boolean {
  const keys: Uint8Array[] = [];
  for (const key of store.index.getKeys({ start: chunkKey(id, 0), limit })) {
    if (!isOf(key, id)) break;
    keys.push(Buffer.from(key));
  }
  for (const key of keys) {
    store.chunks.remove(key);
    store.index.remove(key);
  }
  return keys.length < limit;
}

function removeChunk(store: TopicStore, { topic }: PartitionId, key: Uint8Array, { place }: IndexEntry): void {
  store.index.remove(key);
  if (place) dropReference(store, { topic, owner: place.owner, file: place.file });
  else store.chunks.remove(key);
}

export function removeHead(store: TopicStore, id: PartitionId): void {
  store.heads.remove(headKey(id));
}

function writeHead(store: TopicStore, id: PartitionId, head: Head): void {
  const bytes = Buffer.alloc(32);
  bytes.writeDoubleLE(head.earliest, 0);
  bytes.writeDoubleLE(head.latest, 8);
  bytes.writeDoubleLE(head.bytes, 16);
  bytes.writeDoubleLE(head.maxTime, 24);
  store.heads.put(headKey(id), bytes);
}

const INLINE_ENTRY = 32;
const PLACED_ENTRY = 48;

function encodeEntry(entry: Omit<IndexEntry, "base">): Buffer {
  const { place } = entry;
  const bytes = Buffer.alloc(place ? PLACED_ENTRY : INLINE_ENTRY);
  bytes.writeUInt32LE(entry.count, 0);
  bytes.writeUInt32LE(entry.bytes, 4);
  bytes.writeDoubleLE(entry.maxTime, 8);
  bytes.writeDoubleLE(entry.maxTimeSoFar, 16);
  bytes.writeDoubleLE(entry.appendedAt, 24);
  if (place) {
    bytes.writeUInt32LE(place.owner, 32);
    bytes.writeUInt32LE(place.file, 36);
    bytes.writeDoubleLE(place.position, 40);
  }
  return bytes;
}

function decodeEntry(base: number, bytes: Uint8Array): IndexEntry {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const isPlaced = bytes.length >= PLACED_ENTRY;
  return {
    base,
    count: view.getUint32(0, true),
    bytes: view.getUint32(4, true),
    maxTime: view.getFloat64(8, true),
    maxTimeSoFar: view.getFloat64(16, true),
    appendedAt: view.getFloat64(24, true),
    place: isPlaced ? { owner: view.getUint32(32, true), file: view.getUint32(36, true), position: view.getFloat64(40, true) } : undefined,
  };
}

/** Big-endian, so that LMDB's order is that of topics, partitions and offsets. */
function headKey({ topic, partition }: PartitionId): Buffer {
  const key = Buffer.alloc(6);
  key.writeUInt32BE(topic, 0);
  key.writeUInt16BE(partition, 4);
  return key;
}

function chunkKey({ topic, partition }: PartitionId, base: number): Buffer {
  const key = Buffer.alloc(12);
  key.writeUInt32BE(topic, 0);
  key.writeUInt16BE(partition, 4);
  key.writeUIntBE(base, 6, 6);
  return key;
}

function isOf(key: Uint8Array, { topic, partition }: PartitionId): boolean {
  const view = new DataView(key.buffer, key.byteOffset, 6);
  return view.getUint32(0) === topic && view.getUint16(4) === partition;
}

function baseOf(key: Uint8Array): number {
  return Buffer.from(key.buffer, key.byteOffset, key.byteLength).readUIntBE(6, 6);
}
