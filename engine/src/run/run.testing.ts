/** Small runs for the tests of the runtime's core: numbers go in, and a sink shows what became visible. Everything happens in one thread, in an order that a seed decides. */
import { z } from "zod";
import { SeededScheduler } from "../../testing/seeded-scheduler.ts";
import { type WiredRun, type Wiring, wireRun } from "../../testing/wired-run.ts";
import {
  type ByteRange,
  type Committer,
  defineNode,
  defineSpec,
  type NodeType,
  type Operator,
  type OperatorContext,
  RowError,
  type Sink,
  type Source,
} from "../node/index.ts";
import { analyze, type PipelineDocument, type TypedGraph } from "../pipeline/index.ts";
import type { Schema } from "../schema/index.ts";
import type { Checkpoint, Replay } from "./checkpoint.ts";
import type { SnapshotEntry } from "./snapshot.ts";
import type { DeadLetter } from "./task.ts";

const WORDS = { en: "x", zh: "x" };
export const NUMBER: Schema = { type: "ROW", open: true, fields: [{ name: "n", dataType: { type: "BIGINT" } }] };
export const UNLUCKY = 13;
export const STEP = 8;
const DRAW = "RAND_INTEGER(2000000000)";
const LABELLED: Schema = { ...NUMBER, fields: [...NUMBER.fields, { name: "label", dataType: { type: "BIGINT" } }] };

interface TestNode {
  readonly inputs?: readonly string[];
  readonly isSink?: true;
  readonly inStepMs?: number;
  readonly key?: string;
  readonly expression?: string;
  readonly watermark?: "own";
  readonly output?: Schema;
  readonly operator?: (context: OperatorContext) => Operator;
}

function testNode(type: string, { inputs = ["in"], isSink, inStepMs, key, expression, watermark, output, operator }: TestNode): NodeType {
  const never = () => {
    throw new Error("made by the test");
  };
  const isSource = inputs.length === 0;
  return defineNode({
    spec: defineSpec({
      type,
      title: WORDS,
      summary: WORDS,
      category: isSource ? "source" : isSink ? "sink" : "transform",
      inputs: Object.fromEntries(inputs.map((name) => [name, WORDS])),
      outputs: isSink ? {} : { out: WORDS },
      params: z.record(z.string(), z.unknown()),
      manyEdgesPerInput: true,
      inferSchema: ({ inputLists }) => (isSink ? {} : { out: output ?? inputLists.in?.at(-1) ?? NUMBER }),
      ...(inStepMs !== undefined && { inStepMs: () => inStepMs }),
      ...(watermark && { watermark }),
      ...(isSource || isSink ? { format: () => ({ name: "json" as const }) } : { reads: () => ({ in: ["n", "label"] }) }),
      ...(key !== undefined && {
        keyBy: () => ({ in: [key] }),
        expressions: () => [{ path: [], text: key, port: "in" }],
      }),
      ...(expression !== undefined && { expressions: () => [{ path: [], text: expression, port: "in" }] }),
    }),
    cases: [],
    ...(isSource
      ? { createSource: never }
      : isSink
        ? { createSink: never }
        : { createOperator: (_: unknown, context) => operator?.(context) as Operator }),
  });
}

/** The number of its key's rows so far, by each row. */
const counting = ({ state }: OperatorContext): Operator => {
  const seen = state.value("seen", { type: "BIGINT" });
  return {
    onRow(row, time, out) {
      if (row.n === UNLUCKY) throw new RowError("test.unlucky", { en: "13 is refused.", zh: "拒绝 13。" });
      seen.set(Number(seen.get() ?? 0) + 1);
      out.emit("out", row, time);
    },
  };
};

/** Its watermark is the greatest number seen, told when it is asked. */
const timing = (): Operator => {
  let latest = Number.NEGATIVE_INFINITY;
  return {
    onRow(row, time, out) {
      latest = Math.max(latest, Number(row.n));
      out.emit("out", row, time);
    },
    onPeriodic: (_now, out) => out.watermark(latest),
  };
};

export const testTypes: ReadonlyMap<string, NodeType> = new Map(
  [
    testNode("numbers", { inputs: [] }),
    /** The same, read in step. */
    testNode("stepped", { inputs: [], inStepMs: STEP }),
    testNode("pass", { operator: () => ({ onRow: (row, time, out) => out.emit("out", row, time) }) }),
    /** Counts by the number. */
    testNode("count", { key: "n", operator: counting }),
    /** Counts by another key, so that most rows change their subtask once more. */
    testNode("recount", { key: "MOD(n, 7)", operator: counting }),
    /** Counts without a key: on one subtask. */
    testNode("total", { operator: counting }),
    testNode("time", { watermark: "own", operator: timing }),
    /** Rows made new, with a field that the other streams have not. */
    testNode("label", {
      output: LABELLED,
      operator: () => ({ onRow: (row, time, out) => out.emit("out", { n: row.n ?? null, label: row.n ?? null }, time) }),
    }),
    /** Rows that are not of their port's schema: a node's bug, which shows where a row is decoded again. */
    testNode("spoil", {
      output: LABELLED,
      operator: () => ({ onRow: (row, time, out) => out.emit("out", { n: row.n ?? null, label: 0.5 }, time) }),
    }),
    /** The labels of the rows that have one. */
    testNode("labels", {
      output: NUMBER,
      operator: () => ({
        onRow(row, time, out) {
          if ((row.label ?? null) !== null) out.emit("out", { n: row.label ?? null }, time);
        },
      }),
    }),
    /** A random number in place of each. */
    testNode("draw", {
      expression: DRAW,
      output: NUMBER,
      operator: ({ expressions }) => {
        const draw = expressions.value(DRAW);
        return { onRow: (row, time, out) => out.emit("out", { n: draw(row, time) }, time) };
      },
    }),
    testNode("sink", { isSink: true }),
  ].map((type) => [type.spec.type, type]),
);

/** Nodes by id, each of the type that its id begins with, and the edges from one to the next: "numbers > count > sink". */
export function graphOf(
  chains: readonly string[],
  settings: { parallelism?: number; nodes?: Readonly<Record<string, number>> } = {},
): TypedGraph {
  const ids = new Set(chains.flatMap((chain) => chain.split(" > ")));
  const document: PipelineDocument = {
    formatVersion: 1,
    name: "test",
    parallelism: settings.parallelism ?? 1,
    nodes: Object.fromEntries(
      [...ids].map((id) => {
        const parallelism = settings.nodes?.[id];
        return [id, { type: id.replace(/_.*/, ""), name: id, params: {}, ...(parallelism !== undefined && { parallelism }) }];
      }),
    ),
    edges: chains.flatMap((chain) => {
      const nodes = chain.split(" > ");
      return nodes.slice(1).map((to, i) => ({ from: `${nodes[i]}.out`, to: `${to}.in` }));
    }),
  };
  const { graph, problems } = analyze(document, new Map([...testTypes].map(([type, { spec }]) => [type, spec])));
  const errors = problems.filter(({ severity }) => severity === "error");
  if (!graph || errors.length > 0) throw new Error(JSON.stringify(errors));
  return graph;
}

/** Numbers from `from` (inclusive) to `to`. */
export function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

type Splits = Record<string, readonly (number | string)[]>;

export interface TestRunOptions {
  readonly graph: TypedGraph;
  /** Numbers, or records as text, of each split, by source and split id ("name-partition"). One may be added while the run goes on. */
  readonly splits: Readonly<Record<string, Splits>>;
  readonly bounded?: boolean;
  readonly phase?: Committer["phase"];
  /** Rows with which a sink is full. */
  readonly mostRows?: number;
  readonly seed?: number;
  readonly batchBytes?: number;
  readonly restored?: Checkpoint | undefined;
  readonly replays?: readonly Replay[];
  /** May fail or wait: "commit 2", "prepare sink 0", "committer sink", "open sink 0". */
  readonly outside?: (what: string) => Promise<void> | void;
}

export interface TestRun extends WiredRun {
  readonly scheduler: SeededScheduler;
  /** Numbers that became visible, in order. */
  readonly visible: readonly number[];
  readonly letters: readonly DeadLetter[];
  readonly checkpoints: readonly Checkpoint[];
  /** What happened outside, in order. */
  readonly log: readonly string[];
  /** Records that were read, by split. */
  readonly read: ReadonlyMap<string, number>;
  /** Goes on until it is so. Rejects when nothing is left to happen before. */
  until(isSo: () => boolean): Promise<void>;
  /** Goes on until the run has ended, and gives how. */
  toEnd(): Promise<"finished" | "stopped">;
}

export function startRun(options: TestRunOptions): TestRun {
  const { graph, splits, bounded = true, phase = "within", mostRows = Number.POSITIVE_INFINITY } = options;
  const scheduler = new SeededScheduler(options.seed ?? 1);
  const visible: number[] = [];
  const letters: DeadLetter[] = [];
  const checkpoints: Checkpoint[] = [];
  const log: string[] = [];
  const read = new Map<string, number>();
  const outside = async (what: string) => {
    log.push(what);
    await options.outside?.(what);
  };
  const wiring: Wiring = {
    scheduler,
    group: 0,
    graph,
    nodeTypes: testTypes,
    ...(options.batchBytes !== undefined && { batchBytes: options.batchBytes }),
    restored: options.restored,
    readState: (state) => structuredClone(state) as readonly SnapshotEntry[],
    sourceIds: Object.keys(splits),
    source: (nodeId, subtask) => numbersSource(nodeId, subtask, splits[nodeId] as Splits, bounded, read),
    sinkIds: graph.nodes.filter(({ spec }) => spec.type === "sink").map(({ id }) => id),
    sink: (nodeId, subtask) => testSink(nodeId, subtask, mostRows, outside),
    letters: () => ({
      id: "__dead_letters",
      sink: testSink("letters", 0, Number.POSITIVE_INFINITY, () => undefined),
      write: (letter) => letters.push(letter),
    }),
    committers: new Map(
      graph.nodes
        .filter(({ spec }) => spec.type === "sink")
        .map(({ id }) => [
          id,
          {
            phase,
            commit: async (prepared) => {
              await outside(`committer ${id}`);
              for (const { numbers } of prepared) visible.push(...(numbers as number[]));
            },
            close: async () => undefined,
          },
        ]),
    ),
    replays: replaysOf(options.replays ?? []),
    async commit(checkpoint, commitWithin) {
      await outside(`commit ${checkpoint.id}`);
      await commitWithin(undefined);
      checkpoints.push(structuredClone(checkpoint));
    },
    writeState: async (_subtask, _id, _full, entries) => ({ state: structuredClone([...entries]), bytes: 0, nextFull: true }),
    onError: (error) => {
      throw error;
    },
  };
  const run = wireRun(wiring);
  let end: { readonly how: "finished" | "stopped" } | { readonly error: unknown } | undefined;
  run.ended.then(
    (how) => {
      end = { how };
    },
    (error: unknown) => {
      end = { error };
    },
  );
  const until = async (isSo: () => boolean) => {
    while (!isSo()) if (!(await scheduler.step())) throw new Error(`nothing is left to happen; ${log.join(", ")}`);
  };
  return {
    ...run,
    scheduler,
    visible,
    letters,
    checkpoints,
    log,
    read,
    until,
    async toEnd() {
      await until(() => end !== undefined);
      while (await scheduler.step());
      await run.closed;
      return run.ended;
    },
  };
}

/** Position: how many records of the split were read. Reads ten at a time. */
function numbersSource(
  nodeId: string,
  subtask: number | "coordinator",
  splits: Splits,
  bounded: boolean,
  read: Map<string, number>,
): Source {
  return {
    splits: async () => Object.keys(splits).map((id) => ({ id, origin: nodeId, partition: Number(id.split("-")[1]), bounded })),
    async open({ id }, position) {
      const numbers = splits[id] as Splits[string];
      let next = Number(position?.next ?? 0);
      if (subtask !== "coordinator") read.set(id, next);
      return {
        async read() {
          if (next === numbers.length && bounded) return undefined;
          const from = next;
          next = Math.min(numbers.length, next + 10);
          read.set(id, next);
          return {
            count: next - from,
            bytes: (i) =>
              rangeOf(typeof numbers[from + i] === "string" ? String(numbers[from + i]) : JSON.stringify({ n: numbers[from + i] })),
            time: (i) => (typeof numbers[from + i] === "string" ? from + i : Number(numbers[from + i])),
            offset: (i) => from + i,
          };
        },
        position: () => ({ next }),
        positionAt: (offset) => ({ next: offset }),
        close: async () => undefined,
      };
    },
    close: async () => undefined,
  };
}

function testSink(nodeId: string, subtask: number, mostRows: number, outside: (what: string) => Promise<void> | void): Sink {
  let staged: number[] = [];
  return {
    open: async () => outside(`open ${nodeId} ${subtask}`),
    write: ({ value }) => {
      const { bytes, start, end } = value as ByteRange;
      staged.push((JSON.parse(new TextDecoder().decode(bytes.subarray(start, end))) as { n: number }).n);
    },
    get isFull() {
      return staged.length >= mostRows;
    },
    async prepare() {
      const numbers = staged;
      staged = [];
      await outside(`prepare ${nodeId} ${subtask}`);
      return { numbers };
    },
    abort: async () => {
      staged = [];
    },
    close: async () => outside(`close ${nodeId} ${subtask}`),
  };
}

function replaysOf(replays: readonly Replay[]): NonNullable<Wiring["replays"]> {
  let next = 0;
  return {
    reader: { read: async () => undefined, position: () => ({ offset: next }), close: async () => undefined },
    read: async () => {
      const found = replays.slice(next);
      next = replays.length;
      return found;
    },
  };
}

export function rangeOf(text: string): ByteRange {
  const bytes = new TextEncoder().encode(text);
  return { bytes, start: 0, end: bytes.length };
}
