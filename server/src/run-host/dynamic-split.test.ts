/** Real runs whose rules change: targets appear as rules come, and nothing is lost when the run goes on at another parallelism. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DimensionStore } from "@millrace/engine/node";
import type { PipelineDocument } from "@millrace/engine/pipeline";
import { type BuiltInTopicLog, openConnection } from "@millrace/nodes/connections";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { RunHost } from "../runs/run-host.ts";
import { openTopics } from "./connections.ts";
import { createRunHost } from "./index.ts";

const WAIT = { timeout: 60_000, interval: 20 };
const RULE =
  "source_table STRING, operate_type STRING, sink_type STRING, sink_table STRING, sink_columns STRING, sink_pk STRING, sink_extend STRING";

const documentOf = (parallelism: number): PipelineDocument => ({
  formatVersion: 1,
  name: "BaseDBApp",
  parallelism,
  nodes: {
    changes: { type: "topic-source", name: "Changes", params: { topic: "changes", from: "earliest" } },
    rows: { type: "decode-changes", name: "Rows", params: { columns: "id STRING" } },
    rules: { type: "topic-source", name: "Rules", params: { topic: "rules", from: "earliest" } },
    ruleRows: { type: "decode-changes", name: "Rule rows", params: { columns: RULE } },
    split: { type: "dynamic-split", name: "Split", params: { key: ["`table`", "data.id"], settle: "200 ms" } },
    facts: { type: "topic-sink", name: "Facts", params: { topicExpression: "target", key: "key", part: "data", partitions: 1 } },
    dimensions: {
      type: "dimension-sink",
      name: "Dimensions",
      params: { tableExpression: "target", key: "key", part: "data", definition: "definition", deleteWhen: "type = 'delete'" },
    },
  },
  edges: [
    { from: "changes.out", to: "rows.in" },
    { from: "rows.out", to: "split.rows" },
    { from: "rules.out", to: "ruleRows.in" },
    { from: "ruleRows.out", to: "split.rules" },
    { from: "split.topics", to: "facts.in" },
    { from: "split.dimensions", to: "dimensions.in" },
  ],
});

let folder: string;
let host: RunHost;
let topics: BuiltInTopicLog;
let tables: DimensionStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "millrace-dynamic-split-"));
  host = await createRunHost({ dataFolder: folder, log: () => undefined });
  topics = await openTopics(folder);
  tables = (await openConnection(
    { kind: "built-in", role: "dimension", settings: {} },
    { dataFolder: folder, now: Date.now },
  )) as DimensionStore;
  await topics.createTopic("changes", { partitions: 2 });
  await topics.createTopic("rules", { partitions: 1 });
});
afterEach(async () => {
  await host.close();
  await tables.close();
  await topics.close();
  await rm(folder, { recursive: true, force: true });
});

const start = (parallelism: number, restoreFrom?: "newest") =>
  host.startRun({
    pipelineId: "p",
    runId: `run${parallelism}`,
    version: 1,
    document: documentOf(parallelism),
    set: {},
    connections: {},
    ...(restoreFrom && { restoreFrom }),
  });
const post = (topic: string, messages: readonly object[]) =>
  topics.append(
    topic,
    messages.map((message) => {
      const bytes = Buffer.from(JSON.stringify(message));
      return { value: { bytes, start: 0, end: bytes.length }, key: null, time: 1_000 };
    }),
  );
const change = (table: string, type: string, data: object) => ({ database: "gmall", table, type, ts: 1_613_959_202, data });
const rule = (source_table: string, operate_type: string, sink_type: string, sink_table: string, sink_columns: string, type = "insert") =>
  change("table_process", type, { source_table, operate_type, sink_type, sink_table, sink_columns, sink_pk: "id", sink_extend: null });

async function texts(topic: string): Promise<string[]> {
  if (!(await topics.describeTopic(topic))) return [];
  const found: string[] = [];
  const reader = await topics.openReader(topic, 0, { from: "earliest" });
  for (let batch = await reader.read(1_000, 0); batch.count > 0; batch = await reader.read(1_000, 0))
    for (let i = 0; i < batch.count; i++) {
      const range = batch.bytes(i);
      found.push(Buffer.from(range?.bytes.subarray(range.start, range.end) ?? []).toString());
    }
  await reader.close();
  return found.sort();
}
const row = async (table: string, key: string) => {
  const [found] = await tables.get(table, [key]);
  return found && Buffer.from(found.bytes.subarray(found.start, found.end)).toString();
};
const tableNames = async () => (await tables.listTables()).map(({ name }) => name);
const ids = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

it("follows rules that come while it runs, makes their targets, and goes on in other subtasks", { timeout: 120_000 }, async () => {
  const order = (id: number) => change("order_info", "insert", { id, amount: 5, note: null, img: "x" });
  const written = (id: number) => `{"id":${id},"amount":5}`;
  await post("changes", ids(0, 30).map(order));
  const run = await start(1);
  await post("rules", [rule("order_info", "insert", "kafka", "dwd_order", "id,amount,note")]);
  await vi.waitFor(async () => expect(await texts("dwd_order")).toEqual(ids(0, 30).map(written).sort()), WAIT);

  // A table and a topic for which no row has come are there as soon as their rules are.
  await post("rules", [rule("sku_info", "insert", "hbase", "dim_sku", "id,name"), rule("cart", "insert", "kafka", "dwd_cart", "id")]);
  await vi.waitFor(async () => expect(await tableNames()).toEqual(["dim_sku"]), WAIT);
  await vi.waitFor(async () => expect(await topics.describeTopic("dwd_cart")).toBeDefined(), WAIT);
  expect((await topics.describeTopic("dwd_cart"))?.partitions).toHaveLength(1);
  expect((await tables.listTables())[0]?.definition).toEqual({ columns: ["id", "name"], key: "id" });
  await run.stop({ savepoint: true });

  await start(2, "newest");
  await post("changes", [change("sku_info", "insert", { id: 7, name: "a", price: 1 }), ...ids(30, 60).map(order)]);
  await vi.waitFor(async () => expect(await texts("dwd_order")).toEqual(ids(0, 60).map(written).sort()), WAIT);
  await vi.waitFor(async () => expect(await row("dim_sku", "7")).toBe('{"id":7,"name":"a"}'), WAIT);

  await post("rules", [
    rule("sku_info", "delete", "hbase", "dim_sku", "id,name"),
    rule("order_info", "insert", "kafka", "dwd_order", "", "delete"),
  ]);
  await vi.waitFor(async () => {
    await post("changes", [change("sku_info", "delete", { id: 7, name: "a", price: 1 })]);
    expect(await row("dim_sku", "7")).toBeUndefined();
  }, WAIT);
  await post("changes", [order(60), change("sku_info", "insert", { id: 8, name: "b" })]);
  await vi.waitFor(async () => expect(await row("dim_sku", "8")).toBe('{"id":8,"name":"b"}'), WAIT);
  expect(await texts("dwd_order")).toHaveLength(60);
});
