/**
 * Appends chunks to segment files, a file of its own per topic. Writing goes on while records come in; what was handed over counts as written when `sync` has resolved. What fails meanwhile is
 * said there, and until `abort` nothing more is written.
 */
import { writevSync } from "node:fs";
import { type FileHandle, mkdir, open, rm } from "node:fs/promises";
import { dirname } from "node:path";
import type { SealedChunk } from "./chunk.ts";
import { markFull, type Place, type SegmentId, segmentFolder, segmentPath } from "./segments.ts";
import { asDiskFull, requireRoom, type TopicStore } from "./store.ts";

/** A file's size, so that what retention keeps too long is little against what it keeps. */
const SEGMENT_BYTES = 64 << 20;

interface SegmentFile {
  readonly id: SegmentId;
  /** Undefined while nothing is written. */
  handle: FileHandle | undefined;
  /** Bytes handed over. */
  length: number;
  /** Bytes that `sync` made durable. */
  synced: number;
  /** Ends when everything that was handed over is written. */
  writing: Promise<void>;
}

export interface SegmentWriter {
  /** Bytes handed over and not written yet. */
  readonly pendingBytes: number;
  /** Begins to write the chunks one behind the other; where they will lie. */
  write(topic: number, chunks: readonly SealedChunk[]): Place[];
  /** Resolves when all is on disk for good, with the files that are full now. */
  sync(): Promise<readonly SegmentId[]>;
  /** Takes back what was written since the last `sync`. */
  abort(): Promise<void>;
  /** Inside a transaction: nothing more will be written. */
  markFull(): void;
  close(): Promise<void>;
}

export interface SegmentWriterOptions {
  /** Nobody needs the chunks' memory any more. */
  readonly onWritten: (chunks: readonly SealedChunk[]) => void;
  /**
   * The thread writes by itself, as soon as a file is open: its processor still has the chunk in its own cache then, and the copy into the system's memory costs half. Only for threads whose only work is what they
   * write; to make it durable never waits in the thread.
   */
  readonly blocks?: boolean;
  /** What a file holds. */
  readonly segmentBytes?: number;
}

export function createSegmentWriter(
  store: TopicStore,
  { onWritten, blocks = false, segmentBytes = SEGMENT_BYTES }: SegmentWriterOptions,
): SegmentWriter {
  const current = new Map<number, SegmentFile>();
  /** Full since the last `sync`. */
  let full: SegmentFile[] = [];
  let pendingBytes = 0;
  let failed: { readonly error: unknown } | undefined;

  function fileFor(topic: number, bytes: number): SegmentFile {
    const known = current.get(topic);
    if (known && (known.length === 0 || known.length + bytes <= segmentBytes)) return known;
    if (known) full.push(known);
    const owner = store.owner();
    const made: SegmentFile = {
      id: { topic, owner: owner.id, file: owner.next() },
      handle: undefined,
      length: 0,
      synced: 0,
      writing: Promise.resolve(),
    };
    current.set(topic, made);
    return made;
  }

  /** Where the thread writes by itself and the file is open, all is written when this returns. */
  async function append(file: SegmentFile, chunks: readonly SealedChunk[], position: number, bytes: number): Promise<void> {
    try {
      if (failed) return;
      requireRoom(store.folder, bytes);
      file.handle ??= await openFile(store, file);
      const parts = chunks.map((chunk) => chunk.bytes);
      if (blocks) writeAllNow(file.handle.fd, parts, position);
      else await writeAll(file.handle, parts, position);
    } catch (error) {
      failed ??= { error };
    } finally {
      pendingBytes -= bytes;
      onWritten(chunks);
    }
  }

  async function sync(file: SegmentFile): Promise<void> {
    const { writing, length } = file;
    await writing;
    if (failed || length === file.synced) return;
    await file.handle?.datasync();
    file.synced = length;
  }

  async function closeHandle(file: SegmentFile): Promise<void> {
    const { handle } = file;
    file.handle = undefined;
    await handle?.close();
  }

  async function takeBack(file: SegmentFile): Promise<void> {
    await file.writing;
    if (file.length === file.synced) return;
    try {
      if (file.synced > 0) await (file.handle ??= await openFile(store, file)).truncate(file.synced);
      else {
        await closeHandle(file);
        await rm(segmentPath(store, file.id), { force: true });
      }
      file.length = file.synced;
    } catch {
      // Nothing refers to what stays there; another file is begun.
      if (current.get(file.id.topic) === file) current.delete(file.id.topic);
      if (!full.includes(file)) full.push(file);
      file.length = file.synced;
    }
  }

  return {
    get pendingBytes() {
      return pendingBytes;
    },
    write(topic, chunks) {
      const bytes = chunks.reduce((sum, chunk) => sum + chunk.bytes.length, 0);
      const file = fileFor(topic, bytes);
      const from = file.length;
      file.length += bytes;
      pendingBytes += bytes;
      if (blocks && file.handle) {
        const written = append(file, chunks, from, bytes);
        file.writing = file.writing.then(() => written);
      } else file.writing = file.writing.then(() => append(file, chunks, from, bytes));
      let position = from;
      return chunks.map((chunk) => {
        const place = { owner: file.id.owner, file: file.id.file, position };
        position += chunk.bytes.length;
        return place;
      });
    },
    async sync() {
      // Chunks come in meanwhile, and files grow full with them: those are the next call's.
      const done = [...full];
      const idle = [...current.values()].filter((file) => file.length === file.synced);
      const synced = await Promise.allSettled([...current.values(), ...done].map(sync));
      const reason = failed?.error ?? synced.find((one) => one.status === "rejected")?.reason;
      if (reason !== undefined) throw asDiskFull(store.folder, reason);
      full = full.filter((file) => !done.includes(file));
      // Files of topics that still nothing came for: there may be many, and few that the system lets one have open.
      await Promise.all([...idle.filter((file) => file.length === file.synced), ...done].map(closeHandle));
      return done.map(({ id }) => id);
    },
    async abort() {
      await Promise.all([...current.values(), ...full].map(takeBack));
      failed = undefined;
    },
    markFull() {
      for (const { id } of [...current.values(), ...full]) markFull(store, id);
    },
    async close() {
      await Promise.all([...current.values(), ...full].map(closeHandle));
      current.clear();
      full = [];
    },
  };
}

async function openFile(store: TopicStore, { id, synced }: SegmentFile): Promise<FileHandle> {
  const path = segmentPath(store, id);
  if (synced > 0) return open(path, "r+");
  const made = await mkdir(segmentFolder(store, id.topic), { recursive: true });
  const handle = await open(path, "wx+");
  try {
    // The file's name must outlast a loss of power, too.
    await syncFolder(dirname(path));
    if (made !== undefined) await syncFolder(dirname(made));
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function syncFolder(path: string): Promise<void> {
  // Windows keeps names by itself, and opens no folder.
  if (process.platform === "win32") return;
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** The system may take less than it is given. */
async function writeAll(handle: FileHandle, parts: readonly Uint8Array[], position: number): Promise<void> {
  let rest = parts;
  let at = position;
  while (rest.length > 0) {
    const { bytesWritten } = await handle.writev(rest, at);
    at += bytesWritten;
    rest = behind(rest, bytesWritten);
  }
}

function writeAllNow(fd: number, parts: readonly Uint8Array[], position: number): void {
  let rest = parts;
  let at = position;
  while (rest.length > 0) {
    const bytesWritten = writevSync(fd, rest, at);
    at += bytesWritten;
    rest = behind(rest, bytesWritten);
  }
}

function behind(parts: readonly Uint8Array[], bytes: number): readonly Uint8Array[] {
  let left = bytes;
  for (const [i, part] of parts.entries()) {
    if (left < part.length) return [part.subarray(left), ...parts.slice(i + 1)];
    left -= part.length;
  }
  return [];
}
