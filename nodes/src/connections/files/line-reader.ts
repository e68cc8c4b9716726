/**
 * Reads a file record by record, in blocks, knowing where each begins. A record ends with a line's end (LF or CRLF) or with the file; in CSV a line's end inside of a quoted
 * field belongs to the record. A byte order mark at the beginning and empty lines are passed over.
 */
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { type ByteRange, type FileReader, MIN_TIME, type RecordBatch } from "@millrace/engine/node";
import { ConnectionError, quote } from "../connection-error.ts";
import { fileError, notAFile } from "./file-errors.ts";
import { csvLineEnds, type LineEnds, plainLineEnds } from "./line-ends.ts";

export interface ReadOptions {
  /** CSV, with what stands between its fields (one ASCII character). */
  readonly csv?: { readonly separator: string } | undefined;
}

const BLOCK = 256 << 10;
/** A record longer than this is no record: a file of another kind, or a quote that is never closed. */
const LONGEST_RECORD = 256 << 20;
const CR = 0x0d;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

export async function openLineReader(file: string, start: { byte: number; line: number }, { csv }: ReadOptions): Promise<FileReader> {
  const handle = await openFile(file);
  return createReader(handle, file, start, csv ? csvLineEnds(csv.separator) : plainLineEnds());
}

function createReader(handle: FileHandle, file: string, start: { byte: number; line: number }, lineEnds: LineEnds): FileReader {
  let { byte, line } = start;
  /** Bytes from `byte` on that were read and not given out; how far they were searched for the record's end, and line ends met inside of the record. */
  let rest: Buffer = Buffer.alloc(0);
  let searched = 0;
  let innerLines = 0;
  let isAtEnd = false;

  /** Adds the next block; what was given out before keeps its own memory. */
  async function readBlock(): Promise<void> {
    if (rest.length > LONGEST_RECORD) throw tooLong(file, line);
    const size = Math.max(BLOCK, rest.length);
    const next = Buffer.allocUnsafeSlow(rest.length + size);
    rest.copy(next);
    let bytesRead: number;
    try {
      ({ bytesRead } = await handle.read(next, rest.length, size, byte + rest.length));
    } catch (error) {
      throw fileError(error, file);
    }
    isAtEnd = bytesRead === 0;
    rest = next.subarray(0, rest.length + bytesRead);
    if (byte === 0 && searched === 0 && rest.subarray(0, 3).equals(BYTE_ORDER_MARK)) {
      byte = 3;
      rest = rest.subarray(3);
    }
  }

  /** The records that are whole in `rest`. */
  function take(maxRecords: number): { ranges: ByteRange[]; lines: number[] } {
    const ranges: ByteRange[] = [];
    const lines: number[] = [];
    let from = 0;
    while (ranges.length < maxRecords) {
      const found = lineEnds.next(rest, searched);
      if (found === -1 && !(isAtEnd && from < rest.length)) {
        searched = rest.length;
        break;
      }
      const end = found === -1 ? rest.length : found;
      searched = found === -1 ? rest.length : found + 1;
      if (found !== -1 && lineEnds.isInside) {
        innerLines += 1;
        continue;
      }
      const stop = end > from && rest[end - 1] === CR ? end - 1 : end;
      if (stop > from) {
        ranges.push({ bytes: rest, start: from, end: stop });
        lines.push(line);
      }
      line += 1 + innerLines;
      innerLines = 0;
      lineEnds.reset();
      from = searched;
    }
    byte += from;
    rest = rest.subarray(from);
    searched -= from;
    return { ranges, lines };
  }

  return {
    async read(maxRecords) {
      for (;;) {
        const { ranges, lines } = take(maxRecords);
        if (ranges.length > 0) return batchOf(ranges, lines);
        if (isAtEnd) return undefined;
        await readBlock();
      }
    },
    get byte() {
      return byte;
    },
    get line() {
      return line;
    },
    close: () => handle.close(),
  };
}

/** Line numbers count from 0; a file's records have no time of their own. */
function batchOf(ranges: readonly ByteRange[], lines: readonly number[]): RecordBatch {
  return { count: ranges.length, bytes: (i) => ranges[i] ?? null, time: () => MIN_TIME, offset: (i) => lines[i] ?? 0 };
}

async function openFile(file: string): Promise<FileHandle> {
  let handle: FileHandle;
  try {
    // Not to wait for ever on what is no file.
    handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    throw fileError(error, file);
  }
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  throw notAFile(file);
}

function tooLong(file: string, line: number): ConnectionError {
  return new ConnectionError("files.record-too-long", {
    en: `${quote(file)}, line ${line + 1}: a record of more than ${LONGEST_RECORD >> 20} MiB begins here. In CSV a quote may not be closed; otherwise the file has no lines.`,
    zh: `${quote(file)} 第 ${line + 1} 行：此处开始的记录超过 ${LONGEST_RECORD >> 20} MiB。CSV 中可能有引号未闭合；否则该文件不是按行组织的。`,
  });
}
