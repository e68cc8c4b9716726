import { defineSpec, toMillis } from "@millrace/engine/node";
import { z } from "zod";
import { formatParam, idleAfterParam, schemaParam } from "../io-params.ts";
import { sourceSchema } from "../source-schema.ts";

const params = z.strictObject({ schema: schemaParam(), format: formatParam(), idleAfter: idleAfterParam() });

export type HttpPushParams = z.output<typeof params>;

export const spec = defineSpec<HttpPushParams>({
  type: "http-push",
  title: { en: "HTTP push", zh: "HTTP 推送" },
  summary: { en: "Takes what is posted to an address of its own.", zh: "接收发送到专属地址的数据。" },
  category: "source",
  keywords: ["post", "webhook", "rest", "endpoint", "ingest", "url", "接口", "上报", "采集"],
  params,
  inputs: {},
  outputs: { out: { en: "The records that were posted.", zh: "收到的记录。" } },
  connection: "topic",
  inferSchema: (context) => ({ out: sourceSchema(context) }),
  format: ({ format }) => ({ name: format }),
  idleAfterMs: ({ idleAfter }) => toMillis(idleAfter),
  dropReasons: { tombstone: { en: "record without a value", zh: "没有值的记录" } },
  cardLine: () => "POST /in/…",
  targets: (_params, node) => [{ kind: "topic", name: pushTopic(node.pipelineId, node.nodeId) }],
});

/** Posts to `/in/<pipeline>/<node>` are kept in this topic, so that none is lost while the pipeline does not run. A topic's name has no slash, as the id of a node inside of a fragment has. */
export function pushTopic(pipelineId: string, nodeId: string): string {
  return `__push.${pipelineId}.${nodeId.replaceAll("/", ".")}`;
}
