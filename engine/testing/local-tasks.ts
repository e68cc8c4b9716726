/**
 * All subtasks of a run as one, without threads or waiting: what one sends, the other has received before the call returns. Rows of a source are dealt out to its subtasks in turn; its watermarks, idleness and end are those
 * of all of them.
 */
import type { Millis } from "../src/node/index.ts";
import type { TypedGraph } from "../src/pipeline/index.ts";
import {
  type ExchangeBatch,
  type PortCounts,
  planRun,
  type RunPlan,
  type SnapshotEntry,
  stateSchemas,
  Task,
  type TaskOptions,
} from "../src/run/index.ts";
import type { RowKind } from "../src/schema/index.ts";

export type LocalTasksOptions = Omit<TaskOptions, "place" | "graph"> & {
  readonly graph: TypedGraph;
  /** Left out: as the graph says, all in one subtask. */
  readonly parallelism?: number | undefined;
};

export class LocalTasks {
  readonly tasks: readonly Task[];
  private readonly plan: RunPlan | undefined;
  private readonly underWay: ExchangeBatch[] = [];
  private readonly pushed = new Map<string, number>();

  constructor({ graph, parallelism, ...options }: LocalTasksOptions) {
    if (parallelism === undefined) {
      this.tasks = [new Task({ ...options, graph })];
      return;
    }
    const spread = { ...graph, settings: { ...graph.settings, parallelism } };
    const plan = planRun(spread, stateSchemas(spread, options.nodeTypes));
    this.plan = plan;
    this.tasks = Array.from(
      { length: plan.subtasks },
      (_, subtask) =>
        new Task({
          ...options,
          graph: spread,
          place: { plan, subtask, send: (batch) => this.underWay.push(batch), onBarrier: () => undefined },
        }),
    );
  }

  pushText(nodeId: string, bytes: Uint8Array, time: Millis, kind: RowKind | undefined): void {
    const runs = this.running(nodeId);
    const turn = this.pushed.get(nodeId) ?? 0;
    this.pushed.set(nodeId, turn + 1);
    this.settle(() => runs[turn % runs.length]?.pushText(nodeId, { bytes, start: 0, end: bytes.length }, time, kind));
  }

  /** Calls every subtask that the node runs on, and lets everything arrive that this causes. */
  each(nodeId: string, call: (task: Task) => void): void {
    this.settle(() => this.running(nodeId).forEach(call));
  }

  advanceClock(now: Millis): void {
    this.settle(() => {
      for (const task of this.tasks) task.advanceClock(now);
    });
  }

  /** Lets out what lookups have answered; true when anything left. */
  deliver(): boolean {
    let hasLeft = false;
    this.settle(() => {
      for (const task of this.tasks) hasLeft = task.deliver() || hasLeft;
    });
    return hasLeft;
  }

  isSource(nodeId: string): boolean {
    return this.tasks[0]?.isSource(nodeId) === true;
  }

  /** The lowest of the subtasks'; undefined where there is no such node. */
  watermarkOf(nodeId: string): Millis | undefined {
    const times = this.running(nodeId).flatMap((task) => task.nodes.get(nodeId)?.watermark ?? []);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /** Of each subtask, as plain data. */
  snapshot(): SnapshotEntry[][] {
    return this.tasks.map((task) => structuredClone([...task.snapshot(true)]) as SnapshotEntry[]);
  }

  /** Takes up the state of all subtasks that there were, each the keys that it owns. */
  restore(states: readonly (readonly SnapshotEntry[])[]): void {
    for (const task of this.tasks) {
      const restore = task.beginRestore(states.length);
      for (const [subtask, entries] of states.entries()) for (const entry of entries) restore.take(subtask, entry);
      restore.end();
    }
  }

  counts(): Readonly<Record<string, PortCounts>> {
    const sums: Record<string, PortCounts> = {};
    for (const task of this.tasks)
      for (const [id, counts] of Object.entries(task.counts())) {
        const known = sums[id];
        sums[id] = known
          ? {
              ...known,
              in: addUp(known.in, counts.in),
              out: addUp(known.out, counts.out),
              dropped: addUp(known.dropped, counts.dropped),
              errors: known.errors + counts.errors,
              ...((known.holdings ?? counts.holdings) && { holdings: addUp(known.holdings ?? {}, counts.holdings ?? {}) }),
            }
          : counts;
      }
    return sums;
  }

  private running(nodeId: string): readonly Task[] {
    return this.plan === undefined ? this.tasks : this.tasks.slice(0, this.plan.parallelism.get(nodeId) ?? 1);
  }

  private settle(work: () => void): void {
    work();
    for (let moved = true; moved; ) {
      for (const task of this.tasks) for (const output of task.outputs) output.flush();
      moved = this.underWay.length > 0;
      for (const batch of this.underWay.splice(0)) {
        this.tasks[batch.to]?.receive(structuredClone(batch));
        this.tasks[batch.from]?.outputs.find(({ exchange }) => exchange.id === batch.exchange)?.credit(batch.to);
      }
    }
  }
}

function addUp(a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>): Record<string, number> {
  const sums: Record<string, number> = { ...a };
  for (const [name, count] of Object.entries(b)) sums[name] = (sums[name] ?? 0) + count;
  return sums;
}
