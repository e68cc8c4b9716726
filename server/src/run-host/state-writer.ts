/**
 * A subtask's chain of state files. Each checkpoint appends what changed. When the increments outgrow the full snapshot below them, the chain is folded: a small one by asking the task for a full
 * snapshot, a large one from the files alone, on a thread of its own, while increments go on in a new file; so a fold's work is paid by as many bytes written, and no checkpoint waits for it.
 */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { SnapshotEntry } from "@millrace/engine/run";
import type { FoldRequest, FoldResult } from "./fold-state.ts";
import { rawNote, STATE_FORMAT, type StateOwner, type StatePart, type StatePointer } from "./state-file.ts";
import { newestSequence, stateFileName } from "./state-files.ts";
import { SegmentFile } from "./state-segments.ts";

/** Increments are folded once they are longer than what is below them, and this long: a start reads as much more. */
const FOLD_BYTES = 16 << 20;
/** Where no more than this is below them, a full snapshot by the task is cheaper than a thread. */
const SMALL_BYTES = 4 << 20;
/** A fold's garbage must not count as the run's memory. */
const FOLD_LIMITS = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 256 };

export interface Written extends StatePointer {
  /** Bytes written now. */
  readonly written: number;
  /** The next snapshot should hold everything. */
  readonly nextFull: boolean;
}

export interface WriterOptions extends StateOwner {
  readonly folder: string;
  /** State that was restored whole and unfiltered, under the same schemas: the chain goes on from it, and the first snapshot need not be full. */
  readonly base?: StatePointer | undefined;
  /** When increments are folded, for tests. */
  readonly foldBytes?: number;
  readonly smallBytes?: number;
  /** What went wrong with a fold: the run goes on, with a longer chain. */
  readonly log: (line: string) => void;
}

export class StateFileWriter {
  private readonly options: WriterOptions;
  private readonly owner: StateOwner;
  private parts: readonly StatePart[];
  private checkpoint: number;
  private file: SegmentFile | undefined;
  private sequence: number;
  /** Name for the next file, set aside when a fold began: it is newer than the fold's. */
  private nextName: string | undefined;
  private fullBytes: number;
  private foldFrom: number;
  private folding: Folding | undefined;
  private needsFull = false;

  constructor(options: WriterOptions) {
    this.options = options;
    const { pipelineId, runId, subtask, base } = options;
    this.owner = { pipelineId, runId, subtask };
    // A run that is started again must not write over what its last checkpoint is made of.
    this.sequence = newestSequence(options.folder, this.owner);
    this.parts = base?.parts ?? [];
    this.checkpoint = base?.checkpoint ?? 0;
    this.fullBytes = base?.parts[0]?.bytes ?? 0;
    this.foldFrom = this.foldBytes;
    this.needsFull = base === undefined;
  }

  /** The next snapshot must hold everything: there is nothing to add to, or the chain is small or damaged. */
  get nextFull(): boolean {
    return this.needsFull;
  }

  /** Appends a checkpoint and syncs it; a full one begins a new chain. The entries are taken before this returns. Nothing counts until the pointer is stored. */
  async append(checkpoint: number, full: boolean, entries: Iterable<SnapshotEntry>): Promise<Written> {
    const before = this.file?.bytes ?? 0;
    if (full) this.begin();
    else if (this.needsFull && this.parts.length === 0) throw new Error("the first snapshot must be full");
    let { file } = this;
    for (const entry of entries) {
      file ??= this.openNext();
      if ("key" in entry) file.addKey(entry.node, entry.key, checkpoint);
      else file.add(rawNote(entry), checkpoint);
    }
    file?.endSegment(checkpoint);
    if (file === undefined || (!full && file.bytes === before)) return { ...this.pointer(), written: 0, nextFull: this.needsFull };
    await file.sync();
    this.checkpoint = checkpoint;
    this.parts = [...this.parts.filter((part) => part.file !== file.name), file.part];
    if (full) {
      this.fullBytes = file.bytes;
      this.foldFrom = this.foldBytes;
      this.needsFull = false;
    }
    this.foldIfLong();
    return { ...this.pointer(), written: file.bytes - (full ? 0 : before), nextFull: this.needsFull };
  }

  /** Gives up a fold that is under way. */
  async close(): Promise<void> {
    this.file?.close();
    this.file = undefined;
    await this.folding?.stop();
  }

  /** Resolves when no fold is under way. */
  async folded(): Promise<void> {
    await this.folding?.ended;
  }

  private pointer(): StatePointer {
    return { format: STATE_FORMAT, checkpoint: this.checkpoint, parts: this.parts, bytes: sizeOf(this.parts) };
  }

  private begin(): void {
    void this.folding?.stop();
    this.parts = [];
    this.openNext();
  }

  private openNext(): SegmentFile {
    this.file?.close();
    const name = this.nextName ?? this.newName();
    this.nextName = undefined;
    this.file = new SegmentFile(this.options.folder, name, this.owner);
    return this.file;
  }

  private newName(): string {
    return stateFileName(this.owner, ++this.sequence);
  }

  private get foldBytes(): number {
    return this.options.foldBytes ?? FOLD_BYTES;
  }

  private foldIfLong(): void {
    const total = sizeOf(this.parts);
    const added = total - this.fullBytes;
    if (this.folding !== undefined || this.needsFull || added <= Math.max(this.fullBytes, this.foldFrom)) return;
    if (this.fullBytes <= (this.options.smallBytes ?? SMALL_BYTES)) this.needsFull = true;
    else this.startFold(added);
  }

  private startFold(added: number): void {
    const sealed = this.parts;
    // Older than what follows it, so that nobody takes it for a leftover.
    this.nextName = this.newName();
    const folding = fold({ folder: this.options.folder, owner: this.owner, parts: sealed, file: this.newName() });
    this.folding = folding;
    this.file?.close();
    this.file = undefined;
    void folding.ended.then((result) => {
      if (this.folding === folding) this.folding = undefined;
      if (result.state === "stopped" || this.parts[0] !== sealed[0]) return;
      if (result.state === "folded") {
        this.parts = [result.part, ...this.parts.slice(sealed.length)];
        this.fullBytes = result.part.bytes;
        this.foldFrom = this.foldBytes;
        return;
      }
      this.options.log(result.why);
      // What lies there cannot be read again: it is replaced before it is needed.
      if (result.state === "damaged") this.needsFull = true;
      else this.foldFrom = 2 * added;
    });
  }
}

interface Folding {
  readonly ended: Promise<FoldResult | { readonly state: "stopped" }>;
  stop(): Promise<void>;
}

function fold(request: FoldRequest): Folding {
  const worker = new Worker(new URL("./fold-worker.ts", import.meta.url), { workerData: request, resourceLimits: FOLD_LIMITS });
  let isStopped = false;
  const ended = new Promise<FoldResult | { readonly state: "stopped" }>((resolve) => {
    worker.once("message", (result: FoldResult) => resolve(result));
    worker.once("error", (error) => resolve({ state: "failed", why: `State files could not be folded: ${error.message}` }));
    worker.once("exit", () => resolve({ state: "stopped" }));
  });
  return {
    ended: ended.then((result) => (isStopped ? { state: "stopped" } : result)),
    async stop() {
      isStopped = true;
      await worker.terminate();
      await rm(join(request.folder, request.file), { force: true });
    },
  };
}

function sizeOf(parts: readonly StatePart[]): number {
  return parts.reduce((sum, { bytes }) => sum + bytes, 0);
}
