/** Positions of consumers, by group, topic and partition. */
import { ConnectionError, quote } from "../connection-error.ts";
import type { PositionKey, TopicStore } from "./store.ts";

const LONGEST_GROUP = 249;

/** By "topic-partition". */
export function positionsOf(store: TopicStore, group: string): Map<string, number> {
  checkGroup(group);
  const found = new Map<string, number>();
  for (const { key, value } of store.positions.getRange({ start: [group] as unknown as PositionKey })) {
    if (key[0] !== group) break;
    found.set(`${key[1]}-${key[2]}`, value);
  }
  return found;
}

/** Inside a transaction. */
export function setPositions(store: TopicStore, group: string, positions: ReadonlyMap<string, number>): void {
  checkGroup(group);
  for (const [name, offset] of positions) {
    const { topic, partition } = parse(name);
    if (!Number.isSafeInteger(offset) || offset < 0) {
      throw new ConnectionError("topic.bad-position", {
        en: `The position of group ${quote(group)} in ${quote(name)} is ${offset}; expected a whole number from 0 on.`,
        zh: `消费组 ${quote(group)} 在 ${quote(name)} 的位点为 ${offset}；应为不小于 0 的整数。`,
      });
    }
    store.positions.put([group, topic, partition], offset);
  }
}

export function groupsOf(store: TopicStore, topic: string): Map<string, Map<number, number>> {
  const found = new Map<string, Map<number, number>>();
  for (const { key, value } of store.positions.getRange()) {
    const [group, of, partition] = key;
    if (of !== topic) continue;
    const partitions = found.get(group) ?? new Map<number, number>();
    found.set(group, partitions.set(partition, value));
  }
  return found;
}

function parse(name: string): { topic: string; partition: number } {
  const match = /^(.+)-(\d{1,5})$/.exec(name);
  if (match) return { topic: match[1] as string, partition: Number(match[2]) };
  throw new ConnectionError("topic.bad-position", {
    en: `${quote(name)} names no partition; expected a topic and a number, for example "ods_base_log-0".`,
    zh: `${quote(name)} 不是分区名；应为主题名加分区号，例如 "ods_base_log-0"。`,
  });
}

function checkGroup(group: string): void {
  // LMDB's keys end text with a zero byte.
  if (group.length > 0 && group.length <= LONGEST_GROUP && !group.includes("\0")) return;
  throw new ConnectionError("topic.bad-group", {
    en: `${quote(group)} cannot be a consumer group's name; expected 1 to ${LONGEST_GROUP} characters.`,
    zh: `${quote(group)} 不能作为消费组名；应为 1 到 ${LONGEST_GROUP} 个字符。`,
  });
}
