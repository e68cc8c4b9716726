import {
  type ByteRange,
  type Committer,
  type CommitterContext,
  type DimensionStore,
  type DimensionWriter,
  RowError,
  type Sink,
  type SinkContext,
  type TableDefinition,
} from "@millrace/engine/node";
import { z } from "zod";
import { ConnectionError } from "../connections/connection-error.ts";
import { checkTableName } from "../connections/dimension-errors.ts";
import { quote } from "../field-types.ts";
import type { DimensionSinkParams } from "./spec.ts";

/** So much may wait for a checkpoint; then the source waits. */
const MOST_STAGED_BYTES = 8 << 20;

/** What a store cannot take of one row; it takes the others. */
const OF_THE_ROW: ReadonlySet<string> = new Set(["dimension.bad-key", "dimension.bad-table"]);

export function createSink({ table }: DimensionSinkParams, { connection, pipelineId, nodeId, subtask }: SinkContext): Sink {
  let writer: DimensionWriter | undefined;
  /** Tables to be made with the next checkpoint, by name. */
  const toMake = new Map<string, TableDefinition | undefined>();
  const decoder = new TextDecoder();
  function opened(): DimensionWriter {
    if (!writer) throw new Error("the sink was not opened");
    return writer;
  }

  return {
    async open() {
      writer = await (connection as DimensionStore).openWriter(`${pipelineId}/${nodeId}/${subtask}`);
    },
    write({ key, value, target }) {
      rowError(() => opened().write(target ?? (table as string), { key: decoder.decode(key as Uint8Array), value }));
    },
    make(target, definition) {
      const name = target ?? (table as string);
      rowError(() => checkTableName(name));
      toMake.set(name, definition === null ? toMake.get(name) : definitionOf(textOf(definition)));
    },
    get isFull() {
      return opened().stagedBytes > MOST_STAGED_BYTES;
    },
    async prepare(checkpointId) {
      for (const [name, definition] of toMake) await (connection as DimensionStore).createTable(name, definition);
      toMake.clear();
      return opened().prepare(checkpointId);
    },
    async abort() {
      toMake.clear();
      await writer?.abort();
    },
    close: async () => writer?.close(),
  };
}

/** What the store says of one row is the row's own fault. */
function rowError(work: () => void): void {
  try {
    work();
  } catch (error) {
    throw error instanceof ConnectionError && OF_THE_ROW.has(error.code) ? new RowError(error.code, error.words) : error;
  }
}

function textOf({ bytes, start, end }: ByteRange): string {
  return new TextDecoder().decode(bytes.subarray(start, end));
}

const definitionSchema = z.object({
  columns: z.array(z.string()).nullish(),
  key: z.string().nullish(),
  extend: z.string().nullish(),
});

function definitionOf(json: string): TableDefinition {
  const found = definitionSchema.safeParse(JSON.parse(json));
  if (!found.success)
    throw new RowError("dimension.bad-definition", {
      en: `The definition of a new table is ${quote(json)}; expected {"columns": [names], "key": name, "extend": text}.`,
      zh: `新建维表的定义为 ${quote(json)}；应为 {"columns": [列名], "key": 列名, "extend": 文本}。`,
    });
  const { columns, key, extend } = found.data;
  return { ...(columns && { columns }), ...(key && { key }), ...(extend && { extend }) };
}

export function createCommitter(_params: DimensionSinkParams, { connection }: CommitterContext): Committer {
  const store = connection as DimensionStore;
  return {
    // Where there is no transaction to share, all was written when it was prepared.
    phase: "within",
    commit: (prepared, via) => store.commitPrepared(prepared, via),
    close: async () => undefined,
  };
}
