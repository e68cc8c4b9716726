/**
 * Rows are staged in memory; a checkpoint writes them behind what is there and keeps the file's length. After a crash the file is cut to the length of the checkpoint that
 * counted, so what is in it then is what that checkpoint covers.
 */
import { csvHeader } from "@millrace/engine/codec";
import {
  type ByteRange,
  type Committer,
  type FileStore,
  type FileWriter,
  RowError,
  type Sink,
  type SinkContext,
} from "@millrace/engine/node";
import { ConnectionError } from "../connections/connection-error.ts";
import type { FileSinkParams } from "./spec.ts";

/** So much may wait for a checkpoint; then the source waits. */
const MOST_STAGED_BYTES = 16 << 20;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;

const LENGTH = "length";
const PATH = "path";

export function createSink({ path, format, separator, header }: FileSinkParams, { connection, restored, schema }: SinkContext): Sink {
  const files = connection as FileStore;
  let writer: FileWriter | undefined;
  /** Another file was written until now; state of older versions does not say which. */
  const before = restored === undefined ? undefined : String(restored[PATH] ?? path);
  const goesOn = before === path;
  /** The file's length at the last `prepare`. */
  let prepared = goesOn ? Number(restored?.[LENGTH]) : 0;
  function opened(): FileWriter {
    if (!writer) throw new Error("the sink was not opened");
    return writer;
  }

  return {
    async open() {
      if (before !== undefined && !goesOn) await cut(files, before, Number(restored?.[LENGTH]));
      writer = await files.openWriter(path, goesOn ? prepared : undefined);
      if (format === "csv" && header && schema && prepared === 0) writer.append(Buffer.from(csvHeader(schema, separator)));
    },
    write({ value }) {
      if (value !== null) opened().append(lineOf(value, format));
    },
    get isFull() {
      return opened().stagedBytes > MOST_STAGED_BYTES;
    },
    async prepare() {
      prepared = await opened().flush();
      return { [LENGTH]: prepared, [PATH]: path };
    },
    abort: async () => writer?.discard(prepared),
    close: async () => writer?.close(),
  };
}

/** Takes what a crash left out of a file that is not written any more: its rows come again, into the new one. Where somebody has moved or changed it, it is theirs. */
async function cut(files: FileStore, path: string, length: number): Promise<void> {
  try {
    await (await files.openWriter(path, length)).close();
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error;
  }
}

/** What was prepared is in the file already; that its length is kept with the checkpoint is all there is to do. */
export function createCommitter(): Committer {
  return {
    phase: "after",
    commit: async () => undefined,
    inspect: async (prepared) => prepared.map(() => "committed"),
    close: async () => undefined,
  };
}

/** The record's text, without line ends: a record that was read from elsewhere is written as it was, and may have some. */
function lineOf({ bytes, start, end }: ByteRange, format: FileSinkParams["format"]): Uint8Array {
  const text = bytes.subarray(start, end);
  if (format === "csv" || (!text.includes(LF) && !text.includes(CR))) return text;
  if (format === "text")
    throw new RowError("file-sink.line-break", {
      en: "The text has a line break, so it would become two lines. Replace line breaks before, or write JSON.",
      zh: "文本中有换行，会变成两行。请先替换换行，或改用 JSON 格式。",
    });
  // In JSON they can only stand between the parts, where a blank says the same.
  return text.map((byte) => (byte === LF || byte === CR ? SPACE : byte));
}
