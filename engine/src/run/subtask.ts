/**
 * The loop of one subtask: it reads its splits in turn, pushes their records and what other subtasks send through its task, moves the clock, and takes its part of
 * checkpoints. All that it knows of the outside comes in through `SubtaskHost`, so that a simulation can run the same loop under a clock of its own.
 *
 * A checkpoint is a cut between two batches. Asked for one, a subtask takes no more records in; behind its last row it sends a barrier through each exchange, once those that feed the exchange have brought
 * theirs, so that when all barriers have come nothing is under way. Then it takes its picture (`cut`), in one turn and without waiting for any I/O, and goes on when all
 * others have theirs; what the picture holds is written meanwhile.
 */
import {
  MAX_TIME,
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
import type { CheckpointKind, CheckpointPart, FromSubtask, Positions, Replay, Restored, ToSubtask } from "./checkpoint.ts";
import type { ExchangeBatch } from "./exchange-batch.ts";
import { Horizon, SteppedReader } from "./in-step.ts";
import { NodeFailure } from "./node-runtime.ts";
import { ownerOfSplit, type RunPlan } from "./plan.ts";
import type { SnapshotEntry } from "./snapshot.ts";
import type { Task } from "./task.ts";
import { type SplitFacts, SplitWatermarks } from "./watermark.ts";

export interface SubtaskHost {
  now(): Millis;
  /** Waits that long, or less when `wake` is called; always lets other work of the thread go first. */
  pause(ms: number): Promise<void>;
  wake(): void;
  toCoordinator(message: FromSubtask): void;
  /** A batch was worked off: its sender may send another. */
  giveCredit(batch: ExchangeBatch): void;
  /** Writes state. Reads `entries` to the end before it first waits. `full`: the entries are all there is; else what changed since the call before. `nextFull`: the increments have grown too long. */
  writeState(
    checkpointId: number,
    full: boolean,
    entries: Iterable<SnapshotEntry>,
  ): Promise<{ readonly state: unknown; readonly bytes: number; readonly nextFull: boolean }>;
}

export interface SubtaskOptions {
  readonly graph: TypedGraph;
  readonly plan: RunPlan;
  readonly subtask: number;
  readonly task: Task;
  /** Of the nodes that run here. */
  readonly sources: ReadonlyMap<string, Source>;
  /** Of the nodes that run here, and the one that keeps dead letters. */
  readonly sinks: ReadonlyMap<string, Sink>;
  readonly host: SubtaskHost;
  /** What was restored is the whole of what this subtask had, and of that alone: snapshots go on from it. Left out: the first one holds everything. */
  readonly goesOn?: boolean;
  readonly restored: Pick<Restored, "positions"> | undefined;
  /** Dead letters to replay, as a split of their own with a position in the checkpoint. */
  readonly replays?: { readonly reader: SplitReader; read(reader: SplitReader): Promise<readonly Replay[]> };
}

/** Records read of a split at a time; once a source's splits have given so many, the others wait for the next round: messages and the clock come first. */
const BATCH = 2_000;
/** Flink's default watermark interval. */
const PERIODIC_MS = 200;
const DISCOVERY_MS = 5_000;
const DEFAULT_IDLE_MS = 5_000;
const IDLE_PAUSE_MS = 10;
/** Under this name a checkpoint holds the position among the replays. */
export const REPLAYS = "__replays";

interface OpenSplit {
  readonly split: Split;
  readonly reader: SteppedReader;
  /** It can be read in parts. */
  readonly isStepped: boolean;
  ended: boolean;
}

interface OpenSource {
  readonly nodeId: string;
  readonly source: Source;
  readonly splits: OpenSplit[];
  /** Reading goes on with this one: where there is room for few records, all splits still have their turn. */
  next: number;
  readonly watermarks: SplitWatermarks;
  /** See `inStepMs` of a spec. */
  readonly stepMs: number | undefined;
  /** No split of this subtask is to come any more. */
  isComplete: boolean;
  idle: boolean;
  hasEnded: boolean;
}

/** One split of a source: where it comes from, and how far it is. */
export interface SplitStatus extends SplitFacts {
  /** A topic, a file. */
  readonly origin: string;
  readonly partition?: number;
}

function isInStep({ stepMs, hasEnded }: OpenSource, { isStepped, ended }: OpenSplit): boolean {
  return stepMs !== undefined && isStepped && !hasEnded && !ended;
}

const ENDED: SplitFacts = { watermark: MAX_TIME, isIdle: false };

/** A checkpoint on its way. */
interface Cutting {
  readonly id: number;
  readonly kind: CheckpointKind;
  /** Exchanges through which this subtask has sent its barrier. */
  readonly sent: Set<number>;
  /** Barriers that are still to come, by exchange. */
  readonly missing: Map<number, number>;
  /** Nodes that have all their rows of the checkpoint, and have spoken once more. */
  readonly spoken: Set<string>;
}

export class Subtask {
  private readonly options: SubtaskOptions;
  private readonly sources: OpenSource[] = [];
  private readonly begun = Promise.withResolvers<void>();
  private readonly stopped = Promise.withResolvers<void>();
  private readonly inbox: ExchangeBatch[] = [];
  /** By exchange: the sending ends that its rows can lead to. */
  private readonly downstream: ReadonlyMap<number, readonly number[]>;
  private asked: { readonly id: number; readonly kind: CheckpointKind } | undefined;
  private cutting: Cutting | undefined;
  /** Barriers that came before the coordinator's word did: by checkpoint and exchange. */
  private readonly early = new Map<number, Map<number, number>>();
  /** The picture is taken, and others have not taken theirs. */
  private isHeld = false;
  private isStopped = false;
  private nextFull: boolean;
  private hasChanged = false;
  private hasToldOfChange = false;
  private hasAskedForRoom = false;
  private hasEnded = false;
  /** Of the sources that are read in step, if there are any. */
  private horizon: Horizon | undefined;
  private lastPeriodic = MIN_TIME;
  private lastDiscovery = MIN_TIME;
  /** What went wrong first. */
  private failure: { readonly error: unknown } | undefined;

  constructor(options: SubtaskOptions) {
    this.options = options;
    this.nextFull = options.goesOn !== true;
    const { exchanges } = options.plan;
    this.downstream = new Map(
      exchanges.map(({ id }) => [id, exchanges.filter(({ upstream }) => upstream.includes(id)).map((next) => next.id)]),
    );
  }

  onMessage(message: ToSubtask): void {
    switch (message.type) {
      case "begin":
        this.begun.resolve();
        break;
      case "checkpoint":
        this.asked = message;
        break;
      case "resume":
        this.horizon?.moveTo(message.front);
        this.isHeld = false;
        break;
      case "stop":
        this.isStopped = true;
        this.begun.resolve();
        this.stopped.resolve();
    }
    this.options.host.wake();
  }

  onBatch(batch: ExchangeBatch): void {
    this.inbox.push(batch);
    this.options.host.wake();
  }

  onCredit(exchange: number, receiver: number): void {
    this.options.task.outputs.find((output) => output.exchange.id === exchange)?.credit(receiver);
    this.options.host.wake();
  }

  /** To be given to the task as its `onBarrier`. */
  onBarrier(exchange: number, _from: number, checkpointId: number): void {
    const { cutting } = this;
    if (cutting?.id === checkpointId) {
      cutting.missing.set(exchange, (cutting.missing.get(exchange) as number) - 1);
      return;
    }
    const early = this.early.get(checkpointId) ?? new Map<number, number>();
    early.set(exchange, (early.get(exchange) ?? 0) + 1);
    this.early.set(checkpointId, early);
  }

  /** Records still to read, by source node, as far as its splits know. */
  lag(): Readonly<Record<string, number>> {
    const lags: Record<string, number> = {};
    for (const { nodeId, splits } of this.sources) {
      const known = splits.map(({ reader }) => reader.lag).filter((lag) => lag !== undefined);
      if (known.length > 0) lags[nodeId] = known.reduce((sum, lag) => sum + lag, 0);
    }
    return lags;
  }

  /** By source node, its splits that this subtask reads. */
  splits(): Readonly<Record<string, readonly SplitStatus[]>> {
    return Object.fromEntries(
      this.sources.map(({ nodeId, splits, watermarks }) => [
        nodeId,
        splits.map(({ split }) => ({
          origin: split.origin,
          ...(split.partition !== undefined && { partition: split.partition }),
          ...(watermarks.factsOf(split.id) ?? ENDED),
        })),
      ]),
    );
  }

  /** Runs until it is told to stop. Rejects with what made it fail (`NodeFailure` where a node is to blame). What was not prepared is given up. */
  async run(): Promise<void> {
    const { host, sinks } = this.options;
    try {
      await this.begun.promise;
      // To open a sink is to give up what one before it prepared: not when nobody could commit that.
      if (this.isStopped) return;
      for (const [nodeId, sink] of sinks) {
        // What it writes to may take minutes to be made ready; nobody who stops the run waits for that.
        await this.blame(nodeId, () => Promise.race([sink.open?.(), this.stopped.promise]));
        if (this.isStopped) return;
      }
      await this.openSources();
      host.toCoordinator({ type: "opened" });
      while (!this.isStopped) await host.pause((await this.step()) ? 0 : IDLE_PAUSE_MS);
    } catch (error) {
      this.failure ??= { error };
    } finally {
      for (const closed of await this.close()) if (closed.status === "rejected") this.failure ??= { error: closed.reason };
    }
    if (this.failure) throw this.failure.error;
  }

  /** One round. True when there may be more to do at once. */
  private async step(): Promise<boolean> {
    const { task, host } = this.options;
    if (this.failure) throw this.failure.error;
    if (this.asked) this.beginCut(this.asked);
    let isBusy = this.takeBatches();
    if (this.cutting === undefined && !this.isHeld) {
      if (task.deliver()) {
        this.hasChanged = true;
        isBusy = true;
      }
      if (this.hasRoom) isBusy = (await this.read()) || isBusy;
      const now = host.now();
      if (now - this.lastPeriodic >= PERIODIC_MS) this.periodic(now);
      if (now - this.lastDiscovery >= DISCOVERY_MS) await this.discover(now);
    }
    for (const output of task.outputs) output.flush();
    this.tellChanges();
    if (this.cutting !== undefined) isBusy = this.cut(this.cutting) || isBusy;
    return isBusy;
  }

  /** Works off what other subtasks sent, as far as what comes of it can go on. */
  private takeBatches(): boolean {
    const { task, host } = this.options;
    // What is under way to a checkpoint must come, or the full sinks would wait for it for ever.
    if (this.cutting === undefined && (!this.sinksHaveRoom || this.options.task.isWaiting)) return false;
    let taken = 0;
    for (let i = 0; i < this.inbox.length; i++) {
      const batch = this.inbox[i] as ExchangeBatch;
      if (this.isBlocked(batch.exchange)) continue;
      this.inbox.splice(i--, 1);
      taken++;
      this.hasChanged = true;
      task.receive(batch);
      host.giveCredit(batch);
    }
    return taken > 0;
  }

  private isBlocked(exchange: number): boolean {
    const next = this.downstream.get(exchange) ?? [];
    return next.length > 0 && this.options.task.outputs.some((output) => output.isBlocked && next.includes(output.exchange.id));
  }

  private get hasRoom(): boolean {
    return this.sinksHaveRoom && !this.options.task.isWaiting && !this.options.task.outputs.some((output) => output.isBlocked);
  }

  /** Asks for a checkpoint when they have not. */
  private get sinksHaveRoom(): boolean {
    for (const sink of this.options.sinks.values()) {
      if (!sink.isFull) continue;
      if (!this.hasAskedForRoom) {
        this.hasAskedForRoom = true;
        this.options.host.toCoordinator({ type: "full" });
      }
      return false;
    }
    return true;
  }

  private async read(): Promise<boolean> {
    let read = await this.readReplays();
    const horizon = await this.nextHorizon();
    for (const source of this.sources) read += await this.readSource(source, horizon);
    return read > 0;
  }

  /** Looks at what waits in the splits that are read in step, and how far they may be read now. */
  private async nextHorizon(): Promise<Millis> {
    const { horizon } = this;
    if (horizon === undefined) return MAX_TIME;
    for (const open of this.sources) for (const part of open.splits) if (isInStep(open, part)) await this.fill(open, part);
    const { front } = this;
    if (!this.options.task.isAsking && horizon.asks(front)) this.options.host.toCoordinator({ type: "full" });
    return horizon.at(front);
  }

  /** Time of the earliest record that waits here to be read in step; the largest time when none does. */
  private get front(): Millis {
    let front = MAX_TIME;
    for (const open of this.sources) for (const part of open.splits) if (isInStep(open, part)) front = Math.min(front, part.reader.front);
    return front;
  }

  /** False at the split's end. */
  private async fill(open: OpenSource, part: OpenSplit): Promise<boolean> {
    if (await this.blame(open.nodeId, () => part.reader.fill(BATCH))) return true;
    part.ended = true;
    this.hasChanged = true;
    open.watermarks.onEnd(part.split.id);
    return false;
  }

  private async readSource(open: OpenSource, horizon: Millis): Promise<number> {
    if (open.hasEnded) return 0;
    const { task, host } = this.options;
    let read = 0;
    for (let left = open.splits.length; left > 0 && read < BATCH; left--) {
      const part = open.splits[open.next++ % open.splits.length] as OpenSplit;
      if (part.ended) continue;
      const inStep = isInStep(open, part);
      if (!inStep && !(await this.fill(open, part))) continue;
      const batch = part.reader.take(inStep ? horizon : Number.POSITIVE_INFINITY);
      if (batch === undefined) continue;
      read += batch.count;
      this.hasChanged = true;
      if (open.idle) {
        open.idle = false;
        task.pushIdle(open.nodeId, false);
      }
      const maxTime = task.pushBatch(open.nodeId, part.split, batch);
      open.watermarks.onRecords(part.split.id, maxTime, host.now());
      batch.release?.();
      task.pushWatermark(open.nodeId, open.watermarks.current(host.now()).watermark);
      if (!this.hasRoom) break;
    }
    if (open.isComplete && open.splits.every((part) => part.ended)) this.endSource(open);
    return read;
  }

  private endSource(open: OpenSource): void {
    open.hasEnded = true;
    this.hasChanged = true;
    this.options.task.end(open.nodeId);
  }

  private async readReplays(): Promise<number> {
    const { replays, task } = this.options;
    if (!replays) return 0;
    const found = await replays.read(replays.reader);
    for (const replay of found) {
      this.hasChanged = true;
      if (task.nodes.has(replay.nodeId)) task.replay(replay);
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

  private tellChanges(): void {
    const { task, host } = this.options;
    if (task.isEnded && !this.hasEnded) {
      this.hasEnded = true;
      host.toCoordinator({ type: "ended" });
    }
    if (this.hasToldOfChange || (!this.hasChanged && !task.isDirty)) return;
    this.hasToldOfChange = true;
    host.toCoordinator({ type: "changed" });
  }

  private beginCut({ id, kind }: { readonly id: number; readonly kind: CheckpointKind }): void {
    this.asked = undefined;
    const { plan, subtask } = this.options;
    const inbound = plan.exchanges.filter(({ receivers }) => subtask < receivers);
    const early = this.early.get(id);
    this.early.delete(id);
    const missing = inbound.map(({ id: exchange, senders }): [number, number] => [
      exchange,
      senders - (subtask < senders ? 1 : 0) - (early?.get(exchange) ?? 0),
    ]);
    this.cutting = { id, kind, sent: new Set(), missing: new Map(missing), spoken: new Set() };
  }

  /** Sends the barriers that are due; takes the picture when all have come. True when it did. */
  private cut(cutting: Cutting): boolean {
    const { plan, task, host } = this.options;
    const hasCome = (exchange: number) => (cutting.missing.get(exchange) ?? 0) <= 0;
    // Operators with a watermark of their own speak once more, behind the last of their rows: what they saw is in their watermark alone.
    const speaking = [...task.nodes.keys()].filter((id) => !cutting.spoken.has(id) && plan.behind.get(id)?.every(hasCome));
    if (speaking.length > 0) task.advanceClock(host.now(), new Set(speaking));
    for (const id of speaking) cutting.spoken.add(id);
    for (const output of task.outputs) {
      const { id, upstream } = output.exchange;
      if (cutting.sent.has(id) || !upstream.every(hasCome)) continue;
      cutting.sent.add(id);
      output.barrier(cutting.id);
    }
    if (cutting.sent.size < task.outputs.length || ![...cutting.missing.keys()].every(hasCome)) return false;
    this.cutting = undefined;
    this.isHeld = true;
    this.hasChanged = false;
    this.hasToldOfChange = false;
    void this.takePicture(cutting);
    return true;
  }

  private async takePicture({ id, kind }: Cutting): Promise<void> {
    const { host, sinks, task, subtask } = this.options;
    try {
      const preparing = [...sinks].map(
        async ([nodeId, sink]): Promise<[string, Prepared]> => [nodeId, await this.blame(nodeId, () => sink.prepare(id))],
      );
      const positions = this.positions();
      const rowsOut = task.rowsOut();
      const full = this.nextFull || kind === "savepoint";
      const writing = host.writeState(id, full, task.snapshot(full));
      host.toCoordinator({ type: "cut", id, front: this.front });
      const settled = await Promise.allSettled([writing, ...preparing]);
      this.hasAskedForRoom = false;
      for (const one of settled) if (one.status === "rejected") throw one.reason;
      const { state, bytes, nextFull } = await writing;
      this.nextFull = nextFull;
      const prepared = Object.fromEntries(await Promise.all(preparing));
      const part: CheckpointPart = { subtask, positions, prepared, state, bytes, schemas: task.stateSchemas(), rowsOut };
      host.toCoordinator({ type: "prepared", id, part });
    } catch (error) {
      this.failure ??= { error };
      host.wake();
    }
  }

  private positions(): Positions {
    const positions: Record<string, Record<string, Position>> = {};
    for (const open of this.sources)
      positions[open.nodeId] = Object.fromEntries(open.splits.map(({ split, reader }) => [split.id, reader.position()]));
    const { replays } = this.options;
    if (replays) positions[REPLAYS] = { [REPLAYS]: replays.reader.position() };
    return positions;
  }

  private async openSources(): Promise<void> {
    const { graph, plan, sources, host } = this.options;
    const steps: number[] = [];
    for (const node of graph.nodes) {
      const source = sources.get(node.id);
      if (!source) continue;
      const stepMs = node.disabled ? undefined : node.spec.inStepMs?.(node.params);
      if (stepMs !== undefined) steps.push(stepMs);
      const open: OpenSource = {
        nodeId: node.id,
        stepMs,
        source,
        splits: [],
        next: 0,
        watermarks: new SplitWatermarks(node.spec.idleAfterMs?.(node.params) ?? DEFAULT_IDLE_MS),
        isComplete: false,
        idle: false,
        hasEnded: false,
      };
      this.sources.push(open);
      await this.openSplits(open, host.now());
      if (node.disabled) this.endSource(open);
    }
    if (steps.length > 0) this.horizon = new Horizon(Math.min(...steps), plan.subtasks > 1);
    this.lastDiscovery = host.now();
  }

  private async openSplits(open: OpenSource, now: Millis): Promise<void> {
    const { plan, subtask, restored } = this.options;
    await this.blame(open.nodeId, async () => {
      const splits = await open.source.splits();
      for (const split of splits) {
        if (ownerOfSplit(split, plan.parallelism.get(open.nodeId) ?? 1) !== subtask) continue;
        if (open.splits.some((other) => other.split.id === split.id)) continue;
        const position = restored?.positions[open.nodeId]?.[split.id];
        const reader = await open.source.open(split, position);
        open.splits.push({ split, reader: new SteppedReader(reader), isStepped: reader.positionAt !== undefined, ended: false });
        open.watermarks.add(split.id, now);
      }
      open.isComplete = splits.length > 0 && splits.every(({ bounded }) => bounded);
    });
  }

  private async discover(now: Millis): Promise<void> {
    this.lastDiscovery = now;
    for (const open of this.sources) if (!open.hasEnded) await this.openSplits(open, now);
  }

  /** Whatever cannot be closed, the rest is. */
  private close(): Promise<readonly PromiseSettledResult<void>[]> {
    const { sinks, replays } = this.options;
    const sources = this.sources.map(({ nodeId, source, splits }) =>
      this.blame(nodeId, async () => {
        for (const { reader } of splits) await reader.close();
        await source.close();
      }),
    );
    const ends = [...sinks].map(([nodeId, sink]) =>
      this.blame(nodeId, async () => {
        await sink.abort();
        await sink.close();
      }),
    );
    this.options.task.close();
    return Promise.allSettled([...sources, ...ends, replays?.reader.close()]);
  }

  private async blame<T>(nodeId: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw error instanceof NodeFailure ? error : new NodeFailure(nodeId, error);
    }
  }
}
