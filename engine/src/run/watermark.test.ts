import { describe, expect, it } from "vitest";
import { MIN_TIME } from "../node/index.ts";
import { CombinedWatermark, PartialWatermarks, SplitWatermarks, WatermarkValve } from "./watermark.ts";

function recorder() {
  const seen: (number | "idle" | "active")[] = [];
  return { seen, watermark: (time: number) => void seen.push(time), idle: (isIdle: boolean) => void seen.push(isIdle ? "idle" : "active") };
}

describe("WatermarkValve", () => {
  it("lets a single input's rising watermarks through and ignores those that fall", () => {
    const out = recorder();
    const valve = new WatermarkValve(1, out);
    for (const time of [0, 25, 18, 25, 42]) valve.onWatermark(0, time);
    expect(out.seen).toEqual([0, 25, 42]);
  });

  it("waits for every input before it lets the minimum through", () => {
    const out = recorder();
    const valve = new WatermarkValve(3, out);
    valve.onWatermark(0, 0);
    valve.onWatermark(1, 0);
    expect(out.seen).toEqual([]);
    valve.onWatermark(2, 0);
    valve.onWatermark(0, 12);
    valve.onWatermark(2, 8);
    valve.onWatermark(2, 10);
    valve.onWatermark(1, 15);
    expect(out.seen).toEqual([0, 10]);
  });

  it("leaves idle inputs out of the minimum", () => {
    const out = recorder();
    const valve = new WatermarkValve(2, out);
    valve.onWatermark(0, 15);
    valve.onWatermark(1, 10);
    valve.onIdle(1, true);
    valve.onWatermark(0, 18);
    expect(out.seen).toEqual([10, 15, 18]);
  });

  it("ignores the watermark of an idle input", () => {
    const out = recorder();
    const valve = new WatermarkValve(1, out);
    valve.onWatermark(0, 25);
    valve.onIdle(0, true);
    valve.onWatermark(0, 50);
    expect(out.seen).toEqual([25, "idle"]);
    valve.onIdle(0, false);
    valve.onWatermark(0, 50);
    expect(out.seen).toEqual([25, "idle", "active", 50]);
  });

  it("counts an input that is back from idle only once it has caught up", () => {
    const out = recorder();
    const valve = new WatermarkValve(2, out);
    valve.onWatermark(0, 10);
    valve.onIdle(1, true);
    valve.onIdle(1, false);
    valve.onWatermark(1, 5);
    valve.onWatermark(0, 12);
    expect(out.seen).toEqual([10, 12]);
    valve.onWatermark(1, 12);
    valve.onWatermark(0, 20);
    expect(out.seen).toEqual([10, 12]);
    valve.onWatermark(1, 15);
    expect(out.seen).toEqual([10, 12, 15]);
  });

  it("flushes the largest watermark when the last active input goes idle and held the minimum", () => {
    const out = recorder();
    const valve = new WatermarkValve(3, out);
    valve.onWatermark(0, 10);
    valve.onWatermark(1, 5);
    valve.onWatermark(2, 3);
    valve.onIdle(0, true);
    valve.onIdle(1, true);
    expect(out.seen).toEqual([3]);
    valve.onIdle(2, true);
    expect(out.seen).toEqual([3, 10, "idle"]);
  });

  it("says idle once, and active once any input is active again", () => {
    const out = recorder();
    const valve = new WatermarkValve(2, out);
    valve.onIdle(0, true);
    valve.onIdle(0, true);
    valve.onIdle(1, true);
    valve.onIdle(1, false);
    valve.onIdle(0, false);
    expect(out.seen).toEqual(["idle", "active"]);
  });

  it("goes on from a snapshot without emitting what was emitted before it", () => {
    const before = new WatermarkValve(2, recorder());
    before.onWatermark(0, 10);
    before.onWatermark(1, 7);
    const out = recorder();
    const valve = new WatermarkValve(2, out);
    valve.restore(before.snapshot());
    expect(valve.watermark).toBe(7);
    valve.onWatermark(1, 7);
    expect(out.seen).toEqual([]);
    valve.onWatermark(1, 9);
    expect(out.seen).toEqual([9]);
  });
});

describe("CombinedWatermark", () => {
  it("takes the minimum over ports that are not idle and never falls", () => {
    const out = recorder();
    const combined = new CombinedWatermark(2, out);
    combined.onWatermark(0, 10);
    expect(combined.watermark).toBe(MIN_TIME);
    combined.onIdle(1, true);
    combined.onIdle(1, false);
    combined.onWatermark(1, 4);
    expect(out.seen).toEqual([10]);
    combined.onWatermark(1, 11);
    combined.onWatermark(0, 12);
    expect(out.seen).toEqual([10, 11]);
  });
});

describe("SplitWatermarks", () => {
  it("follows the slowest split, one millisecond behind its largest time", () => {
    const splits = new SplitWatermarks(1_000);
    splits.add("a", 0);
    splits.add("b", 0);
    splits.onRecords("a", 100, 0);
    expect(splits.current(0).watermark).toBe(MIN_TIME);
    splits.onRecords("b", 40, 0);
    expect(splits.current(0)).toEqual({ watermark: 39, isIdle: false });
  });

  it("leaves out a split that was quiet for longer than the limit, at the limit not yet", () => {
    const splits = new SplitWatermarks(1_000);
    splits.add("a", 0);
    splits.add("b", 0);
    splits.onRecords("a", 100, 500);
    expect(splits.current(1_000).watermark).toBe(MIN_TIME);
    expect(splits.current(1_001)).toEqual({ watermark: 99, isIdle: false });
    expect(splits.current(1_501)).toEqual({ watermark: 99, isIdle: true });
  });

  it("lets an ended split hold nothing back", () => {
    const splits = new SplitWatermarks(1_000);
    splits.add("a", 0);
    splits.add("b", 0);
    splits.onEnd("b");
    splits.onRecords("a", 5, 0);
    expect(splits.current(0).watermark).toBe(4);
  });
});

describe("what there is to see of a split", () => {
  it("is when its last record came, its watermark, and whether it is quiet; nothing after its end", () => {
    const splits = new SplitWatermarks(1_000);
    splits.add("a", 5);
    expect(splits.factsOf("a")).toEqual({ watermark: MIN_TIME, isIdle: false });
    splits.onRecords("a", 100, 500);
    splits.current(1_501);
    expect(splits.factsOf("a")).toEqual({ lastAt: 500, watermark: 99, isIdle: true });
    splits.onEnd("a");
    expect(splits.factsOf("a")).toBeUndefined();
  });
});

describe("parts that come and go", () => {
  it("give the least of those that speak, the greatest of all when nobody does, and never less than before", () => {
    const parts = new PartialWatermarks();
    for (const part of ["a", "b"]) parts.add(part);
    parts.onWatermark("a", 5);
    expect(parts.current()).toEqual({ watermark: MIN_TIME, isIdle: false });
    parts.onWatermark("b", 2);
    expect(parts.current()).toEqual({ watermark: 2, isIdle: false });
    parts.onIdle("a", true);
    parts.onIdle("b", true);
    expect(parts.current()).toEqual({ watermark: 5, isIdle: true });
    parts.onWatermark("b", 3);
    expect(parts.current()).toEqual({ watermark: 5, isIdle: false });
    parts.remove("b");
    parts.add("c");
    parts.onWatermark("c", 9);
    expect(parts.current()).toEqual({ watermark: 9, isIdle: false });
  });
});
