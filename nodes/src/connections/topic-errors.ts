/** What can be wrong about a topic, in words that every driver uses. */
import { isTopicName } from "../topic-name.ts";
import { ConnectionError, quote } from "./connection-error.ts";

export function checkTopicName(name: string): void {
  if (!isTopicName(name)) throw badTopicName(name);
}

export function badTopicName(name: string): ConnectionError {
  return new ConnectionError("topic.bad-name", {
    en: `${quote(name)} cannot be a topic's name. Use 1 to 249 letters, digits, dots, underscores and hyphens, for example "dwd_page_log".`,
    zh: `${quote(name)} 不能作为主题名。请使用 1 到 249 个字母、数字、点、下划线和连字符，例如 "dwd_page_log"。`,
  });
}

export function unknownTopic(name: string, known: readonly string[] = []): ConnectionError {
  const some = known.slice(0, 10).map(quote).join(", ");
  return new ConnectionError("topic.unknown", {
    en: `There is no topic ${quote(name)}.${some ? ` There are ${some}${known.length > 10 ? ", …" : ""}.` : ""} Create it, or start what writes to it.`,
    zh: `主题 ${quote(name)} 不存在。${some ? `现有主题：${some}${known.length > 10 ? "……" : ""}。` : ""}请先创建该主题，或启动写入它的流水线。`,
  });
}

export function unknownPartition(name: string, partition: number, partitions: number): ConnectionError {
  return new ConnectionError("topic.unknown-partition", {
    en: `Topic ${quote(name)} has no partition ${partition}; it has ${partitions}, counted from 0.`,
    zh: `主题 ${quote(name)} 没有分区 ${partition}；它共有 ${partitions} 个分区，从 0 开始编号。`,
  });
}

export function topicDeleted(name: string): ConnectionError {
  return new ConnectionError("topic.deleted", {
    en: `Topic ${quote(name)} was deleted while it was in use. Create it again, then start anew: its offsets begin at 0.`,
    zh: `主题 ${quote(name)} 在使用过程中被删除。请重新创建后再启动：其 offset 将从 0 开始。`,
  });
}
