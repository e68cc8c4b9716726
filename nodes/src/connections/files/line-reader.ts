/**
 * Reads a file record by record, in blocks, knowing where each begins. A record ends with a line's end (LF or CRLF) or with the file; where fields may be quoted (CSV), a
 * line's end inside of quotes belongs to the record. A byte order mark at the beginning is passed over, and so are empty lines.
 */
import type { FileHandle } from "node:fs/promises";
import type { ByteRange, FileReader, RecordBatch } from "@millrace/engine/node";

const BLOCK = 256 << 10;
/** A record longer than this is no record: a file of another kind, or a quote that is never closed. */
const LONGEST_RECORD = 64 << 20;
const LF = 0x0a;
const CR = 0x0d;
const QUOTE = 0x22;

export class FileLineReader implements FileReader {
  byte: number;
  line: number;
  private readonly handle: FileHandle;
  private readonly file: string;
  private readonly quoted: boolean;
  /** Bytes read from the file that begin at `byte` and are not given out yet. */
  private rest: Buffer = Buffer.alloc(0);
  private atEnd = false;

  constructor(handle: FileHandle, file: string, start: { byte: number; line: number }, quoted: boolean) {
    this.handle = handle;
    this.file = file;
    this.byte = start.byte;
    this.line = start.line;
    this.quoted = quoted;
  }

  async read(maxRecords: number): Promise<RecordBatch | undefined> {
    for (;;) {
      const { ranges, lines, used, linesUsed } = this.split(maxRecords);
      if (ranges.length > 0 || used > 0) {
        this.byte += used;
        this.line += linesUsed;
        this.rest = this.rest.subarray(used);
      }
      if (ranges.length > 0) return batchOf(ranges, lines);
      if (this.atEnd) return undefined;
      await this.readBlock();
    }
  }

  async close(): Promise<void> {
    await this.handle.close();
  }

  private async readBlock(): Promise<void> {
    if (this.rest.length > LONGEST_RECORD)
      throw new Error(
        `${this.file}, line ${this.line + 1}: a record of more than ${LONGEST_RECORD >> 20} MiB${this.quoted ? "; is a quote never closed?" : "."}`,
      );
    const block = Buffer.allocUnsafe(BLOCK);
    const { bytesRead } = await this.handle.read(block, 0, BLOCK, this.byte + this.rest.length);
    if (bytesRead === 0) this.atEnd = true;
    // A new buffer each time: what was given out stays valid.
    this.rest = Buffer.concat([this.rest, block.subarray(0, bytesRead)]);
    if (this.byte === 0 && this.rest.length >= 3 && this.rest[0] === 0xef && this.rest[1] === 0xbb && this.rest[2] === 0xbf) {
      this.byte = 3;
      this.rest = this.rest.subarray(3);
    }
  }

  /** Whole records at the beginning of `rest`. */
  private split(maxRecords: number): { ranges: ByteRange[]; lines: number[]; used: number; linesUsed: number } {
    const { rest, quoted } = this;
    const ranges: ByteRange[] = [];
    const lines: number[] = [];
    let start = 0;
    let lineAtStart = 0;
    let seen = 0;
    let inQuotes = false;
    const give = (end: number, next: number) => {
      const stop = end > start && rest[end - 1] === CR ? end - 1 : end;
      if (stop > start) {
        ranges.push({ bytes: rest, start, end: stop });
        lines.push(this.line + lineAtStart);
      }
      start = next;
      lineAtStart = seen;
    };
    if (!quoted) {
      for (let end = rest.indexOf(LF, start); end !== -1 && ranges.length < maxRecords; end = rest.indexOf(LF, start)) {
        seen++;
        give(end, end + 1);
      }
    } else {
      for (let i = 0; i < rest.length && ranges.length < maxRecords; i++) {
        if (rest[i] === QUOTE) inQuotes = !inQuotes;
        if (rest[i] !== LF) continue;
        seen++;
        if (!inQuotes) give(i, i + 1);
      }
    }
    if (this.atEnd && start < rest.length && ranges.length < maxRecords) {
      seen++;
      give(rest.length, rest.length);
    }
    return { ranges, lines, used: start, linesUsed: lineAtStart };
  }
}

/** Line numbers count from 0; a file's records have no time of their own. */
function batchOf(ranges: readonly ByteRange[], lines: readonly number[]): RecordBatch {
  return { count: ranges.length, bytes: (i) => ranges[i] ?? null, time: () => Number.NEGATIVE_INFINITY, offset: (i) => lines[i] ?? 0 };
}
