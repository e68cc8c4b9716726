/** Reads the committed records of one partition on. */
import type { TopicReader, TopicStart } from "@millrace/engine/node";
import { unknownPartition, unknownTopic } from "../topic-errors.ts";
import type { Cluster, Topic } from "./cluster.ts";
import type { Fetcher } from "./fetcher.ts";
import { offsetsAt } from "./offsets.ts";
import { PartitionFeed } from "./partition-feed.ts";

/** So long a read waits for records that are known to be there, or for the first answer; once a broker has failed for so long it comes back empty-handed at once, so that the run is not stalled. */
const ANSWER_MS = 5_000;

export async function openReader(
  cluster: Cluster,
  fetcher: Fetcher,
  name: string,
  partition: number,
  start: TopicStart,
): Promise<TopicReader> {
  const topic = await cluster.topic(name, true);
  if (!topic)
    throw unknownTopic(
      name,
      (await cluster.topics()).map((one) => one.name),
    );
  const isPartition = Number.isInteger(partition) && partition >= 0 && partition < topic.leaders.length;
  if (!isPartition) throw unknownPartition(name, partition, topic.leaders.length);
  const { offset, end } = await startOffset(cluster, topic, partition, start);
  const feed = new PartitionFeed(topic, partition, offset, end);
  let isBegun = false;

  return {
    async read(maxRecords, waitMs) {
      // Not before: what is fetched at once would be old when reading begins later.
      if (!isBegun) fetcher.add(feed);
      isBegun = true;
      const begun = performance.now();
      for (;;) {
        const batch = feed.take(maxRecords);
        if (feed.isHungry) fetcher.wake();
        if (batch.count > 0 || feed.isClosed) return batch;
        feed.throwFailure();
        const now = performance.now();
        const isDue = !feed.isAnswered || feed.offset < feed.end;
        const left = Math.max(begun + waitMs, isDue ? (feed.failingSince ?? begun) + ANSWER_MS : 0) - now;
        if (left <= 0) return batch;
        await feed.change(left);
      }
    },
    get offset() {
      return feed.offset;
    },
    get skipped() {
      return feed.skipped;
    },
    get lag() {
      return Math.max(0, feed.end - feed.offset);
    },
    async close() {
      fetcher.remove(feed);
    },
  };
}

async function startOffset(cluster: Cluster, topic: Topic, partition: number, start: TopicStart): Promise<{ offset: number; end: number }> {
  let isStale = false;
  return cluster.persist(
    { en: `look up offsets of ${topic.name}-${partition}`, zh: `查询 ${topic.name}-${partition} 的 offset` },
    async () => {
      const current = isStale ? ((await cluster.topic(topic.name, true)) ?? topic) : topic;
      isStale = true;
      const at = async (place: Parameters<typeof offsetsAt>[3]) =>
        (await offsetsAt(cluster, current, [partition], place)).get(partition) ?? 0;
      const end = await at("committedEnd");
      switch (start.from) {
        case "earliest":
          return { offset: await at("earliest"), end };
        case "latest":
          return { offset: end, end };
        case "offset":
          return { offset: Math.min(Math.max(0, Math.floor(start.offset)), end), end };
        case "time": {
          const offset = await at({ time: start.time });
          return { offset: offset < 0 ? end : offset, end };
        }
      }
    },
  );
}
