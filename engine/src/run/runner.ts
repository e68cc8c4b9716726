/**
 * The loop of a real run: reads splits in turn, pushes their records through the task, moves the clock, and makes checkpoints. All it knows of the outside comes
 * in through `RunnerHost`, so that a simulation can run the same loop under a clock and a store of its own.
 *
 * A checkpoint counts when `commit` resolves: it covers exactly the records pushed so far (batches are never split by one), the state they
 * made and the rows they staged. Until then nothing of it may be seen outside.
 */
import {
  type BuiltInTransaction,
  type Committer,
  MIN_TIME,
  type Millis,
  type Position,
  type Prepared,
  type Sink,
  type Source,
  type Split,
  type SplitReader,
} from "../node/index.ts";
import type { TypedGraph } from "../pipeline/index.ts";
import type { RowKind } from "../schema/index.ts";
import type { StateSchema } from "./keyed-state.ts";
import { NodeFailure } from "./node-runtime.ts";
import type { DeadLetter, SnapshotEntry, Task } from "./task.ts";
import { SplitWatermarks } from "./watermark.ts";

export interface RunnerHost {
  now(): Millis;
  /** Waits that long, or less when `wake` is called; always lets other work of the thread go first. */
  pause(ms: number): Promise<void>;
  /** Makes a checkpoint count, all or nothing, calling `commitWithin` inside the shared transaction of the built-in stores. Resolves with the bytes written, and whether the next should be full (the increments have grown too long). */
  commit(
    checkpoint: Checkpoint,
    commitWithin: (via: BuiltInTransaction | undefined) => Promise<void>,
  ): Promise<{ bytes: number; nextFull: boolean }>;
  onCheckpoint?(info: { id: number; at: Millis; bytes: number; tookMs: number }): void;
}

export interface Checkpoint {
  readonly id: number;
  readonly kind: "checkpoint" | "savepoint";
  /** By source node and split. */
  readonly positions: Positions;
  /** What sinks prepared that commit after the checkpoint, by node. */
  readonly prepared: Readonly<Record<string, Prepared>>;
  /** `full`: all state; else what changed since the checkpoint before. Read once. */
  readonly full: boolean;
  readonly entries: Iterable<SnapshotEntry>;
  readonly schemas: Readonly<Record<string, StateSchema>>;
  readonly deadLetters: readonly DeadLetter[];
}

export type Positions = Readonly<Record<string, Readonly<Record<string, Position>>>>;

export interface Restored {
  readonly checkpointId: number;
  readonly positions: Positions;
  readonly prepared: Checkpoint["prepared"];
}

/** A dead letter that goes into its node's input once more. */
export interface Replay {
  readonly nodeId: string;
  readonly port: string;
  readonly kind: RowKind;
  readonly time: Millis | null;
  readonly bytes: Uint8Array;
}

export interface RunnerOptions {
  readonly graph: TypedGraph;
  readonly task: Task;
  readonly sources: ReadonlyMap<string, Source>;
  readonly sinks: ReadonlyMap<string, Sink>;
  readonly committers: ReadonlyMap<string, Committer>;
  readonly host: RunnerHost;
  readonly restored: Restored | undefined;
  /** Dead letters to replay, as a split of their own with a position in the checkpoint. */
  readonly replays?: { readonly reader: SplitReader; read(reader: SplitReader): Promise<readonly Replay[]> };
  /** The task's dead letters since the last call. */
  takeDeadLetters(): { readonly letters: readonly DeadLetter[]; readonly bytes: number };
  pendingDeadLetterBytes(): number;
}

/** Records pushed between two looks at the clock. */
const BATCH = 2_000;
/** Flink's default watermark interval. */
const PERIODIC_MS = 200;
const DISCOVERY_MS = 5_000;
const DEFAULT_IDLE_MS = 5_000;
const IDLE_PAUSE_MS = 10;
const DEAD_LETTER_LIMIT = 4 << 20;
const REPLAYS = "__replays";

interface OpenSplit {
  readonly split: Split;
  readonly reader: SplitReader;
  ended: boolean;
}

interface OpenSource {
  readonly nodeId: string;
  readonly source: Source;
  readonly splits: OpenSplit[];
  readonly watermarks: SplitWatermarks;
  idle: boolean;
  hasEnded: boolean;
}

export class Runner {
  private readonly options: RunnerOptions;
  private readonly sources: OpenSource[] = [];
  private stopping: "savepoint" | "drop" | undefined;
  private checkpointId: number;
  private nextFull = true;
  private changed = false;
  private lastPeriodic = MIN_TIME;
  private lastCheckpoint: Millis;
  private lastDiscovery: Millis;

  constructor(options: RunnerOptions) {
    this.options = options;
    this.checkpointId = options.restored?.checkpointId ?? 0;
    this.lastCheckpoint = options.host.now();
    this.lastDiscovery = options.host.now();
  }

  /** Asks the run to end; with `savepoint` after one more checkpoint. */
  stop(how: { readonly savepoint: boolean }): void {
    this.stopping = how.savepoint ? "savepoint" : "drop";
  }

  /** Records still to read, by source node, as far as its splits know. */
  lag(): Readonly<Record<string, number>> {
    const lags: Record<string, number> = {};
    for (const { nodeId, splits } of this.sources) {
      const known = splits.map(({ reader }) => (reader as SplitReader & { readonly lag?: number }).lag).filter((lag) => lag !== undefined);
      if (known.length > 0) lags[nodeId] = known.reduce((sum, lag) => sum + lag, 0);
    }
    return lags;
  }

  /** Runs until stopped or, with bounded sources, to the end. Rejects with what made it fail (`NodeFailure` where a node is to blame); nothing uncommitted stays behind. */
  async run(): Promise<"stopped" | "finished"> {
    try {
      if (this.options.restored) await this.commitSinks("after", this.options.restored.prepared, undefined);
      for (const [nodeId, sink] of this.options.sinks) await this.blame(nodeId, async () => sink.open?.());
      await this.openSources();
      const end = await this.loop();
      if (this.stopping !== "drop") await this.checkpoint(this.stopping === "savepoint" ? "savepoint" : "checkpoint");
      return end;
    } finally {
      await this.close();
    }
  }

  private async loop(): Promise<"stopped" | "finished"> {
    const { host, task, graph } = this.options;
    while (this.stopping === undefined) {
      let read = await this.readReplays();
      for (const source of this.sources) read += await this.readSource(source);
      const now = host.now();
      if (now - this.lastPeriodic >= PERIODIC_MS) this.periodic(now);
      if (now - this.lastCheckpoint >= graph.settings.checkpointIntervalMs && this.isChanged) await this.checkpoint("checkpoint");
      if (now - this.lastDiscovery >= DISCOVERY_MS) await this.discover(now);
      if (this.sources.length > 0 && task.isEnded) return "finished";
      await host.pause(read === 0 ? IDLE_PAUSE_MS : 0);
    }
    return "stopped";
  }

  private get isChanged(): boolean {
    return this.changed || this.options.task.isDirty;
  }

  private async openSources(): Promise<void> {
    const { graph, sources, host } = this.options;
    for (const node of graph.nodes) {
      const source = sources.get(node.id);
      if (!source) continue;
      const open: OpenSource = {
        nodeId: node.id,
        source,
        splits: [],
        watermarks: new SplitWatermarks(node.spec.idleAfterMs?.(node.params) ?? DEFAULT_IDLE_MS),
        idle: false,
        hasEnded: false,
      };
      this.sources.push(open);
      await this.openSplits(open, host.now());
      if (node.disabled) this.endSource(open);
    }
  }

  private async openSplits(open: OpenSource, now: Millis): Promise<void> {
    await this.blame(open.nodeId, async () => {
      for (const split of await open.source.splits()) {
        if (open.splits.some((other) => other.split.id === split.id)) continue;
        const position = this.options.restored?.positions[open.nodeId]?.[split.id];
        open.splits.push({ split, reader: await open.source.open(split, position), ended: false });
        open.watermarks.add(split.id, now);
      }
    });
  }

  private async discover(now: Millis): Promise<void> {
    this.lastDiscovery = now;
    for (const open of this.sources) if (!open.hasEnded) await this.openSplits(open, now);
  }

  private async readSource(open: OpenSource): Promise<number> {
    if (open.hasEnded) return 0;
    const { task, host } = this.options;
    let read = 0;
    for (const part of open.splits) {
      if (part.ended) continue;
      const batch = await this.blame(open.nodeId, () => part.reader.read(BATCH, 0));
      if (batch === undefined) {
        part.ended = true;
        open.watermarks.onEnd(part.split.id);
        continue;
      }
      if (batch.count === 0) continue;
      read += batch.count;
      this.changed = true;
      if (open.idle) {
        open.idle = false;
        task.pushIdle(open.nodeId, false);
      }
      task.pushBatch(open.nodeId, part.split, batch);
      open.watermarks.onRecords(part.split.id, maxTime(batch), host.now());
      task.pushWatermark(open.nodeId, open.watermarks.current(host.now()).watermark);
      if (this.isFull) await this.checkpoint("checkpoint");
    }
    if (open.splits.length > 0 && open.splits.every((part) => part.ended)) this.endSource(open);
    return read;
  }

  private endSource(open: OpenSource): void {
    open.hasEnded = true;
    this.changed = true;
    this.options.task.end(open.nodeId);
  }

  private async readReplays(): Promise<number> {
    const { replays, task } = this.options;
    if (!replays) return 0;
    const found = await replays.read(replays.reader);
    for (const replay of found) {
      this.changed = true;
      if (task.nodes.has(replay.nodeId))
        task.pushInto(
          replay.nodeId,
          replay.port,
          { bytes: replay.bytes, start: 0, end: replay.bytes.length },
          replay.time ?? MIN_TIME,
          replay.kind,
        );
    }
    return found.length;
  }

  private periodic(now: Millis): void {
    const { task } = this.options;
    this.lastPeriodic = now;
    task.refillTaps();
    for (const open of this.sources) {
      if (open.hasEnded) continue;
      const { watermark, isIdle } = open.watermarks.current(now);
      task.pushWatermark(open.nodeId, watermark);
      if (isIdle !== open.idle) {
        open.idle = isIdle;
        task.pushIdle(open.nodeId, isIdle);
      }
    }
    task.advanceClock(now);
  }

  private get isFull(): boolean {
    if (this.options.pendingDeadLetterBytes() > DEAD_LETTER_LIMIT) return true;
    for (const sink of this.options.sinks.values()) if (sink.isFull) return true;
    return false;
  }

  private async checkpoint(kind: "checkpoint" | "savepoint"): Promise<void> {
    const { task, sinks, host, replays } = this.options;
    const begun = host.now();
    const id = ++this.checkpointId;
    const { committers } = this.options;
    const prepared: Record<string, Prepared> = {};
    for (const [nodeId, sink] of sinks) prepared[nodeId] = await this.blame(nodeId, () => sink.prepare(id));
    const positions: Record<string, Record<string, Position>> = {};
    for (const open of this.sources)
      positions[open.nodeId] = Object.fromEntries(open.splits.map(({ split, reader }) => [split.id, reader.position()]));
    if (replays) positions[REPLAYS] = { [REPLAYS]: replays.reader.position() };
    const full = this.nextFull || kind === "savepoint";
    const { letters } = this.options.takeDeadLetters();
    const checkpoint = {
      id,
      kind,
      positions,
      prepared: Object.fromEntries(Object.entries(prepared).filter(([nodeId]) => committers.get(nodeId)?.phase === "after")),
      full,
      entries: task.snapshot(full),
      schemas: task.stateSchemas(),
      deadLetters: letters,
    };
    const { bytes, nextFull } = await host.commit(checkpoint, async (via) => {
      await this.commitSinks("within", prepared, via);
      for (const { nodeId, source } of this.sources) await this.blame(nodeId, async () => source.committed?.(positions[nodeId] ?? {}, via));
    });
    await this.commitSinks("after", prepared, undefined);
    task.markClean();
    this.nextFull = nextFull;
    this.changed = false;
    const now = host.now();
    this.lastCheckpoint = now;
    host.onCheckpoint?.({ id, at: now, bytes, tookMs: now - begun });
  }

  private async commitSinks(
    phase: Committer["phase"],
    prepared: Checkpoint["prepared"],
    via: BuiltInTransaction | undefined,
  ): Promise<void> {
    for (const [nodeId, committer] of this.options.committers) {
      const part = prepared[nodeId];
      if (committer.phase === phase && part !== undefined) await this.blame(nodeId, () => committer.commit([part], via));
    }
  }

  private async close(): Promise<void> {
    const { sinks, committers, replays } = this.options;
    for (const open of this.sources) {
      for (const { reader } of open.splits) await reader.close();
      await open.source.close();
    }
    for (const sink of sinks.values()) {
      await sink.abort();
      await sink.close();
    }
    for (const committer of committers.values()) await committer.close();
    await replays?.reader.close();
  }

  private async blame<T>(nodeId: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw error instanceof NodeFailure ? error : new NodeFailure(nodeId, error);
    }
  }
}

function maxTime(batch: { readonly count: number; time(i: number): Millis }): Millis {
  let max = MIN_TIME;
  for (let i = 0; i < batch.count; i++) {
    const time = batch.time(i);
    if (time > max) max = time;
  }
  return max;
}
