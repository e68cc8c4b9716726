/**
 * Segment files: where the chunks lie that are too large for LMDB. A file belongs to one topic and to one writer, who only appends; what is in it counts when the index has an entry
 * for it, and the file goes when the index has none any more, so removing the records of one topic never waits for another's.
 *
 * | where | what |
 * | --- | --- |
 * | `segments/<topic id>/<owner>-<n>.seg` | chunks, one behind the other, with nothing between them but what was given up |
 * | `segments/<owner>.lock` | locked as long as the owner lives: a thread that writes segments, of any process |
 * | database `files` | topic id, owner, n → `FileRecord`, for files with an entry in the index |
 *
 * Files that no entry refers to are left by owners that were killed. They go when their owner is dead (`remove-unused.ts`); a commit looks whether a file is there before it refers to
 * it for the first time, and both happen in a transaction, so neither can meet the other half way.
 */
import { mkdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { ConnectionError, quote } from "../connection-error.ts";
import { takeLock } from "../process-lock.ts";
import type { TopicStore } from "./store.ts";

export interface SegmentId {
  readonly topic: number;
  readonly owner: number;
  readonly file: number;
}

/** Where a chunk lies in its topic's files. */
export interface Place {
  readonly owner: number;
  readonly file: number;
  readonly position: number;
}

interface FileRecord {
  /** Entries of the index that refer to the file. */
  readonly chunks: number;
  /** Nothing more will be appended. */
  readonly isFull: boolean;
}

export interface Owner {
  readonly id: number;
  /** Number of the next file. */
  next(): number;
  release(): void;
}

export function segmentFolder(store: TopicStore, topic: number): string {
  return join(store.folder, "segments", String(topic));
}

export function segmentPath(store: TopicStore, { topic, owner, file }: SegmentId): string {
  return join(segmentFolder(store, topic), `${owner}-${file}.seg`);
}

export function lockPath(store: TopicStore, owner: number): string {
  return join(store.folder, "segments", `${owner}.lock`);
}

/** Makes this thread an owner of segments, until it is released or the process ends. */
export function becomeOwner(store: TopicStore): Owner {
  mkdirSync(join(store.folder, "segments"), { recursive: true });
  let files = 0;
  const { id, lock } = store.transact(() => {
    const id = store.meta.get("nextOwner") ?? 1;
    store.meta.put("nextOwner", id + 1);
    // In the transaction: who removes locks of the dead does so in one, too.
    return { id, lock: takeLock(lockPath(store, id)) };
  });
  if (!lock) throw new Error(`${lockPath(store, id)} is locked, but its owner is new`);
  return {
    id,
    next: () => ++files,
    release() {
      rmSync(lockPath(store, id), { force: true });
      lock.release();
    },
  };
}

/** Inside a transaction: so many more entries refer to the file, up to its byte `end`. Throws a `ConnectionError` when it is gone. */
export function addReferences(store: TopicStore, id: SegmentId, chunks: number, end: number): void {
  const known = readRecord(store, id);
  if (!known) requireFile(store, id, end);
  writeRecord(store, id, { chunks: (known?.chunks ?? 0) + chunks, isFull: known?.isFull ?? false });
}

function requireFile(store: TopicStore, id: SegmentId, end: number): void {
  const path = segmentPath(store, id);
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size >= end) return;
  throw new ConnectionError("topic.segment-gone", {
    en: `Records were written to ${quote(path)} up to byte ${end}, but before they were committed the file was removed or cut; it has ${size} bytes. Nothing of this commit is visible. Start again from the last checkpoint.`,
    zh: `记录已写入 ${quote(path)} 直到第 ${end} 字节，但在提交之前该文件被删除或截断，现有 ${size} 字节。本次提交的内容均不可见。请从最近的检查点重新启动。`,
  });
}

/** Inside a transaction: one entry less refers to the file. */
export function dropReference(store: TopicStore, id: SegmentId): void {
  const { chunks, isFull } = readRecord(store, id) as FileRecord;
  if (chunks === 1 && isFull) removeFile(store, id);
  else writeRecord(store, id, { chunks: chunks - 1, isFull });
}

/** Inside a transaction: nothing more will be appended to the file, so it goes with its last entry. */
export function markFull(store: TopicStore, id: SegmentId): void {
  const known = readRecord(store, id);
  if (known?.chunks === 0) removeFile(store, id);
  else if (known) writeRecord(store, id, { chunks: known.chunks, isFull: true });
}

function removeFile(store: TopicStore, id: SegmentId): void {
  store.files.remove(fileKey(id));
  // Only then: a transaction that fails must leave everything.
  store.whenDurable(() => {
    try {
      rmSync(segmentPath(store, id), { force: true });
    } catch {
      // What was to be done is done; the file is tried again when its owner is dead.
    }
  });
}

/** A chunk that was committed cannot be read up to byte `end` of its file. */
export function segmentDamaged(path: string, end: number): ConnectionError {
  return new ConnectionError("topic.segment-damaged", {
    en: `Records were committed to ${quote(path)} up to byte ${end}, but the file is missing or shorter now. Put it back from a copy, or delete the topic.`,
    zh: `记录已提交到 ${quote(path)} 直到第 ${end} 字节，但该文件现已丢失或变短。请从备份恢复该文件，或删除该主题。`,
  });
}

export function isReferred(store: TopicStore, id: SegmentId): boolean {
  return (readRecord(store, id)?.chunks ?? 0) > 0;
}

export function fileKey({ topic, owner, file }: SegmentId): Buffer {
  const key = Buffer.alloc(12);
  key.writeUInt32BE(topic, 0);
  key.writeUInt32BE(owner, 4);
  key.writeUInt32BE(file, 8);
  return key;
}

/** The file of a key of `files`. */
export function segmentOf(key: Buffer): SegmentId {
  return { topic: key.readUInt32BE(0), owner: key.readUInt32BE(4), file: key.readUInt32BE(8) };
}

function readRecord(store: TopicStore, id: SegmentId): FileRecord | undefined {
  const bytes = store.files.getBinary(fileKey(id));
  return bytes && { chunks: bytes.readUInt32LE(0), isFull: bytes.readUInt8(4) === 1 };
}

function writeRecord(store: TopicStore, id: SegmentId, { chunks, isFull }: FileRecord): void {
  const bytes = Buffer.alloc(5);
  bytes.writeUInt32LE(chunks, 0);
  bytes.writeUInt8(isFull ? 1 : 0, 4);
  store.files.put(fileKey(id), bytes);
}
