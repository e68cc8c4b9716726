/** The built-in driver of role "topic": Kafka's model in a folder, with no server. */
import type { Millis, TopicLog, TopicSettings } from "@millrace/engine/node";
import { createAppender } from "./appender.ts";
import { Commit, type CommitTransaction, commitTo, ownTransaction, type StoredRecord } from "./commit.ts";
import { groupsOf, positionsOf, setPositions } from "./positions.ts";
import { openReader } from "./reader.ts";
import { retain } from "./retention.ts";
import { createSegmentReads } from "./segment-reads.ts";
import { openStore, type TopicStore } from "./store.ts";
import { changeRetention, createTopic, deleteTopic, setDefaultRetention, topicInfo, topicNames } from "./topics.ts";
import { addPrepared, openTransactionalWriter } from "./transactional-writer.ts";
import { createWaker } from "./waker.ts";

export type { CommitTransaction, StoredRecord } from "./commit.ts";

export interface BuiltInTopicLog extends TopicLog {
  /** Removes what topics need not keep any more, in small steps. To be called every minute or so by who keeps the data folder; topics limited by size also keep to it by themselves. */
  retain(): Promise<void>;
  /** How long topics that are made from now on, in any process, keep their records, unless they are given another time. `Infinity`: for ever; not set: 7 days. */
  setDefaultRetention(ms: Millis): void;
  /** Changes how long (`retentionMs`) and how much (`retentionBytes`) a topic keeps; left out: without bound. Nothing for a topic that is not there. */
  changeRetention(topic: string, retention: Omit<TopicSettings, "partitions">): void;
}

export interface BuiltInTopicsOptions {
  /** `<data>/topics`; made when it is not there. */
  readonly folder: string;
  readonly now: () => Millis;
  /** The thread that opens them has nothing to do while it waits for records: it reads and writes files without handing that to another thread. */
  readonly isRunsThread?: boolean;
}

const stores = new WeakMap<TopicLog, { readonly store: TopicStore; readonly now: () => Millis }>();

/** Opens the topics of a folder. Any number of processes, threads and callers may have it open. Throws `ConnectionError` for a folder that cannot be used or has another format. */
export async function openBuiltInTopics({ folder, now, isRunsThread = false }: BuiltInTopicsOptions): Promise<BuiltInTopicLog> {
  const store = await openStore(folder);
  const waker = createWaker();
  const reads = createSegmentReads(isRunsThread);
  const appender = createAppender(store, now, waker.look);
  let isClosed = false;

  const log: BuiltInTopicLog = {
    async listTopics() {
      return topicNames(store).flatMap((name) => topicInfo(store, name) ?? []);
    },
    async describeTopic(topic) {
      return topicInfo(store, topic);
    },
    async createTopic(topic, settings) {
      return createTopic(store, topic, settings);
    },
    deleteTopic: (topic) => deleteTopic(store, topic),
    async openReader(topic, partition, start) {
      return openReader(store, reads, topic, partition, start, waker);
    },
    append: (topic, records) => appender.append(topic, records),
    async openTransactionalWriter(transactionId, { newTopics } = {}) {
      return openTransactionalWriter(store, transactionId, now, isRunsThread, newTopics);
    },
    transactions: "shared",
    async commitPrepared(prepared, via) {
      const add = (tx: Commit) => {
        addPrepared(tx, prepared);
        tx.whenDone(waker.look);
      };
      if (via === undefined) await commitTo(store, now, add);
      else add(ownTransaction(store, via));
    },
    async positions(group) {
      return positionsOf(store, group);
    },
    async commitPositions(group, positions, via) {
      // They are for people to see the lag: where the checkpoint is kept elsewhere they may move a moment before it.
      if (via instanceof Commit && via.store === store) via.commitPositions(group, positions);
      else store.transact(() => setPositions(store, group, positions));
    },
    async groups(topic) {
      return groupsOf(store, topic);
    },
    retain: () => retain(store, now),
    setDefaultRetention: (ms) => setDefaultRetention(store, ms),
    changeRetention: (topic, retention) => changeRetention(store, topic, retention),
    async close() {
      if (isClosed) return;
      isClosed = true;
      await appender.close();
      waker.close();
      await reads.close();
      await store.release();
    },
  };
  stores.set(log, { store, now });
  return log;
}

/**
 * Runs `work`, in which writers of this log are committed `via` the transaction, positions moved and records put; then writes it all in one LMDB transaction: when this resolves
 * everything is durable and visible, when it rejects nothing of it is visible to anybody. `work` only collects, so it may wait, and it is run again when a record that it
 * asked for was changed meanwhile.
 */
export async function commitBuiltIn(log: TopicLog, work: (tx: CommitTransaction) => void | Promise<void>): Promise<void> {
  const { store, now } = storeOf(log);
  await commitTo(store, now, work);
}

/** A record that `commitBuiltIn` put; undefined when there is none. */
export function readRecord(log: TopicLog, key: string): StoredRecord {
  return storeOf(log).store.records.get(key);
}

function storeOf(log: TopicLog): { store: TopicStore; now: () => Millis } {
  const found = stores.get(log);
  if (!found) throw new Error("the log is not of the built-in driver");
  return found;
}
