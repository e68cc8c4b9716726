/**
 * Snapshots on disk. The state of a run is a chain of segments in one append-only file: a full one, then increments. A segment is a header line with its length and
 * SHA-256, then one JSON line per entry. The pointer to (file, length) lives in the store's transaction that makes the checkpoint
 * count; bytes behind that length belong to a checkpoint that never counted, and are ignored.
 */
import { createHash } from "node:crypto";
import { type FileHandle, mkdir, open, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { SnapshotEntry } from "@millrace/engine/run";
import { ConnectionError, isDiskFull } from "@millrace/nodes/connections";

export const STATE_FORMAT = 1;

/** Where a checkpoint's state is: the first `bytes` of `file`, in `segments` segments. */
export interface StatePointer {
  readonly format: number;
  readonly file: string;
  readonly bytes: number;
  readonly segments: number;
}

interface SegmentHeader {
  readonly checkpoint: number;
  readonly full: boolean;
  readonly entries: number;
  readonly bytes: number;
  readonly sha256: string;
}

/** A snapshot that cannot be trusted: torn, changed, or of another format. */
export class StateFileError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "StateFileError";
  }
}

/** Increments are folded into a full snapshot once they are longer than it, and this long. */
const FOLD_BYTES = 1 << 20;

export class StateFileWriter {
  private readonly folder: string;
  private readonly runId: string;
  private handle: FileHandle | undefined;
  private name = "";
  private bytes = 0;
  private fullBytes = 0;
  private segments = 0;

  /** `folder` is created; files are named after the run. */
  constructor(folder: string, runId: string) {
    this.folder = folder;
    this.runId = runId;
  }

  /** Appends a segment and syncs it; a full one begins a new file. Nothing counts until the returned pointer is stored. */
  async append(
    checkpoint: number,
    full: boolean,
    entries: Iterable<SnapshotEntry>,
  ): Promise<StatePointer & { written: number; nextFull: boolean }> {
    const lines: string[] = [];
    for (const entry of entries) lines.push(JSON.stringify(entry));
    if (lines.length === 0 && !full) return { ...this.pointer(), written: 0, nextFull: false };
    const body = Buffer.from(lines.length === 0 ? "" : `${lines.join("\n")}\n`);
    const header: SegmentHeader = {
      checkpoint,
      full,
      entries: lines.length,
      bytes: body.length,
      sha256: createHash("sha256").update(body).digest("hex"),
    };
    const segment = Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), body]);
    if (full || this.handle === undefined) await this.orDiskFull(() => this.begin(checkpoint));
    await this.write(segment);
    this.bytes += segment.length;
    this.segments++;
    if (full) this.fullBytes = this.bytes;
    return { ...this.pointer(), written: segment.length, nextFull: this.bytes - this.fullBytes > Math.max(this.fullBytes, FOLD_BYTES) };
  }

  /** Removes all files but the current one; call once the pointer to it counts. */
  async removeOthers(): Promise<void> {
    for (const file of await readdir(this.folder)) if (file !== this.name) await rm(join(this.folder, file), { force: true });
  }

  async close(): Promise<void> {
    await this.handle?.close();
    this.handle = undefined;
  }

  /** All of it: a disk with room for a part takes that part, and refuses the rest only when asked again. */
  private async write(segment: Uint8Array): Promise<void> {
    const handle = this.handle as FileHandle;
    await this.orDiskFull(async () => {
      for (let written = 0; written < segment.length; )
        written += (await handle.write(segment, written, segment.length - written, this.bytes + written)).bytesWritten;
      await handle.datasync();
    });
  }

  private async orDiskFull(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!isDiskFull(error)) throw error;
      throw new ConnectionError(
        "state.disk-full",
        {
          en: `The disk of ${this.folder} is full, so the run's state could not be written. The checkpoint before it counts, nothing is lost or doubled. Free space; the run then goes on from there.`,
          zh: `${this.folder} 所在磁盘已满，无法写入运行状态。上一个检查点仍然有效，数据不丢不重。请释放空间，运行会从该检查点继续。`,
        },
        error,
      );
    }
  }

  private pointer(): StatePointer {
    return { format: STATE_FORMAT, file: this.name, bytes: this.bytes, segments: this.segments };
  }

  private async begin(checkpoint: number): Promise<void> {
    await this.handle?.close();
    await mkdir(this.folder, { recursive: true });
    this.name = `${this.runId}-${checkpoint}.jsonl`;
    this.handle = await open(join(this.folder, this.name), "w");
    this.bytes = 0;
    this.segments = 0;
    await syncFolder(this.folder);
  }
}

/** The entries of a checkpoint, oldest first. Throws `StateFileError` when they are not exactly what was written. */
export async function readStateFile(folder: string, pointer: StatePointer): Promise<SnapshotEntry[]> {
  const place = join(folder, pointer.file);
  if (pointer.format !== STATE_FORMAT)
    throw new StateFileError(`${place} has format ${pointer.format}; this program reads format ${STATE_FORMAT}.`);
  if (pointer.segments === 0) return [];
  let content: Buffer;
  try {
    content = await readFile(place);
  } catch (error) {
    throw new StateFileError(`${place} cannot be read: ${(error as Error).message}`);
  }
  if (content.length < pointer.bytes)
    throw new StateFileError(`${place} is torn: it has ${content.length} bytes, the checkpoint needs ${pointer.bytes}.`);
  const entries: SnapshotEntry[] = [];
  let at = 0;
  for (let segment = 0; segment < pointer.segments; segment++) {
    const end = content.indexOf(0x0a, at);
    if (end === -1 || end >= pointer.bytes)
      throw new StateFileError(`${place} is damaged: segment ${segment + 1} has no header at byte ${at}.`);
    const header = parseHeader(content.subarray(at, end).toString("utf8"), place, segment);
    const body = content.subarray(end + 1, end + 1 + header.bytes);
    if (createHash("sha256").update(body).digest("hex") !== header.sha256)
      throw new StateFileError(`${place} is damaged: segment ${segment + 1} does not have the checksum that was written with it.`);
    for (const line of body.toString("utf8").split("\n")) if (line !== "") entries.push(JSON.parse(line) as SnapshotEntry);
    at = end + 1 + header.bytes;
  }
  return entries;
}

function parseHeader(text: string, place: string, segment: number): SegmentHeader {
  try {
    const header = JSON.parse(text) as SegmentHeader;
    if (Number.isSafeInteger(header.bytes) && typeof header.sha256 === "string") return header;
  } catch {
    // Said below, with the place.
  }
  throw new StateFileError(`${place} is damaged: the header of segment ${segment + 1} cannot be read.`);
}

/** So that a new file's name survives a power failure; Windows cannot and need not. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
