import { describe, expect, it } from "vitest";
import { z } from "zod";
import {
  type ByteRange,
  type Committer,
  defineNode,
  defineSpec,
  type NodeType,
  type Position,
  type Prepared,
  type RecordBatch,
  RowError,
  type Sink,
  type SinkRecord,
  type Source,
} from "../node/index.ts";
import { analyze, type PipelineDocument, type TypedGraph } from "../pipeline/index.ts";
import type { Schema } from "../schema/index.ts";
import { type Checkpoint, Runner, type RunnerHost } from "./runner.ts";
import { type DeadLetter, type SnapshotEntry, Task } from "./task.ts";

const SCHEMA: Schema = { type: "ROW", open: true, fields: [{ name: "n", dataType: { type: "BIGINT" } }] };
const WORDS = { en: "x", zh: "x" };

/** Numbers 0 … count-1, one record each; it reads on from a position. */
function numbers(count: number): Source & { reads: number } {
  const source = {
    reads: 0,
    splits: async () => [{ id: "numbers-0", origin: "numbers", partition: 0, bounded: true }],
    async open(_split: unknown, position: Position | undefined) {
      let next = Number(position?.next ?? 0);
      return {
        async read(): Promise<RecordBatch | undefined> {
          source.reads++;
          if (next >= count) return undefined;
          const from = next;
          next = Math.min(count, next + 10);
          return {
            count: next - from,
            bytes: (i) => range(JSON.stringify({ n: from + i })),
            time: (i) => from + i,
            offset: (i) => from + i,
          };
        },
        position: () => ({ next }),
        close: async () => undefined,
      };
    },
    close: async () => undefined,
  };
  return source;
}

function range(text: string): ByteRange {
  const bytes = new TextEncoder().encode(text);
  return { bytes, start: 0, end: bytes.length };
}

/** Rows become visible when their checkpoint commits. */
class VisibleSink implements Sink, Committer {
  phase: Committer["phase"] = "within";
  open?: () => Promise<void>;
  readonly visible: string[] = [];
  isFull = false;
  private staged: string[] = [];
  private prepared: string[] = [];
  private readonly gate: Promise<void> | undefined;

  constructor(gate?: Promise<void>) {
    this.gate = gate;
  }
  write(record: SinkRecord): void {
    const { bytes, start, end } = record.value as ByteRange;
    this.staged.push(new TextDecoder().decode(bytes.subarray(start, end)));
    this.isFull = this.staged.length >= 20;
  }
  async prepare(): Promise<Prepared> {
    this.prepared = this.staged;
    this.staged = [];
    this.isFull = false;
    await this.gate;
    return { rows: this.prepared.length };
  }
  async commit(_prepared: readonly Prepared[]): Promise<void> {
    this.visible.push(...this.prepared);
    this.prepared = [];
  }
  async abort(): Promise<void> {
    this.staged = [];
  }
  async close(): Promise<void> {}
}

const io = (type: string, part: object) =>
  defineNode({
    spec: defineSpec({
      type,
      title: WORDS,
      summary: WORDS,
      category: type === "numbers" ? "source" : type === "visible" ? "sink" : "transform",
      inputs: type === "numbers" ? {} : { in: WORDS },
      outputs: type === "visible" ? {} : { out: WORDS },
      params: z.object({}),
      inferSchema: () => (type === "visible" ? {} : { out: SCHEMA }),
      ...(type === "numbers" ? { format: () => ({ name: "json" as const }) } : {}),
      ...(type === "visible" ? { format: () => ({ name: "json" as const }) } : {}),
      ...(type === "sum" ? { reads: () => ({ in: ["n"] }), rows: "new" as const } : {}),
    }),
    cases: [],
    ...part,
  });

const never = () => {
  throw new Error("made by the test");
};
/** Emits the running sum; a 13 is refused. */
const sum = io("sum", {
  createOperator: (_params: unknown, { state }: { state: import("../node/index.ts").KeyedState }) => {
    const total = state.value("total", { type: "BIGINT" });
    return {
      onRow(row: import("../node/index.ts").Row, time: number, out: import("../node/index.ts").Out) {
        if (row.n === 13) throw new RowError("test.unlucky", { en: "13 is refused.", zh: "拒绝 13。" });
        const next = Number(total.get() ?? 0) + Number(row.n);
        total.set(next);
        out.emit("out", { n: next }, time);
      },
    };
  },
});
const types: ReadonlyMap<string, NodeType> = new Map(
  [io("numbers", { createSource: never }), sum, io("visible", { createSink: never })].map((type) => [type.spec.type, type]),
);

const document: PipelineDocument = {
  formatVersion: 1,
  name: "sums",
  nodes: {
    numbers: { type: "numbers", name: "Numbers", params: {} },
    sum: { type: "sum", name: "Sum", params: {} },
    sink: { type: "visible", name: "Sink", params: {} },
  },
  edges: [
    { from: "numbers.out", to: "sum.in" },
    { from: "sum.out", to: "sink.in" },
  ],
};

function graphOf(): TypedGraph {
  const { graph, problems } = analyze(document, new Map([...types].map(([type, node]) => [type, node.spec])));
  expect(problems.filter(({ severity }) => severity === "error")).toEqual([]);
  return graph as TypedGraph;
}

/** A host whose clock moves a little with every pause, and that keeps what was committed. */
function testHost(options: { failAt?: number; stepMs?: number } = {}) {
  let now = 0;
  const committed: { checkpoint: Checkpoint; entries: SnapshotEntry[] }[] = [];
  const host: RunnerHost = {
    now: () => now,
    async pause() {
      now += options.stepMs ?? 50;
      await Promise.resolve();
    },
    async commit(checkpoint, commitWithin) {
      if (committed.length + 1 === options.failAt) throw new Error("no space left on device");
      const entries = [...checkpoint.entries];
      await commitWithin(undefined);
      committed.push({ checkpoint, entries });
      return { bytes: 0, nextFull: false };
    },
  };
  return { host, committed };
}

function start(
  host: RunnerHost,
  source: Source,
  sink: VisibleSink,
  saved?: { checkpointId: number; positions: Checkpoint["positions"]; entries: SnapshotEntry[]; prepared?: Checkpoint["prepared"] },
) {
  const graph = graphOf();
  const letters: DeadLetter[] = [];
  const task = new Task({
    graph,
    nodeTypes: types,
    sinks: new Map([["sink", sink]]),
    now: host.now,
    onDeadLetter: (letter) => letters.push(letter),
  });
  if (saved) task.restore(saved.entries);
  return new Runner({
    graph,
    task,
    sources: new Map([["numbers", source]]),
    sinks: new Map([["sink", sink]]),
    committers: new Map([["sink", sink]]),
    host,
    restored: saved && { prepared: {}, ...saved },
    takeDeadLetters: () => ({ letters: letters.splice(0), bytes: 0 }),
    pendingDeadLetterBytes: () => 0,
  });
}

const sums = (count: number) => {
  let total = 0;
  return Array.from({ length: count }, (_, n) => (n === 13 ? undefined : `{"n":${(total += n)}}`)).filter((text) => text !== undefined);
};

describe("a run", () => {
  it("reads bounded sources to the end, commits everything and finishes", async () => {
    const { host, committed } = testHost();
    const sink = new VisibleSink();
    expect(await start(host, numbers(95), sink).run()).toBe("finished");
    expect(sink.visible).toEqual(sums(95));
    expect(
      committed.flatMap(({ checkpoint }) =>
        checkpoint.deadLetters.map(({ nodeId, code, bytes }) => [nodeId, code, new TextDecoder().decode(bytes)]),
      ),
    ).toEqual([["sum", "test.unlucky", '{"n":13}']]);
  });

  it("goes on from the last checkpoint that counted as if nothing had happened, whichever commit fails", async () => {
    for (let failAt = 1; failAt <= 5; failAt++) {
      const first = testHost({ failAt });
      const sink = new VisibleSink();
      await expect(start(first.host, numbers(95), sink).run()).rejects.toThrow("no space left on device");
      const last = first.committed.at(-1);
      const saved = last && {
        checkpointId: last.checkpoint.id,
        positions: JSON.parse(JSON.stringify(last.checkpoint.positions)),
        entries: JSON.parse(JSON.stringify(first.committed.flatMap(({ entries }) => entries))),
      };
      const again = new VisibleSink();
      expect(await start(testHost().host, numbers(95), again, saved).run()).toBe("finished");
      expect([...sink.visible, ...again.visible]).toEqual(sums(95));
    }
  });

  it("stops with a savepoint that covers all that was read", async () => {
    const { host, committed } = testHost();
    const sink = new VisibleSink();
    const runner = start({ ...host, pause: async () => runner.stop({ savepoint: true }) }, numbers(1_000_000), sink);
    expect(await runner.run()).toBe("stopped");
    expect(committed.at(-1)?.checkpoint).toMatchObject({
      kind: "savepoint",
      full: true,
      positions: { numbers: { "numbers-0": { next: 10 } } },
    });
    expect(sink.visible).toEqual(sums(10));
  });

  it("gives up what was staged when it is stopped without a savepoint", async () => {
    const { host, committed } = testHost();
    const sink = new VisibleSink();
    const runner = start({ ...host, pause: async () => runner.stop({ savepoint: false }) }, numbers(1_000_000), sink);
    expect(await runner.run()).toBe("stopped");
    expect(committed).toEqual([]);
    expect(sink.visible).toEqual([]);
  });

  it("reads no further while a sink is stalled", async () => {
    const gate = Promise.withResolvers<void>();
    const source = numbers(1_000_000);
    const runner = start(testHost({ stepMs: 0 }).host, source, new VisibleSink(gate.promise));
    const running = runner.run();
    for (let turn = 0; turn < 1_000; turn++) await Promise.resolve();
    // Twenty rows fill the sink; two batches of ten give nineteen, for one of them is refused.
    expect(source.reads).toBe(3);
    runner.stop({ savepoint: false });
    gate.resolve();
    expect(await running).toBe("stopped");
  });

  it("keeps what is committed after the checkpoint with it, and commits it again before it opens the sink", async () => {
    const sink = new VisibleSink();
    sink.phase = "after";
    const first = testHost();
    await start(first.host, numbers(25), sink).run();
    const prepared = first.committed.map(({ checkpoint }) => checkpoint.prepared.sink);
    expect(prepared).toEqual([{ rows: 24 }, { rows: 0 }]);

    const again = new VisibleSink();
    again.phase = "after";
    const calls: unknown[] = [];
    again.commit = async (parts) => void calls.push(parts);
    again.open = async () => void calls.push("open");
    const saved = { checkpointId: 2, positions: {}, entries: [], prepared: { sink: prepared[1] as Prepared } };
    await start(testHost().host, numbers(0), again, saved).run();
    expect(calls.slice(0, 2)).toEqual([[{ rows: 0 }], "open"]);
  });

  it("blames the node whose sink fails", async () => {
    const sink = new VisibleSink();
    sink.prepare = async () => {
      throw new Error("the disk is gone");
    };
    await expect(start(testHost().host, numbers(5), sink).run()).rejects.toMatchObject({
      nodeId: "sink",
      message: 'node "sink": the disk is gone',
    });
  });
});
