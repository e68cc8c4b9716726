import { describe, expect, it } from "vitest";
import { graphOf, testTypes } from "./run.testing.ts";
import { Task } from "./task.ts";

function newTask(chains: readonly string[]): Task {
  return new Task({ graph: graphOf(chains), nodeTypes: testTypes, now: () => 0, seed: "", onDeadLetter: () => undefined });
}

describe("a task's snapshot", () => {
  it("does not set the time back that an idle input had let go on: what was late stays late", () => {
    const chains = ["numbers_a > count > sink", "numbers_b > count"];
    const task = newTask(chains);
    task.pushWatermark("numbers_a", 100);
    task.pushWatermark("numbers_b", 50);
    task.pushIdle("numbers_b", true);
    expect(task.nodes.get("count")?.backend.watermark).toBe(100);
    const restored = newTask(chains);
    restored.restore(structuredClone([...task.snapshot(true)]));
    expect(restored.nodes.get("count")?.backend.watermark).toBe(100);
  });

  describe("gives each edge the time that it had, where the edges", () => {
    /** The time at the counter once a run with an early and a late source has become one of these `chains`, and sources have `moved`. */
    function timeAfter(chains: readonly string[], moved: Readonly<Record<string, number>>): number {
      const task = newTask(["numbers_early > pass > count > sink", "numbers_late > pass"]);
      task.pushWatermark("numbers_early", 50);
      task.end("numbers_late");
      expect(task.nodes.get("count")?.backend.watermark).toBe(50);
      const restored = newTask(chains);
      restored.restore(structuredClone([...task.snapshot(true)]));
      for (const [id, time] of Object.entries(moved)) restored.pushWatermark(id, time);
      return restored.nodes.get("count")?.backend.watermark as number;
    }

    it("changed places", () => {
      const swapped = ["numbers_late > pass > count > sink", "numbers_early > pass"];
      expect(timeAfter(swapped, {})).toBe(50);
      expect(timeAfter(swapped, { numbers_early: 60 })).toBe(60);
    });

    it("are as many, but one of them is another", () => {
      const replaced = ["numbers_early > pass > count > sink", "numbers_new > pass"];
      // What comes from there is not over because something else was.
      expect(timeAfter(replaced, { numbers_early: 60 })).toBe(50);
      expect(timeAfter(replaced, { numbers_early: 60, numbers_new: 55 })).toBe(55);
    });

    it("are more", () => {
      const more = ["numbers_new > pass > count > sink", "numbers_early > pass", "numbers_late > pass"];
      expect(timeAfter(more, { numbers_early: 60, numbers_new: 70 })).toBe(60);
    });

    it("are fewer", () => {
      expect(timeAfter(["numbers_early > pass > count > sink"], { numbers_early: 60 })).toBe(60);
    });

    it("were not kept by edge yet", () => {
      const task = newTask(["numbers_early > count > sink"]);
      task.restore([{ node: "count", watermarks: { in: [70, "max"] as never }, own: 70 }]);
      expect(task.nodes.get("count")?.backend.watermark).toBe(70);
    });
  });
});
