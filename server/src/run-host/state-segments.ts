/** Writes segments one behind the other into a new state file. Writing is synchronous, so that a snapshot is taken whole before anything else happens; only what `sync` does takes time. */
import { closeSync, fdatasync, mkdirSync, openSync, writeSync } from "node:fs";
import { open as openFolder } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { KeySnapshot } from "@millrace/engine/run";
import { ConnectionError, isDiskFull } from "@millrace/nodes/connection-error";
import {
  checksumOf,
  type EntryCursor,
  GONE,
  headerLine,
  isGone,
  isNote,
  openingLine,
  type RawEntry,
  type SegmentHeader,
  STATE,
  type StateOwner,
  type StatePart,
  sha256,
} from "./state-file.ts";

/** A segment is written when it has so many bytes: what is held of a snapshot, however large it is. */
const SEGMENT_BYTES = 4 << 20;
const FIRST_BUFFER = 64 << 10;

const syncData = promisify(fdatasync);

export class SegmentFile {
  readonly name: string;
  private readonly folder: string;
  private readonly fd: number;
  private isNew = true;
  private length = 0;
  private segments = 0;
  private checksum: string;
  private buffer = Buffer.allocUnsafeSlow(FIRST_BUFFER);
  private filled = 0;
  private entries = 0;
  private nodes: string[] = [];

  /** Makes the folder and begins the file. */
  constructor(folder: string, name: string, owner: StateOwner) {
    this.folder = folder;
    this.name = name;
    const opening = openingLine(owner, name);
    this.checksum = sha256(opening);
    this.fd = orSaid(folder, () => {
      mkdirSync(folder, { recursive: true });
      return openSync(join(folder, name), "w");
    });
    this.write(Buffer.from(`${opening}\n`));
  }

  get bytes(): number {
    return this.length;
  }

  get part(): StatePart {
    return { file: this.name, bytes: this.length, segments: this.segments, sha256: this.checksum };
  }

  add(entry: RawEntry, checkpoint: number): void {
    if (this.filled >= SEGMENT_BYTES) this.endSegment(checkpoint);
    this.reserve(entry.key.length + entry.content.length + 32);
    this.buffer[this.filled++] = entry.kind;
    if (!isNote(entry)) {
      this.varint(this.numberOf(entry.node));
      this.buffer[this.filled++] = entry.group;
      this.raw(entry.key);
    }
    if (!isGone(entry)) this.raw(entry.content);
    this.entries++;
  }

  /** As `add`, for what a snapshot says of a key. */
  addKey(node: string, { key, group, state }: KeySnapshot, checkpoint: number): void {
    if (this.filled >= SEGMENT_BYTES) this.endSegment(checkpoint);
    this.reserve(key.length + (state?.length ?? 0) + 32);
    this.buffer[this.filled++] = state === undefined ? GONE : STATE;
    this.varint(this.numberOf(node));
    this.buffer[this.filled++] = group;
    this.raw(key);
    if (state !== undefined) this.raw(state);
    this.entries++;
  }

  /** Adds a key's entry as it stands in another file's segment. */
  addCopy(node: string, { body, kind, rest, end }: EntryCursor, checkpoint: number): void {
    if (this.filled >= SEGMENT_BYTES) this.endSegment(checkpoint);
    this.reserve(end - rest + 16);
    this.buffer[this.filled++] = kind;
    this.varint(this.numberOf(node));
    this.buffer.set(body.subarray(rest, end), this.filled);
    this.filled += end - rest;
    this.entries++;
  }

  /** Writes what was added since the last segment, if anything. */
  endSegment(checkpoint: number): void {
    if (this.entries === 0) return;
    const body = this.buffer.subarray(0, this.filled);
    const header: SegmentHeader = { checkpoint, entries: this.entries, bytes: body.length, nodes: this.nodes };
    const checksum = checksumOf(this.checksum, header, body);
    this.write(Buffer.from(`${headerLine(header, checksum)}\n`));
    this.write(body);
    this.checksum = checksum;
    this.segments++;
    this.filled = 0;
    this.entries = 0;
    this.nodes = [];
    if (this.buffer.length > 2 * SEGMENT_BYTES) this.buffer = Buffer.allocUnsafeSlow(FIRST_BUFFER);
  }

  /** What was written survives a power failure from then on. */
  async sync(): Promise<void> {
    try {
      await syncData(this.fd);
      if (this.isNew) await syncFolder(this.folder);
      this.isNew = false;
    } catch (error) {
      throw cannotWrite(this.folder, error);
    }
  }

  close(): void {
    closeSync(this.fd);
  }

  private numberOf(node: string): number {
    const known = this.nodes.lastIndexOf(node);
    return known === -1 ? this.nodes.push(node) - 1 : known;
  }

  private raw(bytes: Uint8Array): void {
    this.varint(bytes.length);
    this.buffer.set(bytes, this.filled);
    this.filled += bytes.length;
  }

  private varint(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      this.buffer[this.filled++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.buffer[this.filled++] = rest;
  }

  private reserve(length: number): void {
    if (this.filled + length <= this.buffer.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(2 * this.buffer.length, this.filled + length));
    this.buffer.copy(grown, 0, 0, this.filled);
    this.buffer = grown;
  }

  /** All of it: a disk with room for a part takes that part, and refuses the rest only when asked again. */
  private write(bytes: Uint8Array): void {
    orSaid(this.folder, () => {
      for (let written = 0; written < bytes.length; )
        written += writeSync(this.fd, bytes, written, bytes.length - written, this.length + written);
    });
    this.length += bytes.length;
  }
}

/** So that a new file's name survives a power failure; Windows cannot and need not. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await openFolder(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function orSaid<T>(folder: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw cannotWrite(folder, error);
  }
}

export function cannotWrite(folder: string, error: unknown): ConnectionError {
  if (isDiskFull(error))
    return new ConnectionError(
      "state.disk-full",
      {
        en: `The disk of ${folder} is full, so the run's state could not be written. The checkpoint before it counts, nothing is lost or doubled. Free space; the run then goes on from there.`,
        zh: `${folder} 所在磁盘已满，无法写入运行状态。上一个检查点仍然有效，数据不丢不重。请释放空间，运行会从该检查点继续。`,
      },
      error,
    );
  const why = error instanceof Error ? error.message : String(error);
  return new ConnectionError(
    "state.cannot-write",
    {
      en: `The run's state could not be written to ${folder}: ${why}. The checkpoint before it counts, nothing is lost or doubled. Make the folder writable; the run then goes on from there.`,
      zh: `无法将运行状态写入 ${folder}：${why}。上一个检查点仍然有效，数据不丢不重。请使该文件夹可写，运行会从该检查点继续。`,
    },
    error,
  );
}
