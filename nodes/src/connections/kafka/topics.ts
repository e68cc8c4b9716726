/** Topics: which there are, their settings and their ends; making and deleting them. */
import type { PartitionInfo, TopicInfo, TopicSettings } from "@millrace/engine/node";
import { ConfigResourceTypes } from "@platformatic/kafka";
import { isTopicName } from "../../topic-name.ts";
import { ConnectionError } from "../connection-error.ts";
import { checkTopicName } from "../topic-errors.ts";
import { CREATE_TOPICS, DELETE_TOPICS, DESCRIBE_CONFIGS, DESCRIBE_LOG_DIRS } from "./apis.ts";
import { BrokerError, Code, check } from "./broker-error.ts";
import type { Cluster, Topic } from "./cluster.ts";
import { offsetsAt } from "./offsets.ts";

/** What a topic gets that a sink makes by writing to it; retention as the brokers have it by default. */
export const DEFAULT_SETTINGS: TopicSettings = { partitions: 4 };

/** The broker's default, which its operator chose. */
const DEFAULT_REPLICATION = -1;
const TOPIC_RESOURCE = ConfigResourceTypes.TOPIC;
const CONFIGS = ["retention.ms", "retention.bytes", "max.message.bytes", "cleanup.policy"] as const;
const UNLIMITED = -1;
const SETTLE_MS = 20;

export async function listTopics(cluster: Cluster): Promise<readonly TopicInfo[]> {
  return topicInfos(cluster, await cluster.topics());
}

export async function describeTopic(cluster: Cluster, name: string): Promise<TopicInfo | undefined> {
  if (!isTopicName(name)) return undefined;
  const topic = await cluster.topic(name, true);
  return topic && (await topicInfos(cluster, [topic]))[0];
}

/** False when it was there. */
export async function createTopic(cluster: Cluster, name: string, settings: TopicSettings): Promise<boolean> {
  checkTopicName(name);
  checkSettings(settings);
  const { partitions, replication = DEFAULT_REPLICATION } = settings;
  const configs = Object.entries(configsOf(settings)).map(([config, value]) => ({ name: config, value }));
  const isNew = await cluster.persist({ en: `create topic ${name}`, zh: `创建主题 ${name}` }, async () => {
    const link = await cluster.controller();
    const wanted = {
      name,
      numPartitions: partitions,
      replicationFactor: replication,
      assignments: [],
      configs,
    };
    const response = await link.call(CREATE_TOPICS, [wanted], cluster.settings.requestTimeoutMs, false);
    const { errorCode, errorMessage } = response.topics[0] ?? { errorCode: Code.none, errorMessage: null };
    if (errorCode === Code.topicExists) {
      if (await cluster.topic(name, true)) return false;
      // With a ZooKeeper a topic is gone for all to see some time before its name is free.
      throw new BrokerError(Code.unknownTopicOrPartition, "it is still being deleted");
    }
    check(errorCode, errorMessage);
    return true;
  });
  if (isNew) await settled(cluster, name, (topic) => topic?.leaders.every((leader) => leader >= 0) ?? false);
  return isNew;
}

function configsOf({ retentionMs, retentionBytes, more }: TopicSettings): Record<string, string> {
  const bounds = Object.entries({ "retention.ms": retentionMs, "retention.bytes": retentionBytes }).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(Number.isFinite(value) ? Math.ceil(value) : UNLIMITED)] as const],
  );
  return { ...Object.fromEntries(bounds), ...more };
}

export async function deleteTopic(cluster: Cluster, name: string): Promise<void> {
  if (!isTopicName(name)) return;
  await cluster.persist({ en: `delete topic ${name}`, zh: `删除主题 ${name}` }, async () => {
    const response = await (await cluster.controller()).call(DELETE_TOPICS, [{ name }], cluster.settings.requestTimeoutMs);
    const { errorCode, errorMessage } = response.responses[0] ?? { errorCode: Code.none, errorMessage: null };
    if (errorCode !== Code.unknownTopicOrPartition) check(errorCode, errorMessage);
  });
  await settled(cluster, name, (topic) => topic === undefined);
}

/** What a topic takes: the largest batch in bytes, and whether each record must have a key. As Kafka has it by default when the user may not look. */
export async function whatItTakes(cluster: Cluster, topic: Topic): Promise<{ maxBatchBytes: number; onlyWithKey: boolean }> {
  const configs = (await topicConfigs(cluster, [topic])).get(topic.name) ?? {};
  const { "max.message.bytes": maxBatchBytes = 1_048_588, "cleanup.policy": policy = "delete" } = configs;
  return { maxBatchBytes: Number(maxBatchBytes), onlyWithKey: policy.split(",").includes("compact") };
}

/** Brokers learn of a change one after another. */
async function settled(cluster: Cluster, name: string, isSo: (topic: Topic | undefined) => boolean): Promise<void> {
  const until = performance.now() + cluster.settings.requestTimeoutMs;
  while (!isSo(await cluster.topic(name, true)) && performance.now() < until) await cluster.pause(SETTLE_MS);
}

async function topicInfos(cluster: Cluster, topics: readonly Topic[]): Promise<TopicInfo[]> {
  const [configs, bytes] = await Promise.all([topicConfigs(cluster, topics), partitionBytes(cluster, topics)]);
  const infos = await Promise.all(topics.map((topic) => topicInfo(cluster, topic, configs.get(topic.name) ?? {}, bytes)));
  return infos.filter((info) => info !== undefined);
}

type Configs = Readonly<Partial<Record<(typeof CONFIGS)[number], string>>>;

/** Undefined when it was deleted meanwhile. */
async function topicInfo(
  cluster: Cluster,
  { name }: Topic,
  configs: Configs,
  bytes: ReadonlyMap<string, number>,
): Promise<TopicInfo | undefined> {
  let stale = false;
  return cluster.persist({ en: `look up topic ${name}`, zh: `查询主题 ${name}` }, async () => {
    const topic = await cluster.topic(name, stale);
    stale = true;
    if (!topic) return undefined;
    const all = [...topic.leaders.keys()];
    const [earliest, ends] = await Promise.all([offsetsAt(cluster, topic, all, "earliest"), offsetsAt(cluster, topic, all, "end")]);
    const partitions = all.map((partition): PartitionInfo => {
      const latest = ends.get(partition) ?? 0;
      return { partition, earliest: earliest.get(partition) ?? 0, latest, bytes: bytes.get(`${name}-${partition}`) ?? 0 };
    });
    const retentionMs = Number(configs["retention.ms"] ?? UNLIMITED);
    const retentionBytes = Number(configs["retention.bytes"] ?? UNLIMITED);
    const settings: TopicSettings = {
      partitions: all.length,
      ...(retentionMs >= 0 && { retentionMs }),
      ...(retentionBytes >= 0 && { retentionBytes }),
    };
    return { name, settings, partitions };
  });
}

/** Nothing for topics whose settings the user may not see. */
async function topicConfigs(cluster: Cluster, topics: readonly Topic[]): Promise<Map<string, Configs>> {
  if (topics.length === 0) return new Map();
  const response = await cluster.persist({ en: "look up the settings of topics", zh: "查询主题设置" }, async () => {
    const resources = topics.map(({ name }) => ({ resourceType: TOPIC_RESOURCE, resourceName: name, configurationKeys: [...CONFIGS] }));
    return (await cluster.anyLink()).call(DESCRIBE_CONFIGS, resources, false, false);
  });
  return new Map(
    response.results
      .filter(({ errorCode }) => errorCode === Code.none)
      .map(({ resourceName, configs }) => [resourceName, Object.fromEntries(configs.map(({ name, value }) => [name, value ?? ""]))]),
  );
}

/** Bytes on the leaders' disks, by "topic-partition"; nothing where the user may not see them. */
async function partitionBytes(cluster: Cluster, topics: readonly Topic[]): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  const nodes = new Set(topics.flatMap(({ leaders }) => leaders).filter((leader) => leader >= 0));
  const asked = topics.map(({ name, leaders }) => ({ name, partitions: [...leaders.keys()] }));
  await Promise.all(
    [...nodes].map(async (node) => {
      const response = await cluster.persist({ en: "look up the size of topics", zh: "查询主题大小" }, async () =>
        (await cluster.link(node, "main")).call(DESCRIBE_LOG_DIRS, asked),
      );
      for (const { name, partitions } of response.results.flatMap((one) => one.topics))
        for (const { partitionIndex, partitionSize, isFutureKey } of partitions) {
          const isLeader = topics.find((topic) => topic.name === name)?.leaders[partitionIndex] === node;
          if (isLeader && !isFutureKey) found.set(`${name}-${partitionIndex}`, Number(partitionSize));
        }
    }),
  );
  return found;
}

function checkSettings({ partitions, retentionMs, retentionBytes }: TopicSettings): void {
  if (!Number.isInteger(partitions) || partitions < 1) {
    throw new ConnectionError("topic.bad-settings", {
      en: `partitions: expected a whole number from 1 on, got ${partitions}.`,
      zh: `partitions：应为不小于 1 的整数，实际为 ${partitions}。`,
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

/** For those who were told that there is no such topic or partition: brokers that have just started do not know all of them yet. */
export async function isGone(cluster: Cluster, name: string, id: string | undefined, partition = 0): Promise<boolean> {
  for (let look = 0; look < GONE_LOOKS; look++) {
    const topic = await cluster.topic(name, true);
    if (topic && (id === undefined || topic.id === id) && partition < topic.leaders.length) return false;
    await cluster.pause(GONE_PAUSE_MS);
  }
  return true;
}

const GONE_LOOKS = 5;
const GONE_PAUSE_MS = 50;

/** A partition's leader; throws what passes while there is none. */
export async function leaderOf(cluster: Cluster, name: string, partition: number): Promise<number> {
  const topic = await cluster.topic(name);
  if (!topic) throw new BrokerError(Code.unknownTopicOrPartition);
  const leader = topic.leaders[partition] ?? -1;
  if (leader < 0) throw new BrokerError(Code.notLeader);
  return leader;
}
