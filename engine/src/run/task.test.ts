import { describe, expect, it } from "vitest";
import { graphOf, testTypes } from "./run.testing.ts";
import { Task } from "./task.ts";

describe("a task's snapshot", () => {
  it("does not set the time back that an idle input had let go on: what was late stays late", () => {
    const graph = graphOf(["numbers_a > count > sink", "numbers_b > count"]);
    const newTask = () => new Task({ graph, nodeTypes: testTypes, now: () => 0, onDeadLetter: () => undefined });
    const task = newTask();
    task.pushWatermark("numbers_a", 100);
    task.pushWatermark("numbers_b", 50);
    task.pushIdle("numbers_b", true);
    expect(task.nodes.get("count")?.backend.watermark).toBe(100);
    const restored = newTask();
    restored.restore(structuredClone([...task.snapshot(true)]));
    expect(restored.nodes.get("count")?.backend.watermark).toBe(100);
  });
});
