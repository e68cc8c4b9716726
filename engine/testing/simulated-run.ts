/**
 * A whole run, its coordinator and all of its subtasks, in one thread under a seeded scheduler: every pause, every message between two subtasks and every answer from outside is
 * an event whose turn the seed decides. The run is crashed, stopped, failed, taken over while it still lives, and begun again from its newest checkpoint, at the same or another
 * parallelism, as a server does it; what became visible is the result.
 */
import { isDeepStrictEqual } from "node:util";
import type { ByteRange, Committer, DimensionStore, NodeType, Prepared, RunClaim, Sink, Source, SplitReader } from "../src/node/index.ts";
import type { TypedGraph } from "../src/pipeline/index.ts";
import {
  type Checkpoint,
  type DeadLetter,
  type PortCounts,
  parallelismIn,
  REPLAYS,
  type Replay,
  type SnapshotEntry,
} from "../src/run/index.ts";
import { SeededScheduler } from "./seeded-scheduler.ts";
import { type SimulatedSource, SimulatedWorld, type StatePointer, type StoreTransaction, type VisibleRow } from "./simulated-world.ts";
import { type WiredRun, wireRun } from "./wired-run.ts";

export interface Simulation {
  readonly seed: number;
  /** What the run executes in its nth life, from 0; the last is used for all further lives. */
  readonly graphs: readonly TypedGraph[];
  readonly nodeTypes: ReadonlyMap<string, NodeType>;
  /** By source node. */
  readonly sources: ReadonlyMap<string, SimulatedSource>;
  /** By sink node; of the others rows are counted and let go. */
  readonly sinks: ReadonlyMap<string, { readonly phase: Committer["phase"]; readonly mostRows: number }>;
  /** Rows of the dimension tables that lookups ask, by key, as JSON text; the same in all tables. */
  readonly dimensions?: Readonly<Record<string, string>>;
  readonly replays: readonly Replay[];
  readonly disruptions: readonly Disruption[];
  /** Bytes after which a batch is handed over. */
  readonly batchBytes: number;
}

/** What happens to the run after so many events. "zombie": it is taken over, but goes on. "failure": the next answer from outside is an error. "drop": it is stopped without a savepoint. */
export interface Disruption {
  readonly step: number;
  readonly kind: "crash" | "zombie" | "failure" | "stop" | "drop" | "savepoint";
}

export interface SimulationResult {
  /** By sink, and dead letters (as JSON) under `DEAD_LETTERS`. */
  readonly visible: ReadonlyMap<string, readonly VisibleRow[]>;
  /** Replays that were read. */
  readonly replayed: number;
  /** Of the last life, by subtask. */
  readonly counts: readonly Readonly<Record<string, PortCounts>>[];
  readonly lives: number;
  readonly steps: number;
  /** Savepoints that were made when asked for, while the run went on. */
  readonly savepoints: number;
}

export const DEAD_LETTERS = "__dead_letters";
/** A run of a few hundred records takes some thousand events. */
const MOST_STEPS = 200_000;

/** Runs to the end. Rejects when the run fails without a cause, stands still, or does not come to an end. */
export async function simulate(simulation: Simulation): Promise<SimulationResult> {
  const scheduler = new SeededScheduler(simulation.seed);
  const world = new SimulatedWorld();
  const disruptions = simulation.disruptions.toSorted((a, b) => a.step - b.step);
  let lives = 0;
  let savepoints = 0;
  const begin = () => new Life(simulation, scheduler, world, lives++);
  let life = begin();
  for (;;) {
    if (life.end !== undefined && life.isQuiet) {
      if (life.end === "finished" || life.end === "complete") break;
      if (life.end instanceof Error && !life.mayFail) throw life.end;
      life = begin();
    }
    while (disruptions[0] !== undefined && disruptions[0].step <= scheduler.steps) {
      const { kind } = disruptions.shift() as Disruption;
      if (life.end !== undefined) continue;
      if (kind === "crash") scheduler.forget(life.number);
      if (kind === "crash" || kind === "zombie") life = begin();
      else if (kind === "failure") life.failNext();
      else if (kind === "savepoint") void life.savepoint().then(() => savepoints++);
      else life.stop(kind === "stop");
    }
    if (!(await scheduler.step())) throw new Error(`run ${life.number} stands still: ${life.describe()}`);
    if (life.error) throw life.error;
    if (scheduler.steps > MOST_STEPS) throw new Error(`run ${life.number} does not end: ${life.describe()}; ${scheduler.describe()}`);
  }
  return {
    visible: world.visible,
    replayed: replayedIn(world.checkpoint),
    counts: life.counts(),
    lives,
    steps: scheduler.steps,
    savepoints,
  };
}

/** How many replays a checkpoint covers. */
function replayedIn(checkpoint: Checkpoint | undefined): number {
  return Number(checkpoint?.positions[REPLAYS]?.[REPLAYS]?.offset ?? 0);
}

class InjectedFailure extends Error {}

/** One incarnation of the run. */
class Life {
  readonly number: number;
  end: "finished" | "stopped" | "complete" | Error | undefined;
  /** It was made to fail, or stopped on purpose. */
  mayFail = false;
  /** What may not happen in any life. */
  error: Error | undefined;
  private replayed = 0;
  private readonly simulation: Simulation;
  private readonly scheduler: SeededScheduler;
  private readonly world: SimulatedWorld;
  private readonly run: WiredRun;
  private isClosed = false;
  private shouldFail = false;
  private isToldToStop = false;
  /** Everything is read, so it was stopped with a savepoint. */
  private isComplete = false;
  /** Splits that are open, and whether each is read to its end. */
  private readonly readers = new Map<string, boolean>();
  /** Chains of state files, by subtask; what is added goes to the last file, once it is this life's own. */
  private readonly chains = new Map<number, { parts: StatePointer["parts"]; isOwn: boolean; increments: number }>();
  private operations = 0;

  constructor(simulation: Simulation, scheduler: SeededScheduler, world: SimulatedWorld, number: number) {
    this.simulation = simulation;
    this.scheduler = scheduler;
    this.world = world;
    this.number = number;
    const { graphs, nodeTypes, sources, sinks, batchBytes } = simulation;
    const { checkpoint: restored, claim } = world.claim(number);
    this.run = wireRun({
      scheduler,
      group: number,
      graph: (graphs[number] ?? graphs.at(-1)) as TypedGraph,
      nodeTypes,
      batchBytes,
      restored,
      readState: (state) => world.read(state as StatePointer),
      goesOn: (plan) => {
        const states = (restored?.states ?? []) as readonly StatePointer[];
        // As many of those that could are made to begin anew.
        if (number % 2 === 0 || states.length !== plan.subtasks) return false;
        const isSame = states.every(({ parallelism }) => isDeepStrictEqual(parallelism, parallelismIn(plan)));
        if (isSame) for (const [subtask, { parts }] of states.entries()) this.chains.set(subtask, { parts, isOwn: false, increments: 1 });
        return isSame;
      },
      sourceIds: [...sources.keys()],
      source: (nodeId, subtask) => this.source(nodeId, `${subtask}`),
      sinkIds: [...sinks.keys()],
      sink: (nodeId, subtask) => {
        const { phase, mostRows } = sinks.get(nodeId) as { phase: Committer["phase"]; mostRows: number };
        return this.sink(nodeId, subtask, phase, mostRows, claim);
      },
      letters: (subtask) => {
        const sink = this.sink(DEAD_LETTERS, subtask, "within", 20, claim);
        return { id: DEAD_LETTERS, sink, write: (letter) => writeLetter(sink, letter) };
      },
      committers: new Map(
        [...sinks, [DEAD_LETTERS, { phase: "within" }] as const].map(([nodeId, { phase }]) => [nodeId, this.committer(phase)]),
      ),
      connectionOf: (nodeId) => this.dimensions(nodeId),
      replays: { reader: this.replayReader(restored), read: () => this.readReplays() },
      opens: async () => {
        await this.outside("claim");
        world.noteFormer(number, [...claim.former, { number, subtasks: this.run.plan.subtasks }]);
        await this.outside("claim");
      },
      opened: async () => {
        await this.outside("claim");
        world.noteFormer(number, [{ number, subtasks: this.run.plan.subtasks }]);
        await this.outside("claim");
      },
      commit: async (checkpoint, commitWithin) => {
        await this.outside("commit");
        const via: StoreTransaction = { store: { ids: [] } };
        await commitWithin(via);
        await this.outside("commit");
        world.commit(number, checkpoint, via);
        await this.outside("commit");
      },
      writeState: (subtask, checkpointId, full, entries) => this.writeState(subtask, checkpointId, full, structuredClone([...entries])),
      onError: (error) => {
        this.error ??= error;
      },
    });
    void this.run.ended.then(
      (how) => {
        this.end = how === "stopped" && this.isComplete ? "complete" : how;
      },
      (error: Error) => {
        this.end = error;
      },
    );
    void this.run.closed.then(() => {
      this.isClosed = true;
    });
  }

  /** All of its subtasks have ended too. */
  get isQuiet(): boolean {
    return this.isClosed;
  }

  failNext(): void {
    this.shouldFail = true;
  }

  stop(savepoint: boolean): void {
    this.isToldToStop = true;
    this.isComplete = false;
    this.run.coordinator.stop({ savepoint });
  }

  /** Resolves once it is made; never when the run ends before. */
  async savepoint(): Promise<void> {
    const made = await this.run.coordinator.savepoint().catch(() => undefined);
    if (made === undefined) return new Promise(() => undefined);
  }

  counts(): readonly Readonly<Record<string, PortCounts>>[] {
    return this.run.tasks.map((task) => task.counts());
  }

  describe(): string {
    const open = this.run.tasks.map((task, subtask) => {
      const nodes = [...task.nodes.values()].filter((node) => !node.isEnded).map(({ id }) => id);
      return `subtask ${subtask}: ${nodes.length === 0 ? "ended" : `${nodes.join(", ")} not ended`}`;
    });
    return open.join("; ");
  }

  private async writeState(subtask: number, checkpointId: number, full: boolean, entries: readonly SnapshotEntry[]) {
    const chain = full ? { parts: [], isOwn: false, increments: 0 } : this.chains.get(subtask);
    if (!chain) throw new Error(`subtask ${subtask} has nothing to add to`);
    const file = chain.isOwn ? (chain.parts.at(-1)?.file as string) : `${this.number}-${subtask}-${checkpointId}`;
    await this.outside(`state of ${subtask}`);
    const written = { file, entries: this.world.append(file, entries) };
    const parts = [...chain.parts.filter((part) => part.file !== file), written];
    this.chains.set(subtask, { parts, isOwn: true, increments: chain.increments + 1 });
    await this.outside(`state of ${subtask}`);
    const state: StatePointer = { parts, parallelism: parallelismIn(this.run.plan) };
    return { state, bytes: 0, nextFull: chain.increments === 3 };
  }

  /** The outside answers, now or some time later; or with the failure that was asked for. */
  private outside(who: string): Promise<void> {
    const { random } = this.scheduler;
    const delay = random() < 0.6 ? 0 : Math.ceil(random() * (random() < 0.05 ? 2_000 : 40));
    return new Promise((resolve, reject) => {
      this.scheduler.add(
        this.number,
        `${who}, answer ${this.operations++ % 8}`,
        () => {
          if (!this.shouldFail) return resolve();
          this.shouldFail = false;
          this.mayFail = true;
          reject(new InjectedFailure(`made to fail: ${who}`));
        },
        delay,
      );
    });
  }

  /** A store that is only asked. */
  private dimensions(nodeId: string): DimensionStore {
    const { dimensions = {} } = this.simulation;
    const none = async () => {
      throw new Error("a lookup only reads");
    };
    return {
      get: async (_table, keys) => {
        await this.outside(`rows for ${nodeId}`);
        return keys.map((key) => (dimensions[key] === undefined ? undefined : bytesOf(dimensions[key])));
      },
      transactions: "none",
      listTables: none,
      createTable: none,
      deleteTable: none,
      scan: none,
      upsert: none,
      openWriter: none,
      commitPrepared: none,
      close: async () => undefined,
    };
  }

  private source(nodeId: string, who: string): Source {
    const { splits, bounded } = this.simulation.sources.get(nodeId) as SimulatedSource;
    const { scheduler } = this;
    return {
      splits: async () => {
        await this.outside(`${who}, splits of ${nodeId}`);
        // In whatever order the outside happens to list them.
        const listed = scheduler.random() < 0.5 ? splits.toReversed() : splits;
        return listed
          .map(({ id, appearsAt = 0 }) => ({
            id,
            origin: nodeId,
            partition: splits.findIndex((split) => split.id === id),
            bounded,
            appearsAt,
          }))
          .filter(({ appearsAt }) => appearsAt <= scheduler.now);
      },
      open: async (split, position) => {
        await this.outside(`${who}, ${split.id}`);
        const { records } = splits.find(({ id }) => id === split.id) as (typeof splits)[number];
        let next = Number(position?.next ?? 0);
        const owner = `${nodeId} ${split.id}`;
        if (this.readers.has(owner)) throw new Error(`split ${split.id} is read twice`);
        this.readers.set(owner, next === records.length);
        return {
          read: async (most) => {
            await this.outside(`${who}, ${split.id}`);
            if (next === records.length && bounded) return undefined;
            const from = next;
            next = Math.min(records.length, from + Math.floor(scheduler.random() * Math.min(most, 6)));
            this.readers.set(owner, next === records.length);
            this.stopWhenComplete();
            return {
              count: next - from,
              bytes: (i) => rangeOf(records[from + i]?.text ?? null),
              time: (i) => records[from + i]?.time as number,
              offset: (i) => from + i,
            };
          },
          position: () => ({ next }),
          close: async () => {
            this.readers.delete(owner);
          },
        };
      },
      committed: () => this.outside("positions"),
      close: async () => undefined,
    };
  }

  /** Without an end of their own, sources that have nothing left are stopped. */
  private stopWhenComplete(): void {
    const { sources } = this.simulation;
    const ends = [...sources.values()].some(({ bounded }) => bounded);
    const all = [...sources].every(([nodeId, { splits }]) => splits.every(({ id }) => this.readers.get(`${nodeId} ${id}`) === true));
    if (ends || !all || this.isToldToStop) return;
    this.isToldToStop = true;
    this.isComplete = true;
    this.run.coordinator.stop({ savepoint: true });
  }

  private sink(nodeId: string, subtask: number, phase: Committer["phase"], mostRows: number, claim: RunClaim): Sink {
    const { world } = this;
    let session: number | undefined;
    const who = `${nodeId} of ${subtask}`;
    let staged: VisibleRow[] = [];
    return {
      open: async () => {
        await this.outside(who);
        if (phase === "after") {
          session = world.openProducer(nodeId, subtask, this.number);
          for (const { number, subtasks } of claim.former)
            for (let gone = subtask; gone < subtasks; gone += this.run.plan.parallelism.get(nodeId) ?? 1) {
              await this.outside(who);
              world.openProducer(nodeId, gone, number);
            }
        }
        await this.outside(who);
      },
      write: ({ value, time }) => {
        const { bytes, start, end } = value as { bytes: Uint8Array; start: number; end: number };
        staged.push({ text: new TextDecoder().decode(bytes.subarray(start, end)), time });
      },
      get isFull() {
        return staged.length >= mostRows;
      },
      prepare: async (checkpointId): Promise<Prepared> => {
        const rows = staged;
        staged = [];
        await this.outside(who);
        const id = world.prepare(phase, nodeId, subtask, this.number, session, checkpointId, rows);
        await this.outside(who);
        return { id };
      },
      abort: async () => {
        staged = [];
      },
      close: () => Promise.resolve(),
    };
  }

  private committer(phase: Committer["phase"]): Committer {
    return {
      phase,
      commit: async (prepared, via) => {
        for (const one of prepared) {
          await this.outside("committer");
          if (phase === "within") (via as StoreTransaction).store.ids.push(String(one.id));
          else {
            this.world.commitPrepared(one);
            await this.outside("committer");
          }
        }
      },
      close: async () => undefined,
    };
  }

  private replayReader(restored: Checkpoint | undefined): SplitReader {
    this.replayed = replayedIn(restored);
    return {
      read: () => Promise.reject(new Error("replays are read by `read` of the options")),
      position: () => ({ offset: this.replayed }),
      close: async () => undefined,
    };
  }

  private async readReplays(): Promise<readonly Replay[]> {
    const { replays } = this.simulation;
    if (this.replayed === replays.length) return [];
    await this.outside("replays");
    return replays.slice(this.replayed, ++this.replayed);
  }
}

function rangeOf(text: string | null) {
  if (text === null) return null;
  const bytes = new TextEncoder().encode(text);
  return { bytes, start: 0, end: bytes.length };
}

function writeLetter(sink: Sink, letter: DeadLetter): void {
  const text = JSON.stringify({ ...letter, bytes: Buffer.from(letter.bytes).toString("latin1") });
  sink.write({ value: rangeOf(text), key: null, time: letter.at });
}

function bytesOf(text: string): ByteRange {
  const bytes = new TextEncoder().encode(text);
  return { bytes, start: 0, end: bytes.length };
}
