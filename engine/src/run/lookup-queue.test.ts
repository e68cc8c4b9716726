import { describe, expect, it } from "vitest";
import type { Lookup, LookupSettings, Row } from "../node/index.ts";
import { LookupQueue, type Saved } from "./lookup-queue.ts";

const SETTINGS: LookupSettings = {
  input: "in",
  capacity: 10,
  ordered: true,
  timeoutMs: 1_000,
  onFailure: "error",
  retry: { attempts: 1, pauseMs: 1, growth: 1, misses: false },
};

/** What leaves a queue that took up these lists and whose questions are answered at once, in order. */
function afterRestore(lists: readonly (readonly Saved[])[], received: number, given: number): string[] {
  const left: string[] = [];
  const lookup: Lookup = { ask: (_row, _time, done) => done({ emissions: () => [] }), without: () => [], close: () => undefined };
  const queue = new LookupQueue<undefined>(SETTINGS, lookup, {
    now: () => 0,
    wake: () => undefined,
    cause: () => undefined,
    own: (row) => row,
    emit: ({ time }) => void left.push(`row ${time}`),
    failed: (_flight, error) => void left.push(error.message),
    watermark: (time) => void left.push(`watermark ${time}`),
    idle: () => undefined,
  });
  queue.restore(lists, undefined, received, given);
  queue.deliver();
  return left;
}

const row = (time: number): Saved => ({ time, row: { time } as unknown as Row });
const watermark = (time: number): Saved => ({ time, row: null });

describe("rows under way that a run goes on with", () => {
  it("leave with their watermarks between them", () => {
    expect(afterRestore([[row(5), watermark(4), row(3), watermark(8)]], 8, 1)).toEqual(["row 5", "watermark 4", "row 3", "watermark 8"]);
  });

  it("leave without a watermark that was true of other inputs than their subtask has now", () => {
    expect(afterRestore([[row(5), watermark(4), row(6), watermark(8)]], 3, 1)).toEqual(["row 5", "row 6", "watermark 3"]);
  });

  it("all leave before the merged watermark, where they were several subtasks'", () => {
    expect(
      afterRestore(
        [
          [row(5), watermark(4)],
          [row(2), watermark(1)],
        ],
        1,
        0,
      ),
    ).toEqual(["row 5", "row 2", "watermark 1"]);
  });

  it("leave no watermark behind them that was given out before", () => {
    expect(afterRestore([[row(5)]], 3, 3)).toEqual(["row 5"]);
  });
});
