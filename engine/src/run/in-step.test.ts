import { describe, expect, it } from "vitest";
import type { Checkpoint } from "./checkpoint.ts";
import { graphOf, range, STEP, startRun, type TestRun } from "./run.testing.ts";

const sorted = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b);
/** One moment has one number in one of the splits, of which the third is sparse; none is the one that is refused. */
const SPLITS = {
  stepped_a: { "stepped_a-0": range(100, 700).filter((n) => n % 3 === 0), "stepped_a-1": range(100, 700).filter((n) => n % 3 === 1) },
  stepped_b: {
    "stepped_b-0": range(100, 700).filter((n) => n % 60 === 2),
    "stepped_b-1": range(400, 700).filter((n) => n % 3 === 2 && n % 60 !== 2),
  },
};
const ALL = sorted(Object.values(SPLITS).flatMap((splits) => Object.values(splits).flat()));
const graphAt = (parallelism: number) => graphOf(["stepped_a > pass > sink", "stepped_b > pass"], { parallelism });

/** How much earlier than one that came before is a number, at most. */
function disorderOf(numbers: readonly number[]): number {
  let [latest, most] = [Number.NEGATIVE_INFINITY, 0];
  for (const n of numbers) {
    latest = Math.max(latest, n);
    most = Math.max(most, latest - n);
  }
  return most;
}

describe("reading in step", () => {
  it.each([1, 2, 3])(
    "gives what waits in all partitions of all sources in its order, to within a step (%i subtasks)",
    async (parallelism) => {
      for (const seed of range(1, 6)) {
        const run = startRun({ graph: graphAt(parallelism), splits: SPLITS, seed });
        expect(await run.toEnd()).toBe("finished");
        expect(sorted(run.visible)).toEqual(ALL);
        expect(disorderOf(run.visible)).toBeLessThanOrEqual(STEP);
      }
    },
  );

  it("is what makes the order: without it a partition is read as far as a batch goes", async () => {
    const splits = { numbers: { "numbers-0": SPLITS.stepped_a["stepped_a-0"], "numbers-1": SPLITS.stepped_a["stepped_a-1"] } };
    const run = startRun({ graph: graphOf(["numbers > pass > sink"]), splits });
    await run.toEnd();
    expect(disorderOf(run.visible)).toBeGreaterThan(STEP);
  });

  it.each([1, 2])("goes on from any checkpoint, which may stand in the middle of what was read (%i subtasks)", async (parallelism) => {
    const whole = startRun({ graph: graphAt(parallelism), splits: SPLITS, mostRows: 7 });
    await whole.toEnd();
    for (const cutAt of range(1, whole.checkpoints.length).filter((id) => id % 9 === 1)) {
      const first = startRun({ graph: graphAt(parallelism), splits: SPLITS, mostRows: 7 });
      await first.until(() => first.checkpoints.length === cutAt);
      const seen = [...first.visible];
      const second = startRun({
        graph: graphAt(3 - parallelism),
        splits: SPLITS,
        mostRows: 7,
        restored: first.checkpoints.at(-1) as Checkpoint,
      });
      await second.toEnd();
      expect(sorted([...seen, ...second.visible])).toEqual(ALL);
    }
  });

  it.each([1, 2])(
    "is held back by no partition in which nothing waits, and by none that is behind it for long (%i subtasks)",
    async (parallelism) => {
      const splits = { stepped_a: { ...structuredClone(SPLITS.stepped_a), "stepped_a-2": [] as number[] } };
      const run = startRun({ graph: graphOf(["stepped_a > pass > sink"], { parallelism }), splits, bounded: false });
      await seen(run, 400);
      // Later than all others: nobody waits for what it is ahead of.
      splits.stepped_a["stepped_a-2"].push(90_000, 90_001);
      await seen(run, 402);
      splits.stepped_a["stepped_a-0"].push(701);
      await seen(run, 403);
      expect(run.visible.slice(-3)).toEqual([90_000, 90_001, 701]);
    },
  );
});

async function seen(run: TestRun, count: number): Promise<void> {
  await run.until(() => run.visible.length === count);
}
