/** A topic log in memory, for tests of the routes: one process, no transactions. */
import type {
  PartitionInfo,
  RecordBatch,
  TopicInfo,
  TopicLog,
  TopicReader,
  TopicRecord,
  TopicSettings,
  TopicStart,
} from "@millrace/engine/node";

import { ConnectionError } from "@millrace/nodes/connections";

interface Stored extends TopicRecord {
  readonly partition: number;
}

export interface MemoryTopics extends TopicLog {
  /** The next appends reject with this, until it is undefined again. */
  failure: Error | undefined;
  /** Texts of a topic, partition by partition. */
  texts(topic: string): string[];
}

export function createMemoryTopics(): MemoryTopics {
  const topics = new Map<string, { settings: TopicSettings; partitions: Stored[][] }>();
  const groups = new Map<string, Map<string, number>>();
  let turn = 0;

  function infoOf(name: string): TopicInfo | undefined {
    const topic = topics.get(name);
    if (!topic) return undefined;
    const partitions = topic.partitions.map((records, partition): PartitionInfo => {
      const bytes = records.reduce((sum, { value }) => sum + (value ? value.end - value.start : 0), 0);
      return { partition, earliest: 0, latest: records.length, bytes };
    });
    return { name, settings: topic.settings, partitions };
  }

  const log: MemoryTopics = {
    failure: undefined,
    texts: (name) =>
      (topics.get(name)?.partitions.flat() ?? []).map(({ value }) =>
        value ? Buffer.from(value.bytes.subarray(value.start, value.end)).toString() : "",
      ),
    listTopics: async () => [...topics.keys()].sort().map((name) => infoOf(name) as TopicInfo),
    describeTopic: async (name) => infoOf(name),
    async createTopic(name, settings) {
      if (topics.has(name)) return false;
      topics.set(name, { settings, partitions: Array.from({ length: settings.partitions }, () => []) });
      return true;
    },
    deleteTopic: async (name) => void topics.delete(name),
    async openReader(name, partition, start) {
      const records = topics.get(name)?.partitions[partition];
      if (!records) throw new Error(`no partition ${partition} of ${name}`);
      return reader(records, start);
    },
    async append(name, records) {
      if (log.failure) throw log.failure;
      const topic = topics.get(name);
      if (!topic) throw new ConnectionError("topic.unknown", { en: `There is no topic ${name}.`, zh: `没有主题 ${name}。` });
      return records.map((record) => {
        const partition = record.partition ?? turn++ % topic.partitions.length;
        const offset = (topic.partitions[partition] as Stored[]).push({ ...record, partition }) - 1;
        return { partition, offset };
      });
    },
    openTransactionalWriter: async () => {
      throw new Error("no transactions in memory");
    },
    transactions: "own",
    commitPrepared: async () => {
      throw new Error("no transactions in memory");
    },
    positions: async (group) => groups.get(group) ?? new Map(),
    commitPositions: async (group, positions) => void groups.set(group, new Map([...(groups.get(group) ?? []), ...positions])),
    async groups(name) {
      const found = new Map<string, Map<number, number>>();
      for (const [group, positions] of groups) {
        for (const [key, offset] of positions) {
          const dash = key.lastIndexOf("-");
          if (key.slice(0, dash) !== name) continue;
          found.set(group, (found.get(group) ?? new Map()).set(Number(key.slice(dash + 1)), offset));
        }
      }
      return found;
    },
    close: async () => undefined,
  };
  return log;
}

function reader(records: readonly Stored[], start: TopicStart): TopicReader {
  let offset = startOf(records, start);
  return {
    async read(maxRecords): Promise<RecordBatch> {
      const from = offset;
      const part = records.slice(from, from + maxRecords);
      offset += part.length;
      const at = (i: number) => part[i] as Stored;
      return {
        count: part.length,
        bytes: (i) => at(i).value,
        key: (i) => at(i).key,
        headers: (i) => at(i).headers ?? [],
        time: (i) => at(i).time,
        offset: (i) => from + i,
      };
    },
    get offset() {
      return offset;
    },
    skipped: 0,
    get lag() {
      return records.length - offset;
    },
    close: async () => undefined,
  };
}

function startOf(records: readonly Stored[], start: TopicStart): number {
  if (start.from === "offset") return Math.min(start.offset, records.length);
  if (start.from !== "time") return start.from === "earliest" ? 0 : records.length;
  const found = records.findIndex(({ time }) => time >= start.time);
  return found === -1 ? records.length : found;
}
