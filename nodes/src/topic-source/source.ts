import type { Source, SourceContext, TopicLog, TopicStart } from "@millrace/engine/node";
import { topicSplits } from "../topic-splits.ts";
import type { TopicSourceParams } from "./spec.ts";

/** Of a topic that is not there yet; as many as sinks give one. */
const PARTITIONS = 4;

export function createSource(params: TopicSourceParams, { connection, pipelineId }: SourceContext): Source {
  const log = connection as TopicLog;
  const group = params.group ?? pipelineId;
  return topicSplits({
    log,
    topic: params.topic,
    group,
    partitions: PARTITIONS,
    toEnd: params.until === "end",
    start: (partition) => startOf(params, log, group, partition),
    expects: { en: `waits for records in topic ${params.topic}`, zh: `等待主题 ${params.topic} 中的记录` },
  });
}

async function startOf(
  { from, topic, time, offset }: TopicSourceParams,
  log: TopicLog,
  group: string,
  partition: number,
): Promise<TopicStart> {
  switch (from) {
    case "earliest":
    case "latest":
      return { from };
    case "offset":
      return { from, offset: offset ?? 0 };
    case "time":
      return { from, time: Date.parse(time ?? "") };
    case "group": {
      const position = (await log.positions(group)).get(`${topic}-${partition}`);
      return position === undefined ? { from: "earliest" } : { from: "offset", offset: position };
    }
  }
}
