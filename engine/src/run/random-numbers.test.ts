import { describe, expect, it } from "vitest";
import { randomNumbers } from "./random-numbers.ts";
import { graphOf, range, startRun } from "./run.testing.ts";

const SPLITS = { numbers: { "numbers-0": range(0, 200), "numbers-1": range(200, 400), "numbers-2": range(400, 600) } };
const start = (options: Partial<Parameters<typeof startRun>[0]> = {}) =>
  startRun({ graph: graphOf(["numbers > draw > sink"], { parallelism: 3 }), splits: SPLITS, ...options });

describe("random numbers of a run", () => {
  it("are the same again with the same seed", async () => {
    const [first, second] = [start(), start()];
    await first.toEnd();
    await second.toEnd();
    expect(second.visible).toEqual(first.visible);
    expect(first.visible).toHaveLength(600);
  });

  it("are others on every subtask", async () => {
    const run = start();
    await run.toEnd();
    expect(new Set(run.visible).size).toBe(600);
  });

  it("are others after a restart, so that no identifier comes again for another row", async () => {
    const first = start({ mostRows: 40 });
    await first.until(() => first.checkpoints.length === 2);
    const second = start({ mostRows: 40, restored: first.checkpoints.at(-1) });
    await second.toEnd();
    const all = [...first.visible, ...second.visible];
    expect(all).toHaveLength(600);
    expect(new Set(all).size).toBe(600);
  });

  it("fill the range from 0 to 1 evenly", () => {
    const next = randomNumbers("any");
    const tenths = new Array<number>(10).fill(0);
    for (let i = 0; i < 10_000; i++) {
      const number = next();
      expect(number >= 0 && number < 1).toBe(true);
      tenths[Math.floor(number * 10)] = (tenths[Math.floor(number * 10)] as number) + 1;
    }
    for (const count of tenths) expect(Math.abs(count - 1_000)).toBeLessThan(150);
  });
});
