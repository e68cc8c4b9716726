import type { PortCounts, TapSample } from "@millrace/engine/run";
import { describe, expect, it } from "vitest";
import { mergeCounts, mergeSamples, mergeSplits } from "./merge-views.ts";

const counts = (rows: number, more: Partial<PortCounts> = {}): PortCounts => ({
  in: { in: rows },
  out: { out: rows, error: 0 },
  dropped: { filtered: 1 },
  errors: 2,
  watermark: 10 * rows,
  isEnded: rows > 5,
  inputs: { in: { lastTime: 10 * rows, watermark: 10 * rows, isIdle: rows > 5 } },
  ...more,
});
const sample = (seq: number, at: number): TapSample => ({ seq, at, time: null, kind: "+I", text: `${seq}` });

describe("the view of a run", () => {
  it("adds up what its subtasks counted; the lowest watermark counts, and all must have ended", () => {
    const state = { keys: 1, memoryBytes: 10, spilledBytes: 100, timers: 1_000 };
    const words = (text: string, at: number) => ({ words: { en: text, zh: text }, at });
    const merged = mergeCounts([
      { node: counts(3, { state, holdings: { windows: 1 }, lastError: words("first", 1) }), alone: counts(7) },
      { node: counts(9, { state, holdings: { windows: 2 }, lastError: words("last", 2) }) },
    ]);
    expect(merged).toEqual({
      node: {
        in: { in: 12 },
        out: { out: 12, error: 0 },
        dropped: { filtered: 2 },
        errors: 4,
        watermark: 30,
        isEnded: false,
        inputs: { in: { lastTime: 90, watermark: 30, isIdle: false } },
        holdings: { windows: 3 },
        state: { keys: 2, memoryBytes: 20, spilledBytes: 200, timers: 2_000 },
        lastError: words("last", 2),
      },
      alone: counts(7),
    });
  });

  it("lists what each subtask reads of a source, by topic and partition", () => {
    const split = (origin: string, partition?: number) => ({
      origin,
      ...(partition !== undefined && { partition }),
      watermark: 0,
      isIdle: false,
    });
    expect(mergeSplits([{ a: [split("t", 2), split("t", 0)], b: [split("f")] }, { a: [split("t", 1), split("s", 10)] }])).toEqual({
      a: [split("s", 10), split("t", 0), split("t", 1), split("t", 2)],
      b: [split("f")],
    });
  });

  it("shows samples in the order in which they were taken, no two with the same number", () => {
    const merged = mergeSamples([[sample(0, 5), sample(1, 7)], [sample(0, 6)]]);
    expect(merged.map(({ at }) => at)).toEqual([5, 6, 7]);
    expect(new Set(merged.map(({ seq }) => seq)).size).toBe(3);
  });
});
