/** The driver of role "topic" for Apache Kafka. See `docs/decisions/kafka-client.md`. */
import type { Millis, TopicLog } from "@millrace/engine/node";
import { createAppender } from "./appender.ts";
import { createCluster } from "./cluster.ts";
import { createFetcher } from "./fetcher.ts";
import { commitPositions, groupsOf, positionsOf } from "./positions.ts";
import { commitTransactions, inspectTransaction, type PreparedTransaction, transactionsOf } from "./prepared.ts";
import { openReader } from "./reader.ts";
import type { KafkaSettings } from "./settings.ts";
import { createTopic, deleteTopic, describeTopic, listTopics } from "./topics.ts";
import { createWriters } from "./writers.ts";

export interface KafkaTopicsOptions {
  readonly settings: KafkaSettings;
  /** For records without a time. */
  readonly now: () => Millis;
}

/** Opens a cluster's topics; it is connected to when it is first asked for something. Any number of processes, threads and callers may have it open. */
export function openKafkaTopics({ settings, now }: KafkaTopicsOptions): TopicLog {
  const cluster = createCluster(settings);
  const fetcher = createFetcher(cluster);
  const appender = createAppender(cluster, now);
  const writers = createWriters(cluster, now);

  return {
    transactions: "own",
    listTopics: () => listTopics(cluster),
    describeTopic: (topic) => describeTopic(cluster, topic),
    createTopic: (topic, settings) => createTopic(cluster, topic, settings),
    deleteTopic: (topic) => deleteTopic(cluster, topic),
    openReader: (topic, partition, start) => openReader(cluster, fetcher, topic, partition, start),
    append: (topic, records) => appender.append(topic, records),
    openTransactionalWriter: (transactionId, options = {}) => writers.open(transactionId, options),
    commitPrepared: (prepared) => commitTransactions(cluster, transactionsOf(prepared), writers.ended),
    inspectPrepared: (prepared) =>
      Promise.all(
        prepared.map(async (one) => {
          // Where nothing was written nothing can be lost.
          return transactionsOf([one]).length === 0 ? "committed" : inspectTransaction(cluster, one as PreparedTransaction);
        }),
      ),
    positions: (group) => positionsOf(cluster, group),
    commitPositions: (group, positions) => commitPositions(cluster, group, positions),
    groups: (topic) => groupsOf(cluster, topic),
    async close() {
      await appender.idle();
      await cluster.close();
    },
  };
}
