/** Writes whose records become visible with a commit: until then they wait in memory, packed as they will be stored. */
import type { Millis, Prepared, TopicRecord, TransactionalWriter } from "@millrace/engine/node";
import { ConnectionError } from "../connection-error.ts";
import type { Commit, PreparedRecords } from "./commit.ts";
import { StagedRecords } from "./staged-records.ts";
import type { TopicStore } from "./store.ts";
import { createTopic, DEFAULT_SETTINGS, findTopic } from "./topics.ts";
import { forgetWriter, takeOver } from "./writer-records.ts";

export function openTransactionalWriter(store: TopicStore, transaction: string, now: () => Millis): TransactionalWriter {
  const epoch = takeOver(store, transaction);
  const staged = new StagedRecords(now);
  let lastPrepared = 0;
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

  return {
    write(topic: string, record: TopicRecord) {
      staged.add(topic, partitionsFor(topic), record);
    },
    get stagedBytes() {
      return staged.bytes;
    },
    async prepare(checkpoint) {
      partitionsOf = new Map();
      const parts = staged.take();
      if (parts.length > 0) lastPrepared = checkpoint;
      return { transaction, epoch, checkpoint, parts } satisfies PreparedRecords;
    },
    async abort() {
      staged.clear();
    },
    async close() {
      staged.clear();
      try {
        forgetWriter(store, transaction, epoch, lastPrepared);
      } catch (error) {
        // What cannot be tidied up stays until the id is taken over; why the writer is closed must not be hidden by it.
        if (!(error instanceof ConnectionError)) throw error;
      }
    },
  };
}

/** Adds what writers prepared to a commit; parts without records are as good as committed. */
export function addPrepared(tx: Commit, prepared: readonly Prepared[]): void {
  for (const part of prepared as readonly PreparedRecords[]) if (part.parts.length > 0) tx.publish(part);
}
