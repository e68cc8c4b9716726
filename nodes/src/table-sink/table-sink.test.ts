/** The sink against tables in memory that remember tokens, refuse what they are told to, and are away for a while. */
import { parseSchema } from "@millrace/engine/expression";
import type { NewAnalyticalTable, RefusedRow, Sink, SinkContext, TableBatch, TableStore } from "@millrace/engine/node";
import type { Schema } from "@millrace/engine/schema";
import { beforeEach, expect, it } from "vitest";
import { ConnectionError } from "../connections/connection-error.ts";
import { node } from "./index.ts";

const schema = (parseSchema("id BIGINT, name STRING") as { schema: Schema }).schema;
let rows: { readonly id: number; readonly name: string | null }[];
let inserts: TableBatch[];
let made: (NewAnalyticalTable & { name: string })[];
let refusing: (row: { readonly name: string | null }) => boolean;
let columns: { name: string; type: string }[] | undefined;

beforeEach(() => {
  rows = [];
  tokens.clear();
  inserts = [];
  made = [];
  refusing = () => false;
  columns = [
    { name: "id", type: "UInt64" },
    { name: "name", type: "String" },
  ];
});

const tokens = new Set<string>();
const store = {
  ready: async () => undefined,
  waitsFor: () => ({ en: "being fetched", zh: "正在获取" }),
  describeTable: async (name: string) => columns && { name, engine: "MergeTree", columns, sortKey: "id", partitionBy: "" },
  async createTable(name: string, definition: NewAnalyticalTable) {
    made.push({ name, ...definition });
    columns = [...definition.columns];
    return true;
  },
  async insert(_name: string, batch: TableBatch) {
    inserts.push(batch);
    const found = Buffer.from(batch.lines)
      .toString()
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as (typeof rows)[number]);
    if (found.some((row) => refusing(row))) throw new ConnectionError("table.bad-rows", { en: "a row is bad", zh: "数据有误" });
    if (tokens.has(batch.token)) return;
    tokens.add(batch.token);
    rows.push(...found);
  },
} as unknown as TableStore;

const context: SinkContext = {
  pipelineId: "p",
  runId: "r1",
  nodeId: "out",
  connection: store,
  subtask: 0,
  parallelism: 1,
  claim: { number: 1, former: [] },
  now: () => 0,
  timeZone: "Asia/Shanghai",
  restored: undefined,
  schema,
};

async function opened(params: object = {}, more: Partial<SinkContext> = {}): Promise<Sink> {
  const sink = node.createSink?.(node.spec.params.parse({ table: "t", ...params }), { ...context, ...more }) as Sink;
  await sink.open?.();
  return sink;
}

function write(sink: Sink, id: number, name: string | null): void {
  const bytes = Buffer.from(`{"id":${id},"name":${JSON.stringify(name)},"more":true}`);
  sink.write({
    value: { bytes, start: 0, end: bytes.length },
    key: null,
    time: id,
    made: { row: { id, name }, text: () => ({ bytes, start: 0, end: 0 }) },
  });
  bytes.fill(0);
}

async function commit(...prepared: unknown[]): Promise<RefusedRow[]> {
  const refused: RefusedRow[] = [];
  const committer = node.createCommitter?.(node.spec.params.parse({ table: "t" }), context);
  // As it is after a restart: plain JSON.
  await committer?.commit(JSON.parse(JSON.stringify(prepared)), undefined, (row) => refused.push(row));
  return refused;
}

it("writes the same batches with the same tokens when a checkpoint is committed again", async () => {
  const sink = await opened({ batchRows: 2 });
  for (const id of [1, 2, 3]) write(sink, id, `n${id}`);
  const first = await sink.prepare(7);
  write(sink, 4, null);
  const second = await sink.prepare(8);
  await commit(first);
  await commit(first);
  await commit(second);
  expect(rows).toEqual([
    { id: 1, name: "n1" },
    { id: 2, name: "n2" },
    { id: 3, name: "n3" },
    { id: 4, name: null },
  ]);
  expect(inserts.map(({ token }) => token)).toEqual([
    "p/out/r1/7/0/0",
    "p/out/r1/7/0/1",
    "p/out/r1/7/0/0",
    "p/out/r1/7/0/1",
    "p/out/r1/8/0/0",
  ]);
});

it("never has the token of another run, or another subtask", async () => {
  const all = await Promise.all([opened(), opened({}, { runId: "r2" }), opened({}, { subtask: 1 })]);
  for (const sink of all) {
    write(sink, 1, "a");
    await commit(await sink.prepare(1));
  }
  expect(rows).toHaveLength(3);
});

it("asks for a checkpoint when much is staged, and packs it", async () => {
  const sink = await opened();
  const long = "x".repeat(1 << 20);
  for (let id = 0; id < 10; id++) write(sink, id, long);
  expect(sink.isFull).toBe(true);
  const prepared = await sink.prepare(1);
  expect(sink.isFull).toBe(false);
  expect(JSON.stringify(prepared).length).toBeLessThan(100_000);
  await commit(prepared);
  expect(rows).toHaveLength(10);
  expect(inserts.length).toBe(2);
  expect(rows[9]).toEqual({ id: 9, name: long });
});

it("finds the rows that are refused, and writes the others, each once, however often it begins again", async () => {
  const sink = await opened();
  for (let id = 0; id < 50; id++) write(sink, id, id % 20 === 7 ? "bad" : "good");
  const prepared = await sink.prepare(1);
  refusing = ({ name }) => name === "bad";
  const refused = await commit(prepared);
  const again = await commit(prepared);
  expect(rows.map(({ id }) => id).sort((a, b) => a - b)).toEqual([...Array(50).keys()].filter((id) => id % 20 !== 7));
  expect(refused.map(({ bytes }) => JSON.parse(Buffer.from(bytes).toString()))).toEqual(
    [7, 27, 47].map((id) => ({ id, name: "bad", more: true })),
  );
  expect(refused.map(({ time, port, error }) => [time, port, error.code])).toEqual(
    [7, 27, 47].map((time) => [time, "in", "table.bad-row"]),
  );
  expect(again.map(({ id }) => id)).toEqual(refused.map(({ id }) => id));
  expect(new Set(refused.map(({ id }) => id)).size).toBe(3);
});

it("keeps the batch when the table itself is refused", async () => {
  const sink = await opened();
  write(sink, 1, "a");
  const prepared = await sink.prepare(1);
  const failing = {
    ...store,
    insert: async () => Promise.reject(new ConnectionError("table.refused", { en: "no such table", zh: "没有该表" })),
  };
  const committer = node.createCommitter?.(node.spec.params.parse({ table: "t" }), {
    ...context,
    connection: failing as unknown as TableStore,
  });
  await expect(committer?.commit([prepared], undefined, () => undefined)).rejects.toMatchObject({ code: "table.refused" });
  await commit(prepared);
  expect(rows).toEqual([{ id: 1, name: "a" }]);
});

it("makes the table of what the form says, and of the values' types", async () => {
  columns = undefined;
  const params = {
    columns: [
      { name: "id", value: "id", type: "UInt32" },
      { name: "name", value: "name" },
    ],
    sortKey: ["name"],
    version: "id",
    partition: "id % 10",
    remembers: 5,
  };
  await opened(params);
  expect(made).toEqual([
    {
      name: "t",
      columns: [
        { name: "id", type: "UInt32" },
        { name: "name", type: "String" },
      ],
      sortKey: ["name"],
      version: "id",
      partitionBy: "id % 10",
      remembers: 5,
    },
  ]);
});

it("says which column is missing, or takes no such value, before any row is read", async () => {
  columns = [{ name: "id", type: "UInt64" }];
  await expect(opened()).rejects.toMatchObject({
    code: "table.no-column",
    message: expect.stringContaining('Table t has no column "name"; it has "id".'),
  });
  columns = [
    { name: "id", type: "DateTime" },
    { name: "name", type: "String" },
  ];
  await expect(opened()).rejects.toMatchObject({
    code: "table.wrong-type",
    message: expect.stringContaining("Column id of table t is DateTime and takes no BIGINT."),
  });
  await expect(opened({}, { schema: { type: "ROW", fields: [] } })).rejects.toMatchObject({ code: "table.no-columns" });
});

it("tells what it waits for until its table is there", async () => {
  const sink = node.createSink?.(node.spec.params.parse({ table: "t" }), context) as Sink;
  expect(sink.waitsFor?.()).toEqual({ en: "being fetched", zh: "正在获取" });
  await sink.open?.();
  expect(sink.waitsFor?.()).toBeUndefined();
});

it("forgets what was not prepared", async () => {
  const sink = await opened();
  write(sink, 1, "a");
  await sink.abort();
  await commit(await sink.prepare(1));
  expect(inserts).toEqual([]);
});
