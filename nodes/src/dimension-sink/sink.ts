import {
  type Committer,
  type CommitterContext,
  type DimensionStore,
  type DimensionWriter,
  RowError,
  type Sink,
  type SinkContext,
} from "@millrace/engine/node";
import { ConnectionError } from "../connections/connection-error.ts";
import type { DimensionSinkParams } from "./spec.ts";

/** So much may wait for a checkpoint; then the source waits. */
const MOST_STAGED_BYTES = 8 << 20;

/** What a store cannot take of one row; it takes the others. */
const OF_THE_ROW: ReadonlySet<string> = new Set(["dimension.bad-key", "dimension.bad-table"]);

export function createSink({ table }: DimensionSinkParams, { connection, pipelineId, nodeId, subtask }: SinkContext): Sink {
  let writer: DimensionWriter | undefined;
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
      try {
        opened().write(target ?? (table as string), { key: decoder.decode(key as Uint8Array), value });
      } catch (error) {
        throw error instanceof ConnectionError && OF_THE_ROW.has(error.code) ? new RowError(error.code, error.words) : error;
      }
    },
    get isFull() {
      return opened().stagedBytes > MOST_STAGED_BYTES;
    },
    prepare: (checkpointId) => opened().prepare(checkpointId),
    abort: async () => writer?.abort(),
    close: async () => writer?.close(),
  };
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
