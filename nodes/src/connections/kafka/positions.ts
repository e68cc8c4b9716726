/** Positions of consumer groups without members: they are kept for people, and for a run that begins without state. */
import { ConnectionError, quote } from "../connection-error.ts";
import { LIST_GROUPS, OFFSET_COMMIT, OFFSET_FETCH } from "./apis.ts";
import { BrokerError, Code, check } from "./broker-error.ts";
import type { Cluster } from "./cluster.ts";

/** A request of a group that has no members. */
const NO_GENERATION = -1;
const LONGEST_GROUP = 249;

/** By "topic-partition". */
export async function positionsOf(cluster: Cluster, group: string): Promise<Map<string, number>> {
  checkGroup(group);
  const found = new Map<string, number>();
  for (const { topic, partition, offset } of await fetchOffsets(cluster, group)) found.set(`${topic}-${partition}`, offset);
  return found;
}

export async function commitPositions(cluster: Cluster, group: string, positions: ReadonlyMap<string, number>): Promise<void> {
  checkGroup(group);
  if (positions.size === 0) return;
  const topics = Map.groupBy(
    [...positions].map(([name, offset]) => ({ ...parse(name), offset: checkedOffset(group, name, offset) })),
    ({ topic }) => topic,
  );
  const wanted = [...topics].map(([name, partitions]) => ({
    name,
    partitions: partitions.map(({ partition, offset }) => ({
      partitionIndex: partition,
      committedOffset: BigInt(offset),
      committedLeaderEpoch: -1,
      committedMetadata: "",
    })),
  }));
  await cluster.persist({ en: `keep the positions of group ${quote(group)}`, zh: `保存消费者组 ${quote(group)} 的位点` }, () =>
    cluster.withCoordinator("group", group, async (link) => {
      const response = await link.call(OFFSET_COMMIT, group, NO_GENERATION, "", null, wanted);
      for (const { errorCode } of response.topics.flatMap(({ partitions }) => partitions)) {
        if (errorCode === Code.unknownMember) throw groupInUse(group);
        check(errorCode);
      }
    }),
  );
}

export async function groupsOf(cluster: Cluster, topic: string): Promise<Map<string, Map<number, number>>> {
  const found = new Map<string, Map<number, number>>();
  const groups = await listGroups(cluster);
  await Promise.all(
    groups.map(async (group) => {
      const positions = (await fetchOffsets(cluster, group)).filter((one) => one.topic === topic);
      if (positions.length > 0) found.set(group, new Map(positions.map(({ partition, offset }) => [partition, offset])));
    }),
  );
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Those that the user may see. */
async function listGroups(cluster: Cluster): Promise<string[]> {
  const nodes = await cluster.brokers();
  const lists = await Promise.all(
    nodes.map((node) =>
      cluster.persist({ en: "list the consumer groups", zh: "列出消费者组" }, async () => {
        const response = await (await cluster.link(node, "main")).call(LIST_GROUPS, [], []);
        check(response.errorCode);
        return response.groups.map(({ groupId }) => groupId);
      }),
    ),
  );
  return [...new Set(lists.flat())];
}

async function fetchOffsets(cluster: Cluster, group: string): Promise<{ topic: string; partition: number; offset: number }[]> {
  return cluster.persist({ en: `look up the positions of group ${quote(group)}`, zh: `查询消费者组 ${quote(group)} 的位点` }, () =>
    cluster.withCoordinator("group", group, async (link) => {
      const wanted = { groupId: group, memberId: null, memberEpoch: NO_GENERATION, topics: null };
      const { groups } = await link.call(OFFSET_FETCH, [wanted], false);
      const found = groups[0];
      if (!found) throw new BrokerError(Code.coordinatorNotAvailable);
      check(found.errorCode);
      return found.topics.flatMap(({ name, partitions }) =>
        partitions
          .filter(({ errorCode, committedOffset }) => errorCode === Code.none && committedOffset >= 0n)
          .map(({ partitionIndex, committedOffset }) => ({ topic: name, partition: partitionIndex, offset: Number(committedOffset) })),
      );
    }),
  );
}

function parse(name: string): { topic: string; partition: number } {
  const match = /^(.+)-(\d{1,7})$/.exec(name);
  if (match) return { topic: match[1] as string, partition: Number(match[2]) };
  throw new ConnectionError("topic.bad-position", {
    en: `${quote(name)} names no partition; expected a topic and a number, for example "ods_base_log-0".`,
    zh: `${quote(name)} 不是分区名；应为主题名加分区号，例如 "ods_base_log-0"。`,
  });
}

function checkedOffset(group: string, name: string, offset: number): number {
  if (Number.isSafeInteger(offset) && offset >= 0) return offset;
  throw new ConnectionError("topic.bad-position", {
    en: `The position of group ${quote(group)} in ${quote(name)} is ${offset}; expected a whole number from 0 on.`,
    zh: `消费组 ${quote(group)} 在 ${quote(name)} 的位点为 ${offset}；应为不小于 0 的整数。`,
  });
}

function checkGroup(group: string): void {
  if (group.length > 0 && group.length <= LONGEST_GROUP) return;
  throw new ConnectionError("topic.bad-group", {
    en: `${quote(group)} cannot be a consumer group's name; expected 1 to ${LONGEST_GROUP} characters.`,
    zh: `${quote(group)} 不能作为消费组名；应为 1 到 ${LONGEST_GROUP} 个字符。`,
  });
}

function groupInUse(group: string): ConnectionError {
  return new ConnectionError("kafka.group-in-use", {
    en: `Consumer group ${quote(group)} has members of another program, so its positions cannot be set from here. Choose another group in the topic source.`,
    zh: `消费者组 ${quote(group)} 中有其他程序的成员，无法从此处设置位点。请在主题数据源中改用其他消费者组。`,
  });
}
