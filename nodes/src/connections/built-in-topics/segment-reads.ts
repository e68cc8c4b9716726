/** Reads pieces of segment files. A few files stay open: a topic's readers come back to the same ones. */
import { readSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { segmentDamaged } from "./segments.ts";

const MOST_OPEN = 32;
/** A file that is open takes room on the disk when it was removed, too. */
const IDLE_MS = 5_000;

export interface SegmentReads {
  /** Fills `buffer` with the bytes from `position` on; false when there is no such file (any more). */
  read(path: string, position: number, buffer: Buffer): Promise<boolean>;
  close(): Promise<void>;
}

interface OpenFile {
  readonly handle: Promise<FileHandle>;
  users: number;
  lastUse: number;
}

/**
 * `blocks`: the thread reads by itself and waits for the disk. A piece then comes from the system's memory into the cache of the processor that is about to look at it, and costs no call into another
 * thread; only for threads whose only work is what they read.
 */
export function createSegmentReads(blocks: boolean): SegmentReads {
  /** In the order of their last use. */
  const files = new Map<string, OpenFile>();
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  function use(path: string): OpenFile {
    const file = files.get(path) ?? { handle: open(path, "r"), users: 0, lastUse: 0 };
    files.delete(path);
    files.set(path, file);
    file.users += 1;
    file.lastUse = performance.now();
    if (!isClosed) timer ??= setTimeout(closeIdle, IDLE_MS).unref();
    return file;
  }

  async function closeWhere(isEnough: (file: OpenFile) => boolean): Promise<void> {
    for (const [path, file] of files) {
      if (isEnough(file)) return;
      if (file.users > 0) continue;
      files.delete(path);
      await (await file.handle).close();
    }
  }

  function closeIdle(): void {
    const before = performance.now() - IDLE_MS;
    timer = files.size > 0 ? setTimeout(closeIdle, IDLE_MS).unref() : undefined;
    // Files that were only read: that one cannot be closed loses nothing.
    closeWhere(({ lastUse }) => lastUse > before).catch(() => undefined);
  }

  return {
    async read(path, position, buffer) {
      const { length } = buffer;
      const file = use(path);
      try {
        const handle = await file.handle;
        for (let done = 0; done < length; ) {
          const bytesRead = blocks
            ? readSync(handle.fd, buffer, done, length - done, position + done)
            : (await handle.read(buffer, done, length - done, position + done)).bytesRead;
          if (bytesRead === 0) throw segmentDamaged(path, position + length);
          done += bytesRead;
        }
        return true;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
        files.delete(path);
        return false;
      } finally {
        file.users -= 1;
        // A read may have been on its way when all was closed, or begun after it.
        await closeWhere(() => !isClosed && files.size <= MOST_OPEN);
      }
    },
    async close() {
      isClosed = true;
      clearTimeout(timer);
      await closeWhere(() => false);
    },
  };
}
