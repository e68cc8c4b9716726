/** Reads pieces of segment files. A few files stay open: a topic's readers come back to the same ones. */
import { type FileHandle, open } from "node:fs/promises";
import { quote } from "../connection-error.ts";

const MOST_OPEN = 32;

export interface SegmentReads {
  /** Exactly `length` bytes from `position` on, in memory that is the caller's; undefined when there is no such file (any more). */
  read(path: string, position: number, length: number): Promise<Buffer | undefined>;
  close(): Promise<void>;
}

interface OpenFile {
  readonly handle: Promise<FileHandle>;
  users: number;
}

export function createSegmentReads(): SegmentReads {
  /** In the order of their last use. */
  const files = new Map<string, OpenFile>();

  function use(path: string): OpenFile {
    const file = files.get(path) ?? { handle: open(path, "r"), users: 0 };
    files.delete(path);
    files.set(path, file);
    file.users += 1;
    return file;
  }

  async function closeUnused(): Promise<void> {
    for (const [path, { handle, users }] of files) {
      if (files.size <= MOST_OPEN) return;
      if (users > 0) continue;
      files.delete(path);
      await (await handle).close();
    }
  }

  return {
    async read(path, position, length) {
      const file = use(path);
      try {
        const buffer = Buffer.allocUnsafeSlow(length);
        const handle = await file.handle;
        for (let done = 0; done < length; ) {
          const { bytesRead } = await handle.read(buffer, done, length - done, position + done);
          if (bytesRead === 0) throw new Error(`${quote(path)} ends before byte ${position + length}, which was written and synced to it`);
          done += bytesRead;
        }
        return buffer;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
        files.delete(path);
        return undefined;
      } finally {
        file.users -= 1;
        await closeUnused();
      }
    },
    async close() {
      const open = [...files.values()];
      files.clear();
      for (const { handle } of open) await (await handle).close();
    },
  };
}
