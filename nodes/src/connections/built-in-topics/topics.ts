/** The topics of a store: which there are, their settings, and their end. */
import { rm } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import type { PartitionInfo, TopicInfo, TopicSettings } from "@millrace/engine/node";
import { ConnectionError } from "../connection-error.ts";
import { checkTopicName } from "../topic-errors.ts";
import { createPartition, readHead, removeHead, removePartition } from "./partition-log.ts";
import { fileKey, segmentFolder } from "./segments.ts";
import type { StoredTopic, TopicStore } from "./store.ts";

/** What a topic gets that a sink creates by writing to it. */
export const DEFAULT_SETTINGS: TopicSettings = { partitions: 4 };
/** Of topics that are given none, until the folder has another: Kafka's. */
const DEFAULT_RETENTION_MS = 7 * 86_400_000;
/** In the store, where numbers have no infinity. */
const FOR_EVER = 0;

/** A partition's number has two bytes in keys. */
const MAX_PARTITIONS = 10_000;
/** Chunks that one transaction removes, so that others need not wait long. */
const REMOVED_AT_ONCE = 256;

export function findTopic(store: TopicStore, name: string): StoredTopic | undefined {
  // No such topic; and LMDB would refuse the empty key.
  if (name.length === 0 || name.length > 249) return undefined;
  return store.topics.get(name);
}

export function topicNames(store: TopicStore): string[] {
  return [...store.topics.getKeys()];
}

export function topicInfo(store: TopicStore, name: string): TopicInfo | undefined {
  const topic = findTopic(store, name);
  if (!topic) return undefined;
  const partitions: PartitionInfo[] = [];
  for (let partition = 0; partition < topic.partitions; partition++) {
    const head = readHead(store, { topic: topic.id, partition });
    if (!head) return undefined;
    partitions.push({ partition, earliest: head.earliest, latest: head.latest, bytes: head.bytes });
  }
  const { id: _id, ...settings } = topic;
  return { name, settings, partitions };
}

/** False when it was there. */
export function createTopic(store: TopicStore, name: string, settings: TopicSettings): boolean {
  checkTopicName(name);
  checkSettings(settings);
  if (findTopic(store, name)) return false;
  return store.transact(() => createInside(store, name, settings));
}

/** How long topics that are made from now on keep their records, unless they are given another time. `Infinity`: for ever. */
export function setDefaultRetention(store: TopicStore, ms: number): void {
  if (defaultRetention(store) === ms) return;
  store.transact(() => void store.meta.put("retentionMs", Number.isFinite(ms) ? ms : FOR_EVER));
}

function defaultRetention(store: TopicStore): number {
  const ms = store.meta.get("retentionMs") ?? DEFAULT_RETENTION_MS;
  return ms === FOR_EVER ? Number.POSITIVE_INFINITY : ms;
}

/** Changes how long and how much a topic keeps; nothing for one that is not there. */
export function changeRetention(store: TopicStore, name: string, retention: Omit<TopicSettings, "partitions">): void {
  const before = findTopic(store, name);
  if (!before || isDeepStrictEqual(before, kept(before, retention))) return;
  checkSettings({ ...before, ...retention });
  store.transact(() => {
    const topic = findTopic(store, name);
    if (topic) store.topics.put(name, kept(topic, retention));
  });
}

/** As `createTopic`, within a transaction. */
function createInside(store: TopicStore, name: string, { partitions, ...retention }: TopicSettings): boolean {
  if (findTopic(store, name)) return false;
  const id = store.meta.get("nextTopic") ?? 1;
  store.meta.put("nextTopic", id + 1);
  store.topics.put(name, kept({ id, partitions }, { ...retention, retentionMs: retention.retentionMs ?? defaultRetention(store) }));
  for (let partition = 0; partition < partitions; partition++) createPartition(store, { topic: id, partition });
  return true;
}

function kept(
  { id, partitions }: Pick<StoredTopic, "id" | "partitions">,
  { retentionMs, retentionBytes }: Omit<TopicSettings, "partitions">,
): StoredTopic {
  return {
    id,
    partitions,
    ...(retentionMs !== undefined && Number.isFinite(retentionMs) && { retentionMs }),
    ...(retentionBytes !== undefined && Number.isFinite(retentionBytes) && { retentionBytes }),
  };
}

/** The topic is gone at once; its records are removed in small steps, the rest by the next `removeDoomed` should this process end. */
export async function deleteTopic(store: TopicStore, name: string): Promise<void> {
  if (!findTopic(store, name)) return;
  store.transact(() => {
    const topic = findTopic(store, name);
    if (!topic) return;
    store.topics.remove(name);
    store.doomed.put(topic.id, topic.partitions);
    for (let partition = 0; partition < topic.partitions; partition++) removeHead(store, { topic: topic.id, partition });
    for (const key of [...store.positions.getKeys()]) if (key[1] === name) store.positions.remove(key);
  });
  await removeDoomed(store);
}

export async function removeDoomed(store: TopicStore): Promise<void> {
  for (const { key: topic, value: partitions } of [...store.doomed.getRange()]) {
    for (let partition = 0; partition < partitions; partition++) {
      while (!store.transact(() => removePartition(store, { topic, partition }, REMOVED_AT_ONCE))) await nextTurn();
    }
    await rm(segmentFolder(store, topic), { recursive: true, force: true, maxRetries: 3 });
    store.transact(() => {
      const files = store.files.getKeys({
        start: fileKey({ topic, owner: 0, file: 0 }),
        end: fileKey({ topic: topic + 1, owner: 0, file: 0 }),
      });
      for (const key of [...files].map((key) => Buffer.from(key))) store.files.remove(key);
      store.doomed.remove(topic);
    });
  }
}

/** Lets the thread's other work go first. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Throws a `ConnectionError` for what a topic here cannot have. */
export function checkSettings({ partitions, retentionMs, retentionBytes, replication, more = {} }: TopicSettings): void {
  const [unknown] = [...(replication === undefined ? [] : ["replication"]), ...Object.keys(more)];
  if (unknown !== undefined)
    throw new ConnectionError("topic.bad-settings", {
      en: `Built-in topics have partitions and a retention, and nothing else to set; got ${unknown}. Leave it out, or use a Kafka connection.`,
      zh: `内置主题只能设置分区数和保留时间；收到 ${unknown}。请去掉它，或使用 Kafka 连接。`,
    });
  if (!Number.isInteger(partitions) || partitions < 1 || partitions > MAX_PARTITIONS) {
    throw new ConnectionError("topic.bad-settings", {
      en: `partitions: expected a whole number from 1 to ${MAX_PARTITIONS}, got ${partitions}.`,
      zh: `partitions：应为 1 到 ${MAX_PARTITIONS} 的整数，实际为 ${partitions}。`,
    });
  }
  for (const [name, value] of Object.entries({ retentionMs, retentionBytes })) {
    if (value === undefined || value > 0) continue;
    throw new ConnectionError("topic.bad-settings", {
      en: `${name}: expected a number above 0, got ${value}.`,
      zh: `${name}：应为大于 0 的数，实际为 ${value}。`,
    });
  }
}
