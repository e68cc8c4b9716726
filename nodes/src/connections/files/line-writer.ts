/** Appends lines. What is behind the committed length was left by a crash and is cut off. */
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import type { FileWriter } from "@millrace/engine/node";
import { ConnectionError, quote } from "../connection-error.ts";
import { fileError, notAFile } from "./file-errors.ts";

const NEWLINE = 0x0a;
const FIRST_STAGE = 4096;

export async function openLineWriter(file: string, committedBytes: number | undefined): Promise<FileWriter> {
  let length = committedBytes ?? 0;
  const handle = await openFile(file, length);
  try {
    await cutTo(handle, file, length);
  } catch (error) {
    await handle.close();
    throw error;
  }
  let staged = Buffer.alloc(0);
  let stagedBytes = 0;
  /** What `flush` writes while lines come into the other. */
  let spare = Buffer.alloc(0);

  return {
    append(line) {
      const needed = stagedBytes + line.length + 1;
      if (needed > staged.length) staged = grown(staged, stagedBytes, needed);
      staged.set(line, stagedBytes);
      staged[needed - 1] = NEWLINE;
      stagedBytes = needed;
    },
    get stagedBytes() {
      return stagedBytes;
    },
    get length() {
      return length;
    },
    async discard(to) {
      stagedBytes = 0;
      if (to === undefined || to >= length) return;
      await handle.truncate(to);
      length = to;
    },
    async flush() {
      if (stagedBytes === 0) return length;
      const lines = staged;
      const bytes = stagedBytes;
      // Lines that come meanwhile belong to the next part.
      staged = spare;
      stagedBytes = 0;
      try {
        for (let written = 0; written < bytes; )
          written += (await handle.write(lines, written, bytes - written, length + written)).bytesWritten;
        await handle.datasync();
      } catch (error) {
        throw fileError(error, file);
      }
      spare = lines;
      length += bytes;
      return length;
    },
    close: () => handle.close(),
  };
}

/** Makes it when nothing was committed to it yet. */
async function openFile(file: string, committedBytes: number): Promise<FileHandle> {
  let handle: FileHandle;
  try {
    // The place was resolved: a link there now was put there since.
    const mode = constants.O_RDWR | (committedBytes === 0 ? constants.O_CREAT : 0) | (constants.O_NOFOLLOW ?? 0);
    handle = await open(file, mode, 0o644);
  } catch (error) {
    if (committedBytes > 0 && (error as NodeJS.ErrnoException).code === "ENOENT") throw shorter(file, 0, committedBytes);
    throw fileError(error, file);
  }
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  throw notAFile(file);
}

async function cutTo(handle: FileHandle, file: string, length: number): Promise<void> {
  const { size } = await handle.stat();
  if (size < length) throw shorter(file, size, length);
  if (size > length) await handle.truncate(length);
}

function shorter(file: string, size: number, length: number): ConnectionError {
  return new ConnectionError("files.shorter", {
    en: `${quote(file)} has ${size} bytes, but ${length} were committed to it: it was cut or replaced since. Put it back, or start without state.`,
    zh: `${quote(file)} 有 ${size} 字节，但已向其提交 ${length} 字节：该文件之后被截断或替换。请恢复该文件，或不带状态启动。`,
  });
}

function grown(staged: Buffer, used: number, needed: number): Buffer<ArrayBuffer> {
  const larger = Buffer.allocUnsafeSlow(Math.max(FIRST_STAGE, staged.length * 2, needed));
  larger.set(staged.subarray(0, used));
  return larger;
}
