/**
 * What makes many subtasks one run: it has them begin, asks for checkpoints, makes a checkpoint count when all parts of it are there, and then commits what sinks prepared for
 * after it. It knows nothing of rows.
 *
 * A checkpoint counts when `host.commit` resolves. What a "within" committer commits is visible with it; what an "after" committer commits is visible soon after, and a run that
 * ends in between is completed by the next one (`settle`), which has what was prepared from the checkpoint.
 */
import {
  type BuiltInTransaction,
  type Committer,
  MAX_TIME,
  type Millis,
  type Position,
  type Prepared,
  type RefusedRow,
  type Source,
} from "../node/index.ts";
import type { Checkpoint, CheckpointKind, CheckpointPart, FromSubtask, Positions, Restored, RowCounts, ToSubtask } from "./checkpoint.ts";
import { NodeFailure } from "./node-runtime.ts";

export interface CoordinatorHost {
  now(): Millis;
  /** Waits that long, or less when `wake` is called. */
  pause(ms: number): Promise<void>;
  wake(): void;
  toSubtask(subtask: number, message: ToSubtask): void;
  /** Sinks are about to be opened. Rejects when this run may not, since another has taken over. */
  opens(): Promise<void>;
  /** All are open: what runs before had left is given up. */
  opened(): Promise<void>;
  /** Makes a checkpoint count, all or nothing, calling `commitWithin` inside the shared transaction of the built-in stores. */
  commit(checkpoint: Checkpoint, commitWithin: (via: BuiltInTransaction | undefined) => Promise<void>): Promise<void>;
  /** Keeps rows that the outside refused as dead letters, each once. */
  refused(nodeId: string, rows: readonly RefusedRow[]): Promise<void>;
  onCheckpoint?(info: { id: number; kind: CheckpointKind; at: Millis; bytes: number; tookMs: number }): void;
}

export interface CoordinatorOptions {
  readonly subtasks: number;
  readonly checkpointIntervalMs: number;
  /** By sink node, and of the dead letters. */
  readonly committers: ReadonlyMap<string, Committer>;
  /** To be told of positions that count. */
  readonly sources: ReadonlyMap<string, Source>;
  readonly restored: Restored | undefined;
  /** The last checkpoint that the pipeline has made, kept or not: ids and row counts go on from it. */
  readonly last: { readonly checkpointId: number; readonly rowsOut: RowCounts };
  readonly host: CoordinatorHost;
}

interface Pending {
  readonly id: number;
  cuts: number;
  front: Millis;
  readonly parts: CheckpointPart[];
}

export class Coordinator {
  private readonly options: CoordinatorOptions;
  private opened = 0;
  private ended = 0;
  private pending: Pending | undefined;
  private checkpointId: number;
  private lastCheckpoint: Millis;
  private hasChanged = false;
  private isFull = false;
  private stopping: "savepoint" | "drop" | undefined;
  private failure: { readonly error: unknown } | undefined;
  private savepoints: PromiseWithResolvers<number>[] = [];
  private hasEnded = false;

  constructor(options: CoordinatorOptions) {
    this.options = options;
    this.checkpointId = options.last.checkpointId;
    this.lastCheckpoint = options.host.now();
  }

  /** Asks the run to end; with `savepoint` after one more checkpoint. */
  stop({ savepoint }: { readonly savepoint: boolean }): void {
    this.stopping = savepoint ? "savepoint" : "drop";
    this.options.host.wake();
  }

  /** Makes a savepoint while the run goes on. Resolves with its id; rejects when the run ends before. */
  savepoint(): Promise<number> {
    if (this.hasEnded) return Promise.reject(this.noSavepoint());
    const asked = Promise.withResolvers<number>();
    this.savepoints.push(asked);
    this.options.host.wake();
    return asked.promise;
  }

  /** A subtask failed, or its thread did. */
  fail(error: unknown): void {
    this.failure ??= { error };
    this.options.host.wake();
  }

  onMessage(message: FromSubtask): void {
    switch (message.type) {
      case "opened":
        this.opened++;
        break;
      case "changed":
        this.hasChanged = true;
        break;
      case "full":
        this.isFull = true;
        break;
      case "ended":
        this.ended++;
        break;
      case "cut":
        if (this.pending?.id === message.id) {
          this.pending.cuts++;
          this.pending.front = Math.min(this.pending.front, message.front);
        }
        break;
      case "prepared":
        if (this.pending?.id === message.id) this.pending.parts.push(message.part);
    }
    this.options.host.wake();
  }

  /** Runs until stopped or, with bounded sources, to the end. Rejects with what made it fail. Afterwards every subtask has been told to stop. */
  async run(): Promise<"stopped" | "finished"> {
    try {
      await this.settle();
      await this.options.host.opens();
      this.toAll({ type: "begin" });
      const isOpen = () => this.opened === this.options.subtasks;
      const begun = this.options.host.now();
      await this.until(() => isOpen() || (this.stopping === "savepoint" && this.options.host.now() - begun > OPENING_MS));
      // Nothing was read yet: the newest checkpoint is the savepoint.
      if (!isOpen()) return "stopped";
      await this.options.host.opened();
      return await this.loop();
    } catch (error) {
      if (this.stopping === "drop" && !this.failure) return "stopped";
      this.failure ??= { error };
      throw error;
    } finally {
      this.hasEnded = true;
      this.toAll({ type: "stop" });
      for (const asked of this.savepoints) asked.reject(this.noSavepoint());
      for (const committer of this.options.committers.values()) await committer.close();
    }
  }

  private async loop(): Promise<"stopped" | "finished"> {
    const { host, subtasks, checkpointIntervalMs } = this.options;
    for (;;) {
      if (this.failure) throw this.failure.error;
      if (this.stopping === "drop") return "stopped";
      const asked = this.savepoints.splice(0);
      if (this.stopping === "savepoint") {
        await this.savepointFor(asked, true);
        return "stopped";
      }
      if (this.ended === subtasks) {
        await (asked.length > 0 ? this.savepointFor(asked, true) : this.checkpoint("checkpoint", true));
        return "finished";
      }
      const wait = this.lastCheckpoint + checkpointIntervalMs - host.now();
      if (asked.length > 0) await this.savepointFor(asked, false);
      else if (this.isFull || (this.hasChanged && wait <= 0)) await this.checkpoint("checkpoint", false);
      else await host.pause(this.hasChanged ? wait : checkpointIntervalMs);
    }
  }

  private noSavepoint(): unknown {
    return this.failure?.error ?? new Error("the run ended before its savepoint was made");
  }

  private async savepointFor(asked: readonly PromiseWithResolvers<number>[], isLast: boolean): Promise<void> {
    try {
      const id = await this.checkpoint("savepoint", isLast);
      for (const one of asked) one.resolve(id);
    } catch (error) {
      for (const one of asked) one.reject(error);
      throw error;
    }
  }

  private async checkpoint(kind: CheckpointKind, isLast: boolean): Promise<number> {
    const { host, subtasks, committers, last } = this.options;
    const begun = host.now();
    const pending: Pending = { id: ++this.checkpointId, cuts: 0, front: MAX_TIME, parts: [] };
    this.pending = pending;
    this.hasChanged = false;
    this.isFull = false;
    this.toAll({ type: "checkpoint", id: pending.id, kind });
    await this.until(() => pending.cuts === subtasks);
    // Behind the last picture nothing more is taken in: it would be given up.
    if (!isLast) this.toAll({ type: "resume", front: pending.front });
    await this.until(() => pending.parts.length === subtasks);
    this.pending = undefined;
    const parts = pending.parts.toSorted((a, b) => a.subtask - b.subtask);
    const prepared = this.preparedOf(parts);
    const checkpoint: Checkpoint = {
      id: pending.id,
      kind,
      positions: mergePositions(parts),
      prepared: Object.fromEntries([...prepared].filter(([nodeId]) => committers.get(nodeId)?.phase === "after")),
      states: parts.map(({ state }) => state),
      schemas: Object.assign({}, ...parts.toReversed().map(({ schemas }) => schemas)),
      rowsOut: addUp([last.rowsOut, ...parts.map(({ rowsOut }) => rowsOut)]),
    };
    await host.commit(checkpoint, async (via) => {
      await this.commit("within", prepared, via);
      for (const [nodeId, source] of this.options.sources)
        await blame(nodeId, async () => source.committed?.(checkpoint.positions[nodeId] ?? {}, via));
    });
    await this.commit("after", prepared, undefined);
    const now = host.now();
    this.lastCheckpoint = now;
    host.onCheckpoint?.({ id: pending.id, kind, at: now, bytes: parts.reduce((sum, part) => sum + part.bytes, 0), tookMs: now - begun });
    return pending.id;
  }

  /** Completes the checkpoint that the run goes on from: what was prepared before a crash becomes visible before anything else is opened. */
  private async settle(): Promise<void> {
    const prepared = new Map(Object.entries(this.options.restored?.prepared ?? {}));
    await this.commit("after", prepared, undefined);
  }

  private commit(
    phase: Committer["phase"],
    prepared: ReadonlyMap<string, readonly Prepared[]>,
    via: BuiltInTransaction | undefined,
  ): Promise<void> {
    return commitPrepared(this.options.committers, phase, prepared, via, this.options.host);
  }

  private preparedOf(parts: readonly CheckpointPart[]): ReadonlyMap<string, readonly Prepared[]> {
    const prepared = new Map<string, Prepared[]>();
    for (const part of parts)
      for (const [nodeId, one] of Object.entries(part.prepared)) prepared.set(nodeId, [...(prepared.get(nodeId) ?? []), one]);
    return prepared;
  }

  private toAll(message: ToSubtask): void {
    for (let subtask = 0; subtask < this.options.subtasks; subtask++) this.options.host.toSubtask(subtask, message);
  }

  private async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) {
      if (this.failure) throw this.failure.error;
      if (this.stopping === "drop") throw new Error("stopped");
      await this.options.host.pause(WATCH_MS);
    }
  }
}

/** Has each committer of the phase make visible what its sink prepared; refused rows go to `host`. Rejects with `NodeFailure`. */
export async function commitPrepared(
  committers: ReadonlyMap<string, Committer>,
  phase: Committer["phase"],
  prepared: ReadonlyMap<string, readonly Prepared[]>,
  via: BuiltInTransaction | undefined,
  host: Pick<CoordinatorHost, "refused">,
): Promise<void> {
  for (const [nodeId, committer] of committers) {
    const parts = prepared.get(nodeId);
    if (committer.phase !== phase || parts === undefined) continue;
    const refused: RefusedRow[] = [];
    await blame(nodeId, () => committer.commit(parts, via, (row) => refused.push(row)));
    if (refused.length > 0) await host.refused(nodeId, refused);
  }
}

/** What takes longer to be opened is being made ready (fetched, started); nobody who stops the run waits for that. */
const OPENING_MS = 5_000;
/** Messages wake the coordinator; this is for what no message tells of. */
const WATCH_MS = 1_000;

function mergePositions(parts: readonly CheckpointPart[]): Positions {
  const merged: Record<string, Record<string, Position>> = {};
  for (const { positions } of parts)
    for (const [nodeId, bySplit] of Object.entries(positions)) Object.assign((merged[nodeId] ??= {}), bySplit);
  return merged;
}

/** Sums by name. */
export function addUp(all: readonly RowCounts[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const one of all) for (const [name, count] of Object.entries(one)) sums[name] = (sums[name] ?? 0) + count;
  return sums;
}

async function blame<T>(nodeId: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof NodeFailure ? error : new NodeFailure(nodeId, error);
  }
}
