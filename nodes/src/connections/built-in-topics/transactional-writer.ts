/** Writes whose records become visible with a commit: until then they wait in segment files, and what is small in memory. */
import type { Millis, Prepared, TopicRecord, TopicSettings, TransactionalWriter } from "@millrace/engine/node";
import { ConnectionError } from "../connection-error.ts";
import type { Commit, PreparedRecords } from "./commit.ts";
import { StagedRecords } from "./staged-records.ts";
import type { StoredTopic, TopicStore } from "./store.ts";
import { checkSettings, createTopic, DEFAULT_SETTINGS, findTopic } from "./topics.ts";
import { forgetWriter, takeOver } from "./writer-records.ts";

/** Many of a topic may be open, in any threads. `blocks`: the thread writes files by itself. */
export function openTransactionalWriter(
  store: TopicStore,
  transaction: string,
  now: () => Millis,
  blocks: boolean,
  newTopics: TopicSettings = DEFAULT_SETTINGS,
): TransactionalWriter {
  // Now, and not when a row first names a topic that is not there.
  checkSettings(newTopics);
  const epoch = takeOver(store, transaction);
  const staged = new StagedRecords(store, now, (topic) => madeTopic(store, topic, newTopics), blocks);
  let lastPrepared = 0;

  return {
    write(topic: string, record: TopicRecord) {
      staged.add(topic, record);
    },
    get stagedBytes() {
      return staged.bytes;
    },
    async prepare(checkpoint) {
      const { parts, full } = await staged.take();
      if (parts.length > 0) lastPrepared = checkpoint;
      return { transaction, epoch, checkpoint, parts, full } satisfies PreparedRecords;
    },
    abort: () => staged.clear(),
    async close() {
      await staged.clear();
      try {
        store.transact(() => {
          staged.markFull();
          forgetWriter(store, transaction, epoch, lastPrepared);
        });
      } catch (error) {
        // What cannot be tidied up stays until the id is taken over; why the writer is closed must not be hidden by it.
        if (!(error instanceof ConnectionError)) throw error;
      }
      await staged.close();
    },
  };
}

function madeTopic(store: TopicStore, name: string, settings: TopicSettings): StoredTopic {
  const known = findTopic(store, name);
  if (known) return known;
  createTopic(store, name, settings);
  const made = findTopic(store, name);
  if (!made) throw new Error(`topic ${name} is not there after it was created`);
  return made;
}

/** Adds what writers prepared to a commit; parts without records are as good as committed. */
export function addPrepared(tx: Commit, prepared: readonly Prepared[]): void {
  for (const part of prepared as readonly PreparedRecords[]) if (part.parts.length > 0) tx.publish(part);
}
