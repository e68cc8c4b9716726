/** Real runs that join, stopped and taken up again at another parallelism. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PipelineDocument } from "@millrace/engine/pipeline";
import type { BuiltInTopicLog } from "@millrace/nodes/connections";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { RunHost } from "../runs/run-host.ts";
import { openTopics } from "./connections.ts";
import { createRunHost } from "./index.ts";

const WAIT = { timeout: 60_000, interval: 20 };
const IDS = Array.from({ length: 60 }, (_, i) => i);

const documentOf = (parallelism: number): PipelineDocument => ({
  formatVersion: 1,
  name: "paid orders",
  parallelism,
  nodes: {
    orders: { type: "topic-source", name: "Orders", params: { topic: "orders", schema: "id BIGINT", from: "earliest" } },
    payments: { type: "topic-source", name: "Payments", params: { topic: "payments", schema: "order_id BIGINT", from: "earliest" } },
    paid: {
      type: "interval-join",
      name: "Paid",
      params: {
        leftKey: ["id"],
        rightKey: ["order_id"],
        lower: "-1 min",
        upper: "1 min",
        joined: { as: "select", fields: [{ name: "id", from: "left", value: "id" }] },
      },
    },
    out: { type: "topic-sink", name: "Out", params: { topic: "paid", partitions: 1 } },
  },
  edges: [
    { from: "orders.out", to: "paid.left" },
    { from: "payments.out", to: "paid.right" },
    { from: "paid.joined", to: "out.in" },
  ],
});

let folder: string;
let host: RunHost;
let topics: BuiltInTopicLog;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "millrace-joins-"));
  host = await createRunHost({ dataFolder: folder, log: () => undefined });
  topics = await openTopics(folder);
  for (const topic of ["orders", "payments"]) await topics.createTopic(topic, { partitions: 2 });
});
afterEach(async () => {
  await host.close();
  await topics.close();
  await rm(folder, { recursive: true, force: true });
});

const post = (topic: string, rows: readonly object[]) =>
  topics.append(
    topic,
    rows.map((row) => {
      const bytes = Buffer.from(JSON.stringify(row));
      return { value: { bytes, start: 0, end: bytes.length }, key: null, time: 1_000 };
    }),
  );

async function paid(): Promise<number[]> {
  if (!(await topics.describeTopic("paid"))) return [];
  const found: number[] = [];
  const reader = await topics.openReader("paid", 0, { from: "earliest" });
  for (let batch = await reader.read(1_000, 0); batch.count > 0; batch = await reader.read(1_000, 0))
    for (let i = 0; i < batch.count; i++) {
      const range = batch.bytes(i);
      found.push((JSON.parse(Buffer.from(range?.bytes.subarray(range.start, range.end) ?? []).toString()) as { id: number }).id);
    }
  await reader.close();
  return found.sort((a, b) => a - b);
}

it("joins rows that waited in other subtasks than where they are found, each once", { timeout: 120_000 }, async () => {
  await post(
    "orders",
    IDS.map((id) => ({ id })),
  );
  for (const [life, parallelism] of [1, 3, 2].entries()) {
    const run = await host.startRun({
      pipelineId: "p",
      runId: `run${life}`,
      version: 1,
      document: documentOf(parallelism),
      set: {},
      connections: {},
      ...(life > 0 && { restoreFrom: "newest" as const }),
    });
    await vi.waitFor(() => expect(run.nodes().paid?.state?.keys).toBe(IDS.length), WAIT);
    const sent = IDS.filter((id) => id % 3 === life);
    await post(
      "payments",
      sent.map((order_id) => ({ order_id })),
    );
    await vi.waitFor(async () => expect(await paid()).toEqual(IDS.filter((id) => id % 3 <= life)), WAIT);
    await run.stop({ savepoint: true });
  }
});
