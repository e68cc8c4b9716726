import { describe, expect, it } from "vitest";
import type { Checkpoint } from "./checkpoint.ts";
import { graphOf, range, startRun, testTypes, UNLUCKY } from "./run.testing.ts";
import type { SnapshotEntry } from "./snapshot.ts";
import { Task } from "./task.ts";

const sorted = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b);
const lucky = (numbers: readonly number[]) => numbers.filter((n) => n !== UNLUCKY);
const TWO_SPLITS = { numbers: { "numbers-0": range(0, 300), "numbers-1": range(300, 500) } };
const TWO_EXCHANGES = ["numbers > count > recount > sink"];

describe("a run of several subtasks", () => {
  it("reads bounded sources to the end, makes everything visible once and finishes", async () => {
    const run = startRun({ graph: graphOf(TWO_EXCHANGES, { parallelism: 3 }), splits: TWO_SPLITS });
    expect(await run.toEnd()).toBe("finished");
    expect(sorted(run.visible)).toEqual(lucky(range(0, 500)));
  });

  it("keeps a refused row as a dead letter that knows its record, though it was refused on another subtask", async () => {
    const run = startRun({ graph: graphOf(TWO_EXCHANGES, { parallelism: 3 }), splits: TWO_SPLITS });
    await run.toEnd();
    expect(run.letters).toMatchObject([
      { nodeId: "count", code: "test.unlucky", origin: { nodeId: "numbers", split: "numbers-0", offset: 13 } },
    ]);
  });

  it("takes a checkpoint behind the same rows on all subtasks, through two exchanges in sequence", async () => {
    const run = startRun({
      graph: graphOf(TWO_EXCHANGES, { parallelism: 3 }),
      splits: TWO_SPLITS,
      mostRows: 15,
      batchBytes: 200,
    });
    await run.toEnd();
    expect(run.checkpoints.length).toBeGreaterThan(5);
    for (const checkpoint of run.checkpoints) {
      const read = lucky(readOf(checkpoint, TWO_SPLITS.numbers)).length;
      expect([sum(countsOf(checkpoint, "count")), sum(countsOf(checkpoint, "recount"))]).toEqual([read, read]);
    }
  });

  it("goes on from any checkpoint at another parallelism as if nothing had happened", async () => {
    const graphAt = (parallelism: number) => graphOf(TWO_EXCHANGES, { parallelism });
    const first = startRun({ graph: graphAt(1), splits: TWO_SPLITS, mostRows: 40 });
    await first.until(() => first.checkpoints.length === 2);
    const second = startRun({ graph: graphAt(3), splits: TWO_SPLITS, mostRows: 40, restored: first.checkpoints.at(-1) });
    await second.until(() => second.checkpoints.length === 2);
    const third = startRun({ graph: graphAt(2), splits: TWO_SPLITS, mostRows: 40, restored: second.checkpoints.at(-1) });
    await third.toEnd();
    expect(sorted([...first.visible, ...second.visible, ...third.visible])).toEqual(lucky(range(0, 500)));
    expect(sum(countsOf(third.checkpoints.at(-1) as Checkpoint, "count"))).toBe(499);
    expect(sum(countsOf(third.checkpoints.at(-1) as Checkpoint, "recount"))).toBe(499);
  });

  it.each(range(1, 5))("comes to an end when its subtasks wait for each other with small batches (seed %i)", async (seed) => {
    const run = startRun({
      graph: graphOf(["numbers > count > recount > sink"], { parallelism: 2 }),
      splits: TWO_SPLITS,
      seed,
      mostRows: 30,
      batchBytes: 64,
    });
    expect(await run.toEnd()).toBe("finished");
    expect(run.visible).toHaveLength(499);
  });

  it("reads no further while the sink of another subtask is stalled, and goes on when it answers", async () => {
    const gate = Promise.withResolvers<void>();
    const run = startRun({
      graph: graphOf(["numbers > total > sink"], { parallelism: 2 }),
      splits: { numbers: { "numbers-0": range(0, 3_000), "numbers-1": range(3_000, 6_000) } },
      mostRows: 100,
      batchBytes: 400,
      outside: (what) => (what === "prepare sink 0" ? gate.promise : undefined),
    });
    await run.until(() => run.scheduler.now > 10_000);
    const readThen = sum(run.read.values());
    // What batches under way hold, what one read gives, and what fills the sink once more.
    expect(readThen).toBeLessThan(2_000);
    await run.until(() => run.scheduler.now > 20_000);
    expect(sum(run.read.values())).toBe(readThen);
    gate.resolve();
    expect(await run.toEnd()).toBe("finished");
    expect(run.visible).toHaveLength(5_999);
  });

  it("gives every split its turn though each batch fills the sink", async () => {
    const run = startRun({
      graph: graphOf(["numbers > sink"]),
      splits: { numbers: { "numbers-0": range(0, 1_000), "numbers-1": range(1_000, 2_000) } },
      mostRows: 10,
    });
    await run.until(() => run.checkpoints.length === 10);
    expect(Math.abs((run.read.get("numbers-0") as number) - (run.read.get("numbers-1") as number))).toBeLessThanOrEqual(20);
  });

  it("makes a savepoint soon after it is asked for, however many splits it reads", async () => {
    const splits = Object.fromEntries(range(0, 800).map((i) => [`numbers-${i}`, range(i * 10, (i + 1) * 10)]));
    const run = startRun({ graph: graphOf(["numbers > sink"]), splits: { numbers: splits }, mostRows: 100_000 });
    await run.until(() => sum(run.read.values()) > 0);
    void run.coordinator.savepoint();
    await run.until(() => run.checkpoints.length === 1);
    expect(readOf(run.checkpoints[0] as Checkpoint, splits).length).toBeLessThanOrEqual(4_000);
    await run.toEnd();
    expect(run.visible).toHaveLength(8_000);
  });

  it("reads each split on one subtask, those too that appear while it runs", async () => {
    const splits: Record<string, number[]> = { "numbers-1": range(0, 10), "numbers-3": range(10, 20) };
    const run = startRun({ graph: graphOf(["numbers > sink"], { parallelism: 2 }), splits: { numbers: splits }, bounded: false });
    await run.until(() => run.visible.length === 20);
    // Before those that are known: the source may name its splits in any order.
    const known = { ...splits };
    for (const id of Object.keys(splits)) delete splits[id];
    Object.assign(splits, { "numbers-0": range(20, 30) }, known);
    await run.until(() => run.visible.length >= 30 && run.scheduler.now > 20_000);
    expect(sorted(run.visible)).toEqual(range(0, 30));
  });

  it("plays a dead letter again on the subtask that owns its key", async () => {
    const run = startRun({
      graph: graphOf(["numbers > count > sink"], { parallelism: 4 }),
      splits: { numbers: { "numbers-0": range(0, 20) } },
      bounded: false,
      replays: range(0, 20).map((n) => ({
        nodeId: "count",
        port: "in",
        kind: "+I",
        time: null,
        bytes: new TextEncoder().encode(`{"n":${n}}`),
      })),
    });
    await run.until(() => run.visible.length === 38);
    run.coordinator.stop({ savepoint: true });
    await run.toEnd();
    // A key that was counted on two subtasks would have one row on each.
    expect(countsOf(run.checkpoints.at(-1) as Checkpoint, "count")).toEqual(new Array(19).fill(2));
  });

  it.each([1, 2, 4])(
    "reads a repaired dead letter with the fields of the stream that it came from alone (parallelism %i)",
    async (parallelism) => {
      const graph = graphOf(["numbers_a > pass > count > labels > sink", "numbers_b > label > pass"], { parallelism });
      const splits = {
        numbers_a: { "numbers_a-0": ['{"n":13,"label":7}', '{"n":13,"label":{"no":"number"}}'] },
        numbers_b: { "numbers_b-0": [13] },
      };
      const first = startRun({ graph, splits });
      await first.toEnd();
      expect(first.letters).toHaveLength(3);
      const repaired = (bytes: Uint8Array) => new TextEncoder().encode(new TextDecoder().decode(bytes).replace('"n":13', '"n":14'));
      const run = startRun({
        graph,
        splits: { numbers_a: {}, numbers_b: {} },
        bounded: false,
        replays: first.letters.map((letter) => ({ ...letter, bytes: repaired(letter.bytes) })),
      });
      await run.until(() => run.scheduler.now > 2_000);
      run.coordinator.stop({ savepoint: true });
      await run.toEnd();
      expect(run.letters).toEqual([]);
      // That of the stream that has labels.
      expect(run.visible).toEqual([13]);
      expect(countsOf(run.checkpoints.at(-1) as Checkpoint, "count")).toEqual([3]);
    },
  );

  it("does not let a subtask without splits hold back the time of the others", async () => {
    const run = startRun({
      graph: graphOf(["numbers > count > sink"], { parallelism: 3 }),
      splits: { numbers: { "numbers-0": range(0, 50) } },
      bounded: false,
    });
    await run.until(() => run.visible.length === 49);
    await run.until(() => run.scheduler.now > 2_000);
    for (const task of run.tasks) expect(task.counts().count?.watermark).toBe(48);
  });

  it.each(range(1, 7))(
    "lets a node that makes its own watermark speak before a checkpoint behind the last of its rows, though they came through an exchange (seed %i)",
    async (seed) => {
      const splits = { "numbers-0": range(0, 200), "numbers-1": range(200, 400) };
      const run = startRun({
        graph: graphOf(["numbers > count > time > sink"], { parallelism: 2 }),
        splits: { numbers: splits },
        bounded: false,
        mostRows: 5,
        batchBytes: 64,
        seed,
      });
      await run.until(() => run.visible.length === 399);
      for (const checkpoint of run.checkpoints) {
        const owns = checkpoint.states.flatMap((entries) =>
          (entries as readonly SnapshotEntry[]).flatMap((entry) => (entry.node === "time" && "own" in entry ? [entry.own] : [])),
        );
        const latest = sorted(lucky(readOf(checkpoint, splits))).at(-1);
        if (latest !== undefined) expect(Math.max(...owns.map((own) => (own === "min" ? -1 : Number(own))))).toBe(latest);
      }
    },
  );

  it("keeps the fields that only one of several streams has, where these meet on other subtasks", async () => {
    const run = startRun({
      graph: graphOf(["numbers > pass > labels > sink", "numbers > label > pass"], { parallelism: 2, nodes: { pass: 3 } }),
      splits: { numbers: { "numbers-0": range(0, 30), "numbers-1": range(30, 60) } },
    });
    await run.toEnd();
    expect(sorted(run.visible)).toEqual(range(0, 60));
  });

  it.each([1, 2, 4])("takes no member for a field that only another of several streams has (parallelism %i)", async (parallelism) => {
    const like = range(0, 20).map((n) => `{"n":${n},"label":${n + 1_000}}`);
    const unlike = range(20, 40).map((n) => `{"n":${n},"label":{"not":"a number"}}`);
    const run = startRun({
      graph: graphOf(["numbers_a > pass > pass_on > labels > sink", "numbers_b > label > pass"], {
        parallelism,
        nodes: { pass: 3, pass_on: 2 },
      }),
      splits: { numbers_a: { "numbers_a-0": [...like, ...unlike] }, numbers_b: { "numbers_b-0": range(40, 60) } },
    });
    await run.toEnd();
    expect(run.letters).toEqual([]);
    expect(sorted(run.visible)).toEqual(range(40, 60));
  });

  it.each([1, 2, 4])(
    "refuses each record whose key comes twice with two values, on whatever subtask (parallelism %i)",
    async (parallelism) => {
      const twice = range(0, 40).map((n) => `{"n":${n},"n":${n + 1_000}}`);
      const same = range(40, 80).map((n) => `{"n":${n},"x":1,"n":${n}}`);
      const run = startRun({
        graph: graphOf(["numbers > count > sink"], { parallelism }),
        splits: { numbers: { "numbers-0": twice, "numbers-1": same } },
      });
      await run.toEnd();
      expect(run.letters).toHaveLength(40);
      for (const letter of run.letters) expect(letter).toMatchObject({ nodeId: "numbers", port: "", code: "source.key-twice" });
      expect(sorted(run.visible)).toEqual(range(40, 80));
    },
  );

  it("keeps a row that cannot be decoded on another subtask as a dead letter of the node that it came for", async () => {
    const run = startRun({
      graph: graphOf(["numbers > spoil > count > sink"], { parallelism: 2 }),
      splits: { numbers: { "numbers-0": range(20, 60) } },
    });
    await run.toEnd();
    expect(run.letters.length).toBeGreaterThan(0);
    for (const letter of run.letters) expect(letter).toMatchObject({ nodeId: "count", port: "in", code: "codec.wrong-type" });
    expect(run.letters[0]?.words.en).toContain("label: expected BIGINT, got 0.5");
    expect(run.visible.length + run.letters.length).toBe(40);
  });

  it("stops everywhere when one subtask fails, and blames the node", async () => {
    const run = startRun({
      graph: graphOf(["numbers > count > sink"], { parallelism: 3 }),
      splits: TWO_SPLITS,
      bounded: false,
      outside: (what) => (what === "prepare sink 2" ? Promise.reject(new Error("the disk is gone")) : undefined),
    });
    await expect(run.toEnd()).rejects.toMatchObject({ nodeId: "sink", message: 'node "sink": the disk is gone' });
    expect(run.visible).toEqual([]);
    expect(run.log.filter((what) => what.startsWith("close sink")).sort()).toEqual(["close sink 0", "close sink 1", "close sink 2"]);
  });
});

/** The numbers of the records that a checkpoint covers. */
function readOf({ positions }: Checkpoint, splits: Readonly<Record<string, readonly number[]>>): number[] {
  return Object.entries(splits).flatMap(([id, numbers]) => numbers.slice(0, Number(positions.numbers?.[id]?.next ?? 0)));
}

/** What a node had counted for each key. */
function countsOf({ states }: Checkpoint, node: "count" | "recount"): number[] {
  const task = new Task({ graph: graphOf(TWO_EXCHANGES), nodeTypes: testTypes, now: () => 0, seed: "", onDeadLetter: () => undefined });
  const restore = task.beginRestore(states.length);
  for (const [subtask, entries] of states.entries()) for (const entry of entries as readonly SnapshotEntry[]) restore.take(subtask, entry);
  restore.end();
  const keys = node === "count" ? range(0, 500) : range(0, 7);
  return keys.flatMap((key) => {
    const seen = task.nodes.get(node)?.backend.peek([key])?.states.seen;
    return seen === undefined ? [] : [Number(seen)];
  });
}

function sum(numbers: Iterable<number>): number {
  return [...numbers].reduce((total, n) => total + n, 0);
}
