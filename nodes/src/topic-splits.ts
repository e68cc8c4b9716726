/** A topic as a source: one split per partition, positions kept for others to see the lag. */
import type { Position, Source, Split, SplitReader, TopicLog, TopicReader, TopicStart, Words } from "@millrace/engine/node";
import { ConnectionError, quote } from "./connections/connection-error.ts";

const OFFSET = "offset";
/** Of a split that is read to its present end: where that is. */
const END = "end";

export interface TopicSplits {
  readonly log: TopicLog;
  readonly topic: string;
  /** Positions are kept under this name. */
  readonly group: string;
  /** Where a partition without a position in the checkpoint is begun. */
  readonly start: (partition: number) => Promise<TopicStart>;
  /** Of the topic, if it is not there yet. */
  readonly partitions: number;
  /** Reading ends where each partition ends when it is first opened. Default: never. */
  readonly toEnd?: boolean;
  readonly expects: Words;
}

export function topicSplits({ log, topic, group, start, partitions, toEnd = false, expects }: TopicSplits): Source {
  return {
    async splits() {
      const info = (await log.describeTopic(topic)) ?? (await created());
      return (info?.partitions ?? []).map(
        ({ partition }): Split => ({ id: `${topic}-${partition}`, origin: topic, partition, bounded: toEnd }),
      );
    },
    async open({ partition = 0 }, position) {
      const from = position === undefined ? await start(partition) : await resumed(partition, Number(position[OFFSET]));
      const end = toEnd ? Number(position?.[END] ?? (await log.describeTopic(topic))?.partitions[partition]?.latest ?? 0) : undefined;
      return splitReader(await log.openReader(topic, partition, from), end);
    },
    async committed(positions, via) {
      await log.commitPositions(
        group,
        new Map(Object.entries(positions).map(([split, position]) => [split, Number(position[OFFSET])])),
        via,
      );
    },
    expects: () => expects,
    close: async () => {},
  };

  async function created() {
    await log.createTopic(topic, { partitions });
    return log.describeTopic(topic);
  }

  /** A position behind the end belongs to a topic that was deleted since: what is there now was never read, so going on from the end would lose it. */
  async function resumed(partition: number, offset: number): Promise<TopicStart> {
    const end = (await log.describeTopic(topic))?.partitions[partition]?.latest ?? 0;
    if (offset <= end) return { from: "offset", offset };
    throw new ConnectionError("topic.position-behind-end", {
      en: `The saved position in partition ${partition} of topic ${quote(topic)} is ${offset}, but the partition ends at ${end}: the topic was made anew since. Start without state to read it from its beginning.`,
      zh: `主题 ${quote(topic)} 分区 ${partition} 的已存位点为 ${offset}，而该分区止于 ${end}：该主题之后被重建。请不带状态启动，从头读取。`,
    });
  }
}

/** `end`: the offset before which reading ends; undefined: it does not. */
function splitReader(reader: TopicReader, end: number | undefined): SplitReader & { readonly lag: number } {
  const positionAt = (offset: number): Position => ({ [OFFSET]: offset, ...(end !== undefined && { [END]: end }) });
  return {
    async read(maxRecords, waitMs) {
      if (end === undefined) return reader.read(maxRecords, waitMs);
      return reader.offset < end ? reader.read(Math.min(maxRecords, end - reader.offset), waitMs) : undefined;
    },
    position: () => positionAt(reader.offset),
    positionAt,
    get lag() {
      return end === undefined ? reader.lag : Math.max(0, end - reader.offset);
    },
    close: () => reader.close(),
  };
}
