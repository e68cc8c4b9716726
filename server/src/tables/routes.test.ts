import type { QueryLimits, TableStore } from "@millrace/engine/node";
import { type ChdbState, ConnectionError } from "@millrace/nodes/connections";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type Served, serve } from "../testing/serve.ts";

let served: Served;
let state: ChdbState["state"];
let fetched: PromiseWithResolvers<unknown>;
const asked: { readonly sql: string; readonly limits: QueryLimits }[] = [];
const names = new Set<string>();

const tableStore = {
  listTables: async () => [...names].map((name) => ({ name, engine: "MergeTree", rows: 7, bytes: 99 })),
  describeTable: async (name: string) =>
    names.has(name)
      ? { name, engine: "MergeTree", columns: [{ name: "stt", type: "DateTime" }], sortKey: "stt", partitionBy: "" }
      : undefined,
  dropTable: async (name: string) => void names.delete(name),
  async query(sql: string, limits: QueryLimits) {
    asked.push({ sql, limits });
    const failure = { slow: "table.too-long", wrong: "table.refused", write: "table.not-reading", away: "table.unavailable" }[sql];
    if (failure) throw new ConnectionError(failure, { en: `it is ${sql}`, zh: sql });
    return { columns: [{ name: "n", type: "UInt64" }], rows: [["1"]], isCut: false, tookMs: 3 };
  },
  close: async () => undefined,
} as unknown as TableStore;

beforeEach(async () => {
  state = "there";
  fetched = Promise.withResolvers();
  asked.length = 0;
  names.clear();
  names.add("visitor_stats");
  served = await serve({
    tableStore,
    clickHouse: {
      state: () => ({ state, version: "3.4.0", doneBytes: 5, totalBytes: 10, folder: "/cache" }),
      fetch: () => fetched.promise,
    },
  });
});
afterEach(() => served.close());

const query = (body: object) => served.call("POST", "/api/tables/query", body);

it("lists tables, shows their columns, and removes them", async () => {
  expect((await served.call("GET", "/api/tables")).json).toEqual([{ name: "visitor_stats", engine: "MergeTree", rows: 7, bytes: 99 }]);
  expect((await served.call("GET", "/api/tables/visitor_stats")).json).toMatchObject({
    columns: [{ name: "stt", type: "DateTime" }],
    sortKey: "stt",
  });
  expect((await served.call("GET", "/api/tables/none")).status).toBe(404);
  expect((await served.call("DELETE", "/api/tables/none")).status).toBe(404);
  expect((await served.call("DELETE", "/api/tables/visitor_stats")).status).toBe(204);
  expect((await served.call("GET", "/api/tables")).json).toEqual([]);
});

it("runs a query within the server's limits", async () => {
  expect((await query({ sql: "SELECT 1" })).json).toEqual({
    columns: [{ name: "n", type: "UInt64" }],
    rows: [["1"]],
    isCut: false,
    tookMs: 3,
  });
  await query({ sql: "SELECT 2", rows: 20 });
  await query({ sql: "SELECT 3", rows: 100_000 });
  expect(asked.map(({ limits }) => limits)).toEqual([
    { rows: 100, timeoutMs: 5_000 },
    { rows: 20, timeoutMs: 5_000 },
    { rows: 100, timeoutMs: 5_000 },
  ]);
});

it.each([
  ["slow", 408, "table.too-long"],
  ["wrong", 400, "table.refused"],
  ["write", 400, "table.not-reading"],
  ["away", 503, "table.unavailable"],
])("tells why a query that is %s has no answer", async (sql, status, code) => {
  const answer = await query({ sql });
  expect([answer.status, answer.json.error?.code, answer.json.error?.message?.en]).toEqual([status, code, `it is ${sql}`]);
});

it("fetches nothing by being looked at, but when it is asked, and tells how far it is", async () => {
  state = "absent";
  for (const path of ["/api/tables", "/api/tables/visitor_stats"]) expect((await served.call("GET", path)).status).toBe(409);
  expect((await query({ sql: "SELECT 1" })).json.error?.code).toBe("clickhouse-absent");
  expect((await served.call("POST", "/api/clickhouse/fetch")).json).toMatchObject({ state: "fetching" });
  state = "fetching";
  expect((await served.call("GET", "/api/clickhouse")).json).toEqual({
    state: "fetching",
    version: "3.4.0",
    doneBytes: 5,
    totalBytes: 10,
    folder: "/cache",
  });
  state = "absent";
  fetched.reject(new ConnectionError("table.cannot-fetch", { en: "no internet; three ways out", zh: "无法联网" }));
  await fetched.promise.catch(() => undefined);
  expect((await served.call("GET", "/api/clickhouse")).json).toMatchObject({
    state: "absent",
    words: { en: "no internet; three ways out" },
  });
});

it("says so when a connection is of another role", async () => {
  await served.call("PUT", "/api/connections/logs", { kind: "built-in", role: "topic", settings: {} });
  const { status, json } = await served.call("GET", "/api/tables?connection=logs");
  expect([status, json.error?.message?.en]).toEqual([400, 'Connection "logs" is for topic, not for analytical tables.']);
});
