import type { Source, SourceContext, TopicLog } from "@millrace/engine/node";
import { topicSplits } from "../topic-splits.ts";
import { type HttpPushParams, pushTopic } from "./spec.ts";

export function createSource(_params: HttpPushParams, { connection, pipelineId, nodeId }: SourceContext): Source {
  const log = connection as TopicLog;
  const topic = pushTopic(pipelineId, nodeId);
  const address = `/in/${pipelineId}/${encodeURIComponent(nodeId)}`;
  return topicSplits({
    log,
    topic,
    group: pipelineId,
    partitions: 1,
    start: async () => {
      const position = (await log.positions(pipelineId)).get(`${topic}-0`);
      return position === undefined ? { from: "earliest" } : { from: "offset", offset: position };
    },
    expects: { en: `nothing was posted to ${address} yet`, zh: `${address} 尚未收到数据` },
  });
}
