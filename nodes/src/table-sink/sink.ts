import {
  type Committer,
  type CommitterContext,
  type Prepared,
  type RefusedRow,
  RowError,
  type Sink,
  type SinkContext,
  type TableColumn,
  type TableStore,
} from "@millrace/engine/node";
import type { Field } from "@millrace/engine/schema";
import { ConnectionError } from "../connections/connection-error.ts";
import { quote } from "../field-types.ts";
import { type BatchRow, linesOf, type PreparedBatch, rowsOf, Staged } from "./batch.ts";
import { columnTypeFor } from "./column-types.ts";
import { type ColumnWriter, columnWriter, typeText } from "./column-values.ts";
import type { TableSinkParams } from "./spec.ts";

/** So much may wait for a checkpoint; then the source waits. */
const MOST_STAGED_BYTES = 16 << 20;
const MOST_CHUNK_BYTES = 8 << 20;

interface Member {
  readonly name: string;
  /** The column's part of a line, up to the value. */
  readonly prefix: string;
  readonly write: ColumnWriter;
}

export function createSink(params: TableSinkParams, context: SinkContext): Sink {
  const { batchRows } = params;
  const { pipelineId, nodeId, runId, subtask } = context;
  const store = context.connection as TableStore;
  const staged = new Staged();
  let members: readonly Member[] | undefined;
  let isFull = false;

  return {
    async open() {
      await store.ready();
      members = await openTable(params, context, store);
    },
    waitsFor: () => (members === undefined ? store.waitsFor() : undefined),
    write({ made, value, time }) {
      if (made === undefined || value === null || members === undefined) throw new Error("the sink was not opened, or was given no values");
      let line = "";
      for (const { name, prefix, write } of members) line += `${prefix}${write(made.row[name] ?? null)}`;
      staged.add({ line: Buffer.from(`${line}}`), input: Buffer.from(value.bytes.subarray(value.start, value.end)), time });
      isFull = staged.bytes > MOST_STAGED_BYTES;
    },
    get isFull() {
      return isFull;
    },
    prepare(checkpointId) {
      isFull = false;
      // Of this run: a pipeline that is made anew counts its checkpoints from the first again.
      const token = `${pipelineId}/${nodeId}/${runId}/${checkpointId}/${subtask}`;
      return staged.take(token, members?.map(({ name }) => name) ?? [], { rows: batchRows, bytes: MOST_CHUNK_BYTES });
    },
    async abort() {
      staged.clear();
      isFull = false;
    },
    close: async () => undefined,
  };
}

/** Makes the table when it is not there, and sees which of its columns take what is written. Rejects with a `ConnectionError` that names the column. */
async function openTable(params: TableSinkParams, context: SinkContext, store: TableStore): Promise<readonly Member[]> {
  const { table } = params;
  const { timeZone } = context;
  const fields = context.schema?.fields ?? [];
  if (fields.length === 0)
    throw new ConnectionError("table.no-columns", {
      en: `No column of table ${table} is written: nothing is known of the incoming rows. Give their source a schema, or list the columns.`,
      zh: `没有要写入表 ${table} 的列：输入行的字段未知。请为数据源指定模式，或列出列映射。`,
    });
  const described = (await store.describeTable(table))?.columns ?? (await madeTable(params, fields, context, store));
  return fields.map(({ name, dataType }, i) => {
    const column = described.find((one) => one.name === name);
    if (column === undefined) throw noColumn(table, name, described);
    const write = columnWriter({ ...column, table }, dataType, timeZone);
    if (write === undefined)
      throw new ConnectionError("table.wrong-type", {
        en: `Column ${name} of table ${table} is ${column.type} and takes no ${typeText(dataType)}. Map an expression with another type to it, as CAST(… AS STRING) or TO_TIMESTAMP_LTZ(ts, 3).`,
        zh: `表 ${table} 的列 ${name} 为 ${column.type}，无法写入 ${typeText(dataType)}。请映射其他类型的表达式，例如 CAST(… AS STRING) 或 TO_TIMESTAMP_LTZ(ts, 3)。`,
      });
    return { name, prefix: `${i === 0 ? "{" : ","}${JSON.stringify(name)}:`, write };
  });
}

async function madeTable(
  { table, columns = [], sortKey = [], version, partition, remembers }: TableSinkParams,
  fields: readonly Field[],
  { timeZone }: SinkContext,
  store: TableStore,
): Promise<readonly TableColumn[]> {
  const first = fields[0] as Field;
  await store.createTable(table, {
    columns: fields.map(({ name, dataType }) => ({
      name,
      type: columns.find((column) => column.name === name)?.type ?? columnTypeFor(dataType, timeZone),
    })),
    sortKey: sortKey.length > 0 ? sortKey : [first.name],
    version,
    partitionBy: partition,
    remembers,
  });
  const made = await store.describeTable(table);
  if (made) return made.columns;
  throw new ConnectionError("table.unavailable", {
    en: `Table ${table} was made and is gone. Make it again, or look who removes it.`,
    zh: `表 ${table} 创建后已不存在。请重新创建，或检查是谁删除了它。`,
  });
}

function noColumn(table: string, name: string, columns: readonly TableColumn[]): ConnectionError {
  const known = columns.map((column) => quote(column.name)).join(", ");
  return new ConnectionError("table.no-column", {
    en: `Table ${table} has no column ${quote(name)}; it has ${known}. Add the column to the table, or list the columns that are to be written.`,
    zh: `表 ${table} 没有列 ${quote(name)}；现有 ${known}。请在表中添加该列，或列出要写入的列。`,
  });
}

export function createCommitter({ table }: TableSinkParams, { connection }: CommitterContext): Committer {
  const store = connection as TableStore;

  /** A batch with rows that ClickHouse refuses is halved until these are alone. */
  async function insert(
    rows: readonly BatchRow[],
    columns: readonly string[],
    token: string,
    from: number,
    refuse: (row: RefusedRow) => void,
  ): Promise<void> {
    try {
      await store.insert(table, { columns, lines: linesOf(rows), token });
    } catch (error) {
      if (!(error instanceof ConnectionError) || error.code !== "table.bad-rows") throw error;
      const [row] = rows;
      if (rows.length > 1) {
        const half = rows.length >> 1;
        // Parts of one batch are told apart by where they lie in it.
        await insert(rows.slice(0, half), columns, partToken(token, from, half), from, refuse);
        await insert(rows.slice(half), columns, partToken(token, from + half, rows.length - half), from + half, refuse);
      } else if (row) {
        refuse({ id: token, error: new RowError("table.bad-row", error.words), port: "in", bytes: row.input, time: row.time });
      }
    }
  }

  return {
    phase: "after",
    async commit(prepared, _via, refuse) {
      for (const part of prepared as readonly PreparedBatch[]) {
        if (part.records === 0) continue;
        const rows = await rowsOf(part);
        let from = 0;
        for (const [i, count] of part.chunks.entries()) {
          await insert(rows.slice(from, from + count), part.columns, `${part.token}/${i}`, 0, refuse);
          from += count;
        }
      }
    },
    // Whether a batch was acknowledged is not asked: one that may be visible counts as visible.
    inspect: async (prepared) =>
      (prepared as readonly (Prepared & { records: number })[]).map(({ records }) => (records > 0 ? "committed" : "pending")),
    close: async () => undefined,
  };
}

function partToken(token: string, from: number, count: number): string {
  return `${token.split(":")[0]}:${from}+${count}`;
}
