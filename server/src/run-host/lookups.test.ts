/** Real runs that write a dimension table and look up in it, over stops without a savepoint. */
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DimensionStore } from "@millrace/engine/node";
import type { PipelineDocument } from "@millrace/engine/pipeline";
import type { BuiltInTopicLog } from "@millrace/nodes/connections";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { RunHost } from "../runs/run-host.ts";
import { openBuiltIn, openTopics } from "./connections.ts";
import { createRunHost } from "./index.ts";

const WAIT = { timeout: 60_000, interval: 20 };

const document: PipelineDocument = {
  formatVersion: 1,
  name: "orders with their SKUs",
  parallelism: 2,
  nodes: {
    skus: { type: "topic-source", name: "SKUs", params: { topic: "skus", schema: "id BIGINT, name STRING", from: "earliest" } },
    keep: { type: "dimension-sink", name: "Keep", params: { table: "dim_sku", key: "id" } },
    orders: { type: "topic-source", name: "Orders", params: { topic: "orders", schema: "id BIGINT, sku BIGINT", from: "earliest" } },
    find: {
      type: "lookup",
      name: "Find",
      params: {
        table: "dim_sku",
        key: "sku",
        schema: "name STRING",
        fields: [{ name: "sku_name", field: "name" }],
        retryMisses: true,
        retryAfter: "50 ms",
        attempts: 20,
      },
    },
    wide: { type: "topic-sink", name: "Wide", params: { topic: "wide" } },
  },
  edges: [
    { from: "skus.out", to: "keep.in" },
    { from: "orders.out", to: "find.in" },
    { from: "find.out", to: "wide.in" },
  ],
};

describe("a run that looks up", { timeout: 120_000 }, () => {
  let folder: string;
  let host: RunHost;
  let topics: BuiltInTopicLog;
  let runs = 0;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "millrace-lookups-"));
    host = await createRunHost({ dataFolder: folder, log: () => undefined });
    topics = await openTopics(folder);
    for (const topic of ["skus", "orders", "wide"]) await topics.createTopic(topic, { partitions: 2 });
  });
  afterEach(async () => {
    await host.close();
    await topics.close();
    await rm(folder, { recursive: true, force: true });
  });

  const start = (more: object = {}) =>
    host.startRun({ pipelineId: "p", runId: `run${runs++}`, version: 1, document, set: {}, connections: {}, ...more });
  const post = (topic: string, ...rows: readonly object[]) =>
    topics.append(
      topic,
      rows.map((row) => {
        const bytes = Buffer.from(JSON.stringify(row));
        return { value: { bytes, start: 0, end: bytes.length }, key: null, time: 1_000 };
      }),
    );
  async function wide(): Promise<string[]> {
    const found: string[] = [];
    for (const partition of [0, 1]) {
      const reader = await topics.openReader("wide", partition, { from: "earliest" });
      for (let batch = await reader.read(100, 0); batch.count > 0; batch = await reader.read(100, 0))
        for (let i = 0; i < batch.count; i++) {
          const range = batch.bytes(i);
          const row = JSON.parse(Buffer.from(range?.bytes.subarray(range.start, range.end) ?? []).toString());
          found.push(`${row.id} ${row.sku_name}`);
        }
      await reader.close();
    }
    return found.sort();
  }

  it("finds what it wrote, keeps rows under way over a stop and another parallelism, and sees changes at once", async () => {
    const run = await start();
    // The order comes before its SKU: it is under way when the run is stopped.
    await post("orders", { id: 1, sku: 26 });
    await vi.waitFor(() => expect(run.nodes().find?.holdings?.["rows under way"]).toBe(1), WAIT);
    await run.stop({ savepoint: true });
    expect(await wide()).toEqual([]);
    const again = await start({ restoreFrom: "newest", document: { ...document, parallelism: 3 } });
    await post("skus", { id: 26, name: "口红" }, { id: 1, name: "小米10" });
    await vi.waitFor(async () => expect(await wide()).toEqual(["1 口红"]), WAIT);
    await vi.waitFor(() => expect(again.nodes().find?.holdings?.["rows remembered"]).toBe(1), WAIT);
    await post("skus", { id: 26, name: "口红 2" });
    // The table tells the lookup.
    await vi.waitFor(() => expect(again.nodes().find?.holdings?.["rows remembered"]).toBe(0), WAIT);
    await post("orders", { id: 2, sku: 26 }, { id: 3, sku: 1 });
    await vi.waitFor(async () => expect(await wide()).toEqual(["1 口红", "2 口红 2", "3 小米10"]), WAIT);
    await again.stop({ savepoint: false });
  });

  it("asks an HTTP service, through what its connection allows, and goes on when it comes back", async () => {
    let isDown = true;
    const service = createServer((request, response) => {
      if (isDown) return response.writeHead(503).end();
      return response.end(JSON.stringify({ name: `SKU at ${request.url}` }));
    });
    await new Promise<void>((resolve) => service.listen(0, "127.0.0.1", resolve));
    const base = `http://127.0.0.1:${(service.address() as AddressInfo).port}/api`;
    const asking: PipelineDocument = {
      ...document,
      connections: { api: { role: "http" } },
      nodes: {
        ...document.nodes,
        find: {
          type: "http-lookup",
          name: "Find",
          params: {
            connection: "api",
            path: "'/sku/' || CAST(sku AS STRING)",
            schema: "name STRING",
            fields: [{ name: "sku_name", field: "name" }],
            retryAfter: "20 ms",
            attempts: 50,
          },
        },
      },
    };
    const run = await start({ document: asking, connections: { api: { kind: "http", role: "http", settings: { base } } } });
    await post("orders", { id: 1, sku: 26 });
    await vi.waitFor(() => expect(run.nodes().find?.holdings?.["rows under way"]).toBe(1), WAIT);
    isDown = false;
    await vi.waitFor(async () => expect(await wide()).toEqual(["1 SKU at /api/sku/26"]), WAIT);
    await run.stop({ savepoint: false });
    service.closeAllConnections();
    await new Promise((resolve) => service.close(resolve));
  });

  it("shows what a draft finds", async () => {
    const store = (await openBuiltIn(folder, { kind: "built-in", role: "dimension", settings: {} })) as DimensionStore;
    const bytes = Buffer.from('{"name":"口红"}');
    await store.upsert("dim_sku", [{ key: "26", value: { bytes, start: 0, end: bytes.length } }]);
    await store.close();
    const { ports } = await host.tryPipeline({
      document,
      pipelineId: undefined,
      records: { orders: [{ text: '{"id":1,"sku":26}' }] },
      targets: ["find.out"],
      limit: 10,
      connections: {},
    } as never);
    expect(ports["find.out"]?.rows.map(({ text }) => text)).toEqual(['{"id":1,"sku":26,"sku_name":"口红"}']);
  });
});
