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
  MIN_TIME,
  type Millis,
  RowError,
  type Sink,
  type SinkContext,
} from "@millrace/engine/node";
import { ConnectionError } from "../connections/connection-error.ts";
import { wallText } from "../wall-text.ts";
import type { FileSinkParams } from "./spec.ts";

/** So much may wait for a checkpoint; then the source waits. */
const MOST_STAGED_BYTES = 16 << 20;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;

const LENGTH = "length";
const PATH = "path";
const DAY = "day";

export function createSink({ path, format, separator, header, daily }: FileSinkParams, context: SinkContext): Sink {
  const { restored, schema, timeZone } = context;
  const files = context.connection as FileStore;
  const wall = wallText(timeZone);
  let file: OpenFile | undefined;
  /** Rows of days whose file is not open: the next checkpoint opens them one after the other. */
  let coming: { readonly day: string; readonly lines: Uint8Array[] }[] = [];
  let comingBytes = 0;
  /** The file's length at the last `prepare`. */
  let prepared = 0;

  async function openFile(day: string, committed: number | undefined): Promise<OpenFile> {
    const name = day === "" ? path : dayPath(path, day);
    const writer = await files.openWriter(name, committed);
    if (format === "csv" && header && schema && (committed ?? 0) === 0) writer.append(Buffer.from(csvHeader(schema, separator)));
    return { path: name, day, writer };
  }

  function dayOf(time: Millis): string {
    return daily ? wall.date(time === MIN_TIME ? context.now() : time) : "";
  }

  return {
    async open() {
      const before = restored && {
        path: String(restored[PATH] ?? path),
        day: String(restored[DAY] ?? ""),
        length: Number(restored[LENGTH]),
      };
      const goesOn =
        before !== undefined && before.path === (before.day === "" ? path : dayPath(path, before.day)) && daily === (before.day !== "");
      // Another file was written until now.
      if (before !== undefined && !goesOn && before.path !== "") await cut(files, before.path, before.length);
      if (goesOn) {
        file = await openFile(before.day, before.length);
        prepared = before.length;
      }
      if (!goesOn && !daily) file = await openFile("", undefined);
    },
    write({ value, time }) {
      if (value === null) return;
      const line = lineOf(value, format);
      const newest = coming.at(-1)?.day ?? file?.day;
      const day = dayOf(time);
      if (newest !== undefined && day <= newest && coming.length === 0) return (file as OpenFile).writer.append(line);
      if (newest === undefined || day > newest) coming.push({ day, lines: [] });
      coming.at(-1)?.lines.push(Uint8Array.from(line));
      comingBytes += line.length;
    },
    get isFull() {
      return (file?.writer.stagedBytes ?? 0) + comingBytes > MOST_STAGED_BYTES;
    },
    async prepare() {
      for (const { day, lines } of coming.splice(0)) {
        await file?.writer.flush();
        await file?.writer.close();
        file = await openFile(day, undefined);
        for (const line of lines) file.writer.append(line);
      }
      comingBytes = 0;
      if (file === undefined) return { [LENGTH]: 0, [PATH]: "", [DAY]: "" };
      prepared = await file.writer.flush();
      return { [LENGTH]: prepared, [PATH]: file.path, ...(daily && { [DAY]: file.day }) };
    },
    abort: async () => {
      coming = [];
      comingBytes = 0;
      await file?.writer.discard(prepared);
    },
    close: async () => file?.writer.close(),
  };
}

interface OpenFile {
  readonly path: string;
  /** "": one file for all days. */
  readonly day: string;
  readonly writer: FileWriter;
}

/** `logs/app.log` on a day: `logs/app.2021-02-22.log`. */
function dayPath(path: string, day: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const dot = name.lastIndexOf(".");
  if (dot <= 0) return `${path}.${day}`;
  return `${path.slice(0, path.length - name.length + dot)}.${day}${name.slice(dot)}`;
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
