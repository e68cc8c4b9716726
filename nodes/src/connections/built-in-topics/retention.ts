/** Removes what topics need not keep any more, in transactions so small that nobody waits for them. */
import type { Millis } from "@millrace/engine/node";
import { isAbove } from "./commit.ts";
import { hasOld, removeOldest } from "./partition-log.ts";
import { removeUnusedSegments } from "./remove-unused.ts";
import type { StoredTopic, TopicStore } from "./store.ts";
import { findTopic, nextTurn, removeDoomed, topicNames } from "./topics.ts";

const CHUNKS_AT_ONCE = 64;

/** Age counts from when a chunk was last appended to, by the clock of who appended. */
export async function retain(store: TopicStore, now: () => Millis): Promise<void> {
  store.forgetDeadReaders();
  await removeDoomed(store);
  for (const name of topicNames(store)) {
    const topic = findTopic(store, name);
    if (topic) await retainTopic(store, topic, now);
  }
  await removeUnusedSegments(store);
}

async function retainTopic(
  store: TopicStore,
  { id, partitions, retentionMs, retentionBytes }: StoredTopic,
  now: () => Millis,
): Promise<void> {
  if (retentionMs === undefined && retentionBytes === undefined) return;
  const isTooMuch = retentionBytes === undefined ? () => false : isAbove(retentionBytes);
  for (let partition = 0; partition < partitions; partition++) {
    for (;;) {
      const oldest = retentionMs === undefined ? Number.NEGATIVE_INFINITY : now() - retentionMs;
      const isOld: Parameters<typeof removeOldest>[2] = (entry, head) => entry.appendedAt < oldest || isTooMuch(entry, head);
      // A look first: a transaction that changes nothing would still keep others waiting.
      if (!hasOld(store, { topic: id, partition }, isOld)) break;
      store.transact(() => removeOldest(store, { topic: id, partition }, isOld, CHUNKS_AT_ONCE));
      await nextTurn();
    }
  }
}
