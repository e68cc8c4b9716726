/**
 * All the parts of one run, coordinator, subtasks and tasks, wired together in one thread over a scheduler: what threads and message ports do on a server. Sources, sinks and where
 * checkpoints go are whoever's who wires it.
 */
import type { Committer, NodeType, RoleName, Roles, Sink, Source } from "../src/node/index.ts";
import type { TypedGraph } from "../src/pipeline/index.ts";
import {
  type Checkpoint,
  Coordinator,
  type CoordinatorHost,
  type DeadLetter,
  type ExchangeBatch,
  type FromSubtask,
  planRun,
  type RunPlan,
  type SnapshotEntry,
  Subtask,
  type SubtaskHost,
  type SubtaskOptions,
  stateSchemas,
  Task,
  type ToSubtask,
} from "../src/run/index.ts";
import type { SeededScheduler } from "./seeded-scheduler.ts";

export interface Wiring {
  readonly scheduler: SeededScheduler;
  /** Of the scheduler's events. */
  readonly group: number;
  readonly graph: TypedGraph;
  readonly nodeTypes: ReadonlyMap<string, NodeType>;
  /** Bytes after which a batch is handed over; left out: as the engine finds best. */
  readonly batchBytes?: number;
  /** What the run goes on from. */
  readonly restored: Checkpoint | undefined;
  /** Whether snapshots go on from what is restored, under this plan. */
  readonly goesOn?: (plan: RunPlan) => boolean;
  /** The entries that a subtask's state in a checkpoint stands for, oldest first. */
  readonly readState: (state: unknown) => readonly SnapshotEntry[];
  readonly sourceIds: readonly string[];
  /** A source of a subtask's own; the coordinator has one too, to tell of what counts. */
  readonly source: (nodeId: string, subtask: number | "coordinator") => Source;
  readonly sinkIds: readonly string[];
  readonly sink: (nodeId: string, subtask: number) => Sink;
  /** Of a subtask: where it keeps dead letters. */
  readonly letters: (subtask: number) => { readonly id: string; readonly sink: Sink; readonly write: (letter: DeadLetter) => void };
  /** The driver that a lookup node asks. */
  readonly connectionOf?: (nodeId: string) => Roles[RoleName] | undefined;
  readonly committers: ReadonlyMap<string, Committer>;
  readonly replays?: NonNullable<SubtaskOptions["replays"]>;
  readonly opens?: CoordinatorHost["opens"];
  readonly opened?: CoordinatorHost["opened"];
  readonly commit: CoordinatorHost["commit"];
  readonly writeState: (subtask: number, ...args: Parameters<SubtaskHost["writeState"]>) => ReturnType<SubtaskHost["writeState"]>;
  /** A message could not be received: an error of the engine's. */
  readonly onError: (error: Error) => void;
}

export interface WiredRun {
  readonly plan: RunPlan;
  readonly coordinator: Coordinator;
  readonly subtasks: readonly Subtask[];
  readonly tasks: readonly Task[];
  /** How the coordinator ended. */
  readonly ended: Promise<"finished" | "stopped">;
  /** All subtasks have ended, in whatever way. */
  readonly closed: Promise<unknown>;
}

export function wireRun(wiring: Wiring): WiredRun {
  const { scheduler, group, graph, nodeTypes, restored } = wiring;
  const plan = planRun(graph, stateSchemas(graph, nodeTypes));
  const subtasks: Subtask[] = [];
  const tasks: Task[] = [];
  /** Messages of a pair come in the order in which they were sent. */
  const deliver = (pair: string, receive: () => void) =>
    scheduler.add(group, pair, () => {
      try {
        receive();
      } catch (error) {
        wiring.onError(error as Error);
      }
    });
  const now = () => scheduler.now;
  const coordinator = new Coordinator({
    subtasks: plan.subtasks,
    checkpointIntervalMs: graph.settings.checkpointIntervalMs,
    committers: wiring.committers,
    sources: new Map(wiring.sourceIds.map((nodeId) => [nodeId, wiring.source(nodeId, "coordinator")])),
    restored,
    last: { checkpointId: restored?.id ?? 0, rowsOut: restored?.rowsOut ?? {} },
    host: {
      now,
      ...createPauses(scheduler, group, "coordinator"),
      toSubtask: (subtask, message: ToSubtask) =>
        deliver(`coordinator to ${subtask}`, () => (subtasks[subtask] as Subtask).onMessage(message)),
      opens: wiring.opens ?? (async () => undefined),
      opened: wiring.opened ?? (async () => undefined),
      commit: wiring.commit,
      async refused() {
        throw new Error("no sink of a simulation refuses rows");
      },
    },
  });

  function addSubtask(number: number): void {
    const runsHere = (nodeId: string) => number < (plan.parallelism.get(nodeId) ?? 0);
    const sinks = new Map(wiring.sinkIds.filter(runsHere).map((nodeId) => [nodeId, wiring.sink(nodeId, number)]));
    const letters = wiring.letters(number);
    const pauses = createPauses(scheduler, group, `subtask ${number}`);
    const task = new Task({
      graph,
      nodeTypes,
      sinks,
      now,
      // Another one each time the run starts, and the same when the test is run again.
      seed: `${wiring.group} after checkpoint ${restored?.id ?? 0}`,
      onDeadLetter: letters.write,
      connectionOf: wiring.connectionOf,
      wake: pauses.wake,
      place: {
        plan,
        subtask: number,
        ...(wiring.batchBytes !== undefined && { batchBytes: wiring.batchBytes }),
        send: (batch) => {
          // What was handed over is out of the sender's reach, as between two threads.
          const moved = structuredClone(batch, { transfer: [batch.bytes] }) as ExchangeBatch;
          deliver(`${number} to ${batch.to}`, () => (subtasks[batch.to] as Subtask).onBatch(moved));
        },
        onBarrier: (exchange, from, checkpointId) => (subtasks[number] as Subtask).onBarrier(exchange, from, checkpointId),
      },
    });
    if (restored) {
      const restore = task.beginRestore(restored.states.length);
      for (const [subtask, state] of restored.states.entries()) for (const entry of wiring.readState(state)) restore.take(subtask, entry);
      restore.end();
    }
    const subtask = new Subtask({
      graph,
      plan,
      subtask: number,
      task,
      sources: new Map(wiring.sourceIds.filter(runsHere).map((nodeId) => [nodeId, wiring.source(nodeId, number)])),
      sinks: new Map([...sinks, [letters.id, letters.sink]]),
      restored,
      goesOn: wiring.goesOn?.(plan) ?? false,
      ...(number === 0 && wiring.replays && { replays: wiring.replays }),
      host: {
        now,
        ...pauses,
        toCoordinator: (message: FromSubtask) => {
          const moved = structuredClone(message);
          deliver(`${number} to coordinator`, () => coordinator.onMessage(moved));
        },
        giveCredit: ({ exchange, from, to }) => deliver(`${to} to ${from}`, () => (subtasks[from] as Subtask).onCredit(exchange, to)),
        writeState: (checkpointId, full, entries) => wiring.writeState(number, checkpointId, full, entries),
      },
    });
    tasks.push(task);
    subtasks.push(subtask);
  }

  for (let number = 0; number < plan.subtasks; number++) addSubtask(number);
  const ended = coordinator.run();
  const closed = Promise.allSettled(subtasks.map((subtask) => subtask.run().catch((error: unknown) => coordinator.fail(error))));
  // What the two have begun goes on at once.
  scheduler.add(group, "begin", () => undefined);
  return { plan, coordinator, subtasks, tasks, ended, closed };
}

function createPauses(scheduler: SeededScheduler, group: number, actor: string): Pick<SubtaskHost, "pause" | "wake"> {
  let hurry: (() => void) | undefined;
  let isWoken = false;
  return {
    pause: (ms) =>
      new Promise((resolve) => {
        const end = () => {
          hurry = undefined;
          resolve();
        };
        if (ms <= 0 || isWoken) {
          isWoken = false;
          scheduler.add(group, actor, end);
        } else hurry = scheduler.add(group, actor, end, ms);
      }),
    wake() {
      if (hurry) hurry();
      else isWoken = true;
    },
  };
}
