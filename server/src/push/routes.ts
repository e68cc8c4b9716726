/** `/in/<pipeline>/<node>`: records for an HTTP push source. They are appended durably to the topic that the node reads, so none is lost while the pipeline is stopped. */

import type { RequestHandler } from "express";
import { Router } from "express";
import { postedRecords, rawBody } from "../applog/routes.ts";
import type { TopicLogs } from "../connections/open.ts";
import { ApiFailure, quote } from "../http/api-failure.ts";
import type { PushTopics } from "./push-topic.ts";

export interface PushDeps {
  readonly topics: TopicLogs;
  readonly pushTopics: PushTopics;
  readonly maxPostBytes: number;
  readonly access: RequestHandler;
  readonly now: () => number;
}

export function pushRouter({ topics, pushTopics, maxPostBytes, access, now }: PushDeps): Router {
  const router = Router();
  router.post(["/:pipeline/:node", "/:pipeline/:node/:key"], access, rawBody(maxPostBytes), async (request, response) => {
    const { pipeline, node } = request.params as { pipeline: string; node: string };
    const topic = pushTopics.of(pipeline, node);
    if (topic === undefined) throw noSuchDoor(pipeline, node);
    const records = postedRecords(request);
    const log = await topics.open(undefined);
    await log.createTopic(topic, { partitions: 1 });
    const time = now();
    if (records.length > 0)
      await log.append(
        topic,
        records.map((bytes) => ({ value: { bytes, start: 0, end: bytes.length }, key: null, time })),
      );
    response.json({ records: records.length });
  });
  return router;
}

function noSuchDoor(pipeline: string, node: string): ApiFailure {
  return new ApiFailure(404, "not-found", {
    en: `No deployed pipeline ${quote(pipeline)} has an HTTP push source ${quote(node)}. Deploy it first; the address is /in/<pipeline's id>/<node's id>.`,
    zh: `已部署的流水线 ${quote(pipeline)} 中没有 HTTP 推送源 ${quote(node)}。请先部署;地址为 /in/<流水线 id>/<节点 id>。`,
  });
}
