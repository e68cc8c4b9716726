/** Real runs that write an analytical table, while its process is killed, its rows are refused, and ClickHouse is not there yet. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TableStore } from "@millrace/engine/node";
import type { PipelineDocument } from "@millrace/engine/pipeline";
import type { BuiltInTopicLog } from "@millrace/nodes/connections";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { RunHandle, RunHost } from "../runs/run-host.ts";
import { openBuiltIn, openTopics } from "./connections.ts";
import { createRunHost } from "./index.ts";

const WAIT = { timeout: 60_000, interval: 50 };
const LIMITS = { rows: 1_000, timeoutMs: 10_000 };

const document: PipelineDocument = {
  formatVersion: 1,
  name: "orders to a table",
  parallelism: 2,
  timeZone: "Asia/Shanghai",
  nodes: {
    orders: {
      type: "topic-source",
      name: "Orders",
      params: { topic: "orders", schema: "id BIGINT, amount DECIMAL(16, 2), at TIMESTAMP(3), name STRING", from: "earliest" },
    },
    table: {
      type: "table-sink",
      name: "Table",
      params: {
        table: "order_wide",
        columns: [
          { name: "id", value: "id", type: "UInt64" },
          { name: "amount", value: "amount" },
          { name: "at", value: "at", type: "DateTime('Asia/Shanghai')" },
          { name: "name", value: "UPPER(name)" },
        ],
        sortKey: ["at", "id"],
        partition: "toYYYYMMDD(at)",
      },
    },
  },
  edges: [{ from: "orders.out", to: "table.in" }],
};

describe("a run that writes a table", { timeout: 180_000 }, () => {
  let folder: string;
  let host: RunHost;
  let topics: BuiltInTopicLog;
  let tables: TableStore;
  let runs = 0;
  const running: RunHandle[] = [];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "millrace-tables-"));
    host = await createRunHost({ dataFolder: folder, log: () => undefined });
    topics = await openTopics(folder);
    tables = (await openBuiltIn(folder, { kind: "built-in", role: "table", settings: {} })) as TableStore;
    await topics.createTopic("orders", { partitions: 4 });
  });
  afterEach(async () => {
    for (const run of running.splice(0)) await run.stop({ savepoint: false });
    await host.close();
    await topics.close();
    await tables.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 500 });
  });

  async function start(more: object = {}): Promise<RunHandle> {
    const run = await host.startRun({ pipelineId: "p", runId: `run${runs++}`, version: 1, document, set: {}, connections: {}, ...more });
    running.push(run);
    return run;
  }
  const post = (rows: readonly object[]) =>
    topics.append(
      "orders",
      rows.map((row) => {
        const bytes = Buffer.from(JSON.stringify(row));
        return { value: { bytes, start: 0, end: bytes.length }, key: null, time: 1_000 };
      }),
    );
  const order = (id: number, more: object = {}) => ({ id, amount: id / 100, at: "2021-02-22 10:31:05", name: `n${id}`, ...more });
  const orders = (from: number, count: number) => Array.from({ length: count }, (_, i) => order(from + i));
  const select = async (sql: string) => (await tables.query(sql, LIMITS)).rows;
  const counts = () => select("SELECT count(), uniqExact(id), sum(amount) FROM order_wide");
  const doorPid = async () => (JSON.parse(await readFile(join(folder, "clickhouse", "door.json"), "utf8")) as { pid: number }).pid;

  it("makes the table and fills it, with '' and 0 for NULL, in the column's zone", async () => {
    await post([order(1), order(2, { amount: null, name: null }), order(3, { at: "2021-02-23 00:00:00" })]);
    await start();
    await vi.waitFor(async () => expect(await counts()).toEqual([["3", "3", "0.04"]]), WAIT);
    expect(await select("SELECT id, amount, toUnixTimestamp(at), name FROM order_wide ORDER BY id")).toEqual([
      ["1", "0.01", 1_613_961_065, "N1"],
      ["2", "0", 1_613_961_065, ""],
      ["3", "0.03", 1_614_009_600, "N3"],
    ]);
    expect(await tables.describeTable("order_wide")).toMatchObject({ sortKey: "at, id", partitionBy: "toYYYYMMDD(at)" });
  });

  it("loses nothing and doubles nothing when ClickHouse's process is killed in the middle, and the run goes on", async () => {
    const run = await start();
    let next = 0;
    for (let kill = 0; kill < 5; kill++) {
      await post(orders(next, 500));
      next += 500;
      await vi.waitFor(async () => expect(Number((await counts())[0]?.[0])).toBeGreaterThan(next - 500), WAIT);
      process.kill(await doorPid(), "SIGKILL");
      await post(orders(next, 500));
      next += 500;
    }
    await vi.waitFor(async () => expect((await counts())[0]?.slice(0, 2)).toEqual([String(next), String(next)]), WAIT);
    await run.stop({ savepoint: true });
    expect((await counts())[0]?.slice(0, 2)).toEqual([String(next), String(next)]);
    expect(run.status().state).toBe("stopped");
  });

  it("adds nothing when the run itself is stopped without a savepoint and goes on, at another parallelism", async () => {
    await post(orders(0, 1_000));
    let run = await start();
    for (const [i, parallelism] of [1, 3, 2].entries()) {
      await vi.waitFor(async () => expect(Number((await counts())[0]?.[0])).toBeGreaterThan(i * 1_000), WAIT);
      await post(orders((i + 1) * 1_000, 1_000));
      await run.stop({ savepoint: false });
      run = await start({ restoreFrom: "newest", document: { ...document, parallelism } });
    }
    await vi.waitFor(async () => expect(await counts()).toEqual([["4000", "4000", "79980"]]), WAIT);
  });

  it("keeps the rows that ClickHouse refuses as dead letters, each once, counts them, and writes the others", async () => {
    await tables.createTable("order_wide", {
      columns: [
        { name: "id", type: "UInt64" },
        { name: "amount", type: "Decimal(16, 2)" },
        { name: "at", type: "DateTime('Asia/Shanghai')" },
        { name: "name", type: "Enum8('N0' = 0, 'N1' = 1, 'N2' = 2)" },
      ],
      sortKey: ["id"],
      remembers: 100,
    });
    await post([...orders(0, 3), order(3, { name: "nobody" }), order(-4)]);
    const run = await start();
    await vi.waitFor(async () => expect((await host.deadLetters("p", { limit: 10 })).total).toBe(2), WAIT);
    expect(await select("SELECT id, name FROM order_wide ORDER BY id")).toEqual([
      ["0", "N0"],
      ["1", "N1"],
      ["2", "N2"],
    ]);
    const { letters } = await host.deadLetters("p", { limit: 10 });
    expect(letters.map(({ nodeId, port, code }) => `${nodeId}.${port} ${code}`).sort()).toEqual([
      "table.in table.bad-row",
      "table.in table.bad-value",
    ]);
    const refused = letters.find(({ code }) => code === "table.bad-row");
    expect(JSON.parse(refused?.text ?? "")).toMatchObject({ id: 3, name: "nobody" });
    expect(refused?.message.en).toMatch(/^Table order_wide refuses rows for what is in them: .*name/);
    await vi.waitFor(() => expect(run.nodes().table).toMatchObject({ errors: 2 }), WAIT);
    await run.stop({ savepoint: false });
    await start({ restoreFrom: "newest" });
    await post([order(1, { id: 9 })]);
    await vi.waitFor(async () => expect(await select("SELECT count() FROM order_wide")).toEqual([["4"]]), WAIT);
    expect((await host.deadLetters("p", { limit: 10 })).total).toBe(2);
  });

  it("says what is wrong with its table, and loses no row over it", async () => {
    await tables.createTable("order_wide", { columns: [{ name: "id", type: "UInt64" }], sortKey: ["id"], remembers: 100 });
    await post(orders(0, 10));
    const failed = await start();
    expect(await failed.ended).toMatchObject({
      state: "failed",
      failure: { nodeId: "table", message: { en: expect.stringContaining('Table order_wide has no column "amount"; it has "id".') } },
    });
    await tables.dropTable("order_wide");
    await start({ restoreFrom: "newest" });
    await vi.waitFor(async () => expect((await counts())[0]?.[0]).toBe("10"), WAIT);
  });
});
