/** Writes whose records become visible with a commit: until then they wait in memory, packed as they will be stored. */
import type { Millis, TopicRecord, TransactionalWriter } from "@millrace/engine/node";
import { ConnectionError, quote } from "../connection-error.ts";
import { type Commit, commitTo, ownTransaction } from "./commit.ts";
import { type StagedPartition, StagedRecords } from "./staged-records.ts";
import type { TopicStore } from "./store.ts";
import { createTopic, DEFAULT_SETTINGS, findTopic } from "./topics.ts";

/** What is prepared, by checkpoint: the handle's only member. After a crash there is nothing to commit, since the checkpoint's record and the staged records became visible together or not at all. */
const CHECKPOINT = "checkpoint";

export function openTransactionalWriter(
  store: TopicStore,
  transactionId: string,
  now: () => Millis,
  onCommitted: () => void,
): TransactionalWriter {
  const epochKey = `writer-epoch/${transactionId}`;
  const epoch = takeOver(store, epochKey);
  const staged = new StagedRecords(now);
  const prepared = new Map<number, { readonly parts: readonly StagedPartition[]; readonly bytes: number }>();
  /** Partitions of the topics written to; looked up anew for each part. */
  let partitionsOf = new Map<string, number>();

  function partitionsFor(topic: string): number {
    const known = partitionsOf.get(topic);
    if (known !== undefined) return known;
    let found = findTopic(store, topic);
    if (!found) {
      createTopic(store, topic, DEFAULT_SETTINGS);
      found = findTopic(store, topic);
    }
    if (!found) throw new Error(`topic ${topic} is not there after it was created`);
    partitionsOf.set(topic, found.partitions);
    return found.partitions;
  }

  function checkEpoch(): void {
    if (store.records.get(epochKey) === epoch) return;
    throw new ConnectionError("topic.fenced", {
      en: `Another writer has taken over transaction ${quote(transactionId)}; this one can commit nothing more. Stop one of the two.`,
      zh: `另一个写入者已接管事务 ${quote(transactionId)}，本写入者不能再提交。请停止其中一个。`,
    });
  }

  return {
    write(topic: string, record: TopicRecord) {
      staged.add(topic, partitionsFor(topic), record);
    },
    get stagedBytes() {
      let bytes = staged.bytes;
      for (const part of prepared.values()) bytes += part.bytes;
      return bytes;
    },
    async prepare(checkpointId) {
      const { bytes } = staged;
      if (!staged.isEmpty) prepared.set(checkpointId, { parts: staged.take(), bytes });
      partitionsOf = new Map();
      return { [CHECKPOINT]: checkpointId };
    },
    async commit(handle, via) {
      const checkpointId = handle[CHECKPOINT] as number;
      const part = prepared.get(checkpointId);
      if (!part) return;
      const add = (tx: Commit) => {
        tx.require(checkEpoch);
        tx.publish(part.parts);
        tx.whenDone(() => {
          prepared.delete(checkpointId);
          staged.recycle(part.parts);
          onCommitted();
        });
      };
      if (via === undefined) await commitTo(store, now, add);
      else add(ownTransaction(store, via));
    },
    async abort(handle) {
      if (handle === undefined) {
        staged.clear();
        prepared.clear();
      } else prepared.delete(handle[CHECKPOINT] as number);
    },
    async close() {
      staged.clear();
      prepared.clear();
      try {
        store.transact(() => {
          if (store.records.get(epochKey) === epoch) store.records.remove(epochKey);
        });
      } catch (error) {
        // What cannot be tidied up stays until the id is taken over; why the writer is closed must not be hidden by it.
        if (!(error instanceof ConnectionError)) throw error;
      }
    },
  };
}

/** The writer that was opened last with an id is the only one that may commit. */
function takeOver(store: TopicStore, epochKey: string): number {
  return store.transact(() => {
    const epoch = (store.meta.get("nextEpoch") ?? 1) as number;
    store.meta.put("nextEpoch", epoch + 1);
    store.records.put(epochKey, epoch);
    return epoch;
  });
}
