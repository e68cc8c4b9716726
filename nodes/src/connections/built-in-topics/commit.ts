/** What becomes visible together: staged records of several writers, positions of consumers, and small records of others. */
import type { BuiltInTransaction, Millis } from "@millrace/engine/node";
import { ConnectionError, quote } from "../connection-error.ts";
import { topicDeleted } from "../topic-errors.ts";
import { appendChunks, removeOldest } from "./partition-log.ts";
import { setPositions } from "./positions.ts";
import { addReferences, markFull, type SegmentId } from "./segments.ts";
import { bytesOf, type Staged, type StagedPartition } from "./staged-records.ts";
import type { StoredTopic, TopicStore } from "./store.ts";
import { findTopic } from "./topics.ts";
import { beginCommit, type PreparedBy } from "./writer-records.ts";

/** JSON; `undefined` where there is none. */
export type StoredRecord = unknown;

/** What a writer prepared. */
export interface PreparedRecords extends PreparedBy, Staged {
  readonly [name: string]: unknown;
}

/** Collects what is to be committed. It is written when the work that was given it is done. */
export interface CommitTransaction extends BuiltInTransaction {
  /** The record under a key, with what was put before. If another changes it before this commits, the work is done once more with its new value. */
  get(key: string): StoredRecord;
  /** `undefined` removes. Keys are up to 1,900 bytes long. */
  put(key: string, value: StoredRecord): void;
  /** As `TopicLog.commitPositions`. */
  commitPositions(group: string, positions: ReadonlyMap<string, number>): void;
}

/** For drivers: adds to a commit. */
export class Commit implements CommitTransaction {
  readonly store: TopicStore;
  private readonly seen = new Map<string, string | undefined>();
  private readonly puts = new Map<string, StoredRecord>();
  private readonly positions: { readonly group: string; readonly positions: ReadonlyMap<string, number> }[] = [];
  private readonly prepared: PreparedRecords[] = [];
  private readonly others: { readonly write: () => void; readonly bytes: number }[] = [];
  private readonly afterwards: (() => void)[] = [];

  constructor(store: TopicStore) {
    this.store = store;
  }

  get(key: string): StoredRecord {
    if (this.puts.has(key)) return this.puts.get(key);
    const value = this.store.records.get(key);
    if (!this.seen.has(key)) this.seen.set(key, textOf(value));
    return value;
  }

  put(key: string, value: StoredRecord): void {
    this.puts.set(key, value);
  }

  commitPositions(group: string, positions: ReadonlyMap<string, number>): void {
    this.positions.push({ group, positions });
  }

  /** Does nothing for what was committed before. */
  publish(prepared: PreparedRecords): void {
    this.prepared.push(prepared);
  }

  /** `write` adds so many bytes inside the transaction. */
  alsoWrite(write: () => void, bytes: number): void {
    this.others.push({ write, bytes });
  }

  /** `done` runs once all is durable. */
  whenDone(done: () => void): void {
    this.afterwards.push(done);
  }

  /** Writes all. False, and nothing is written, when a record that `get` gave has changed. */
  write(now: Millis): boolean {
    const { store } = this;
    const isCurrent = store.transact(
      () => {
        for (const [key, text] of this.seen) if (textOf(store.records.get(key)) !== text) return false;
        for (const staged of this.prepared) {
          if (!beginCommit(store, staged)) continue;
          const lost = appendStaged(store, staged, now).indexOf(undefined);
          if (lost !== -1) throw topicDeleted((staged.parts[lost] as StagedPartition).topic);
        }
        for (const { write } of this.others) write();
        for (const { group, positions } of this.positions) setPositions(store, group, positions);
        for (const [key, value] of this.puts) {
          if (value === undefined) store.records.remove(key);
          else store.records.put(key, value);
        }
        return true;
      },
      bytesOf(this.prepared.flatMap(({ parts }) => parts)) + this.others.reduce((sum, { bytes }) => sum + bytes, 0),
    );
    if (isCurrent) for (const done of this.afterwards) done();
    return isCurrent;
  }
}

/** Others change a record some times a second at most, so more than a few attempts mean that the work itself is at fault. */
const ATTEMPTS = 50;

/** Runs `work`, then writes what it collected: all of it durable when this resolves, or nothing of it visible to anybody. */
export async function commitTo(store: TopicStore, now: () => Millis, work: (tx: Commit) => void | Promise<void>): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const tx = new Commit(store);
    await work(tx);
    if (tx.write(now())) return;
  }
  throw new ConnectionError("topic.contended", {
    en: `A commit was tried ${ATTEMPTS} times, and each time another had changed what it depends on. Stop what else runs the same pipeline.`,
    zh: `提交已尝试 ${ATTEMPTS} 次，每次所依赖的内容都被其他进程改动。请停止正在运行同一流水线的其他进程。`,
  });
}

/** The commit that a checkpoint handed to a driver, if it is one of this store. */
export function ownTransaction(store: TopicStore, via: BuiltInTransaction): Commit {
  if (via instanceof Commit && via.store === store) return via;
  throw new ConnectionError("topic.other-store", {
    en: `The topics in ${quote(store.folder)} cannot commit with a checkpoint that is kept elsewhere. Write to topics of the run's own data folder.`,
    zh: `${quote(store.folder)} 中的主题无法与保存在别处的检查点一起提交。请写入该运行所属数据文件夹中的主题。`,
  });
}

/** Adds staged records to their topics, inside a transaction. Returns the offset of each part's first record, undefined where the topic was deleted meanwhile. */
export function appendStaged(store: TopicStore, { parts, full }: Staged, now: Millis): (number | undefined)[] {
  referTo(store, parts);
  for (const id of full) markFull(store, id);
  return parts.map(({ topic: name, topicId, partition, chunks }) => {
    const topic = findTopic(store, name);
    const first = topic?.id === topicId ? appendChunks(store, { topic: topicId, partition }, chunks, now) : undefined;
    if (topic && first !== undefined) keepWithinSize(store, topic, partition, chunks.length);
    return first;
  });
}

/** Parts of a topic that is gone refer to nothing. */
function referTo(store: TopicStore, parts: readonly StagedPartition[]): void {
  const files = new Map<string, { readonly id: SegmentId; chunks: number; end: number }>();
  for (const { topic, topicId, chunks } of parts) {
    if (findTopic(store, topic)?.id !== topicId) continue;
    for (const { at, length } of chunks) {
      if (at instanceof Uint8Array) continue;
      const key = `${topicId}-${at.owner}-${at.file}`;
      const known = files.get(key) ?? { id: { topic: topicId, owner: at.owner, file: at.file }, chunks: 0, end: 0 };
      known.chunks += 1;
      known.end = Math.max(known.end, at.position + length);
      files.set(key, known);
    }
  }
  for (const { id, chunks, end } of files.values()) addReferences(store, id, chunks, end);
}

/** Makes room for what was added, so that a topic with a size does not grow between two calls of `retain`. */
function keepWithinSize(store: TopicStore, { id, retentionBytes }: StoredTopic, partition: number, added: number): void {
  if (retentionBytes === undefined) return;
  removeOldest(store, { topic: id, partition }, isAbove(retentionBytes), 2 * added + 1);
}

/** Whether the oldest chunk must go for the partition to keep to its size. The newest chunk stays whatever its size. */
export function isAbove(retentionBytes: number) {
  return (entry: { base: number; count: number }, head: { bytes: number; latest: number }) =>
    head.bytes > retentionBytes && entry.base + entry.count < head.latest;
}

function textOf(value: StoredRecord): string | undefined {
  return value === undefined ? undefined : JSON.stringify(value);
}
