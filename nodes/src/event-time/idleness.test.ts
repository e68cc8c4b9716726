import { describe, expect, it } from "vitest";
import { Idleness } from "./idleness.ts";

/** Times of the probes at which the stream goes idle, with rows between them. */
function idleAt(idleAfterMs: number, events: readonly (number | "row")[]): number[] {
  const idleness = new Idleness(idleAfterMs);
  return events.filter((event): event is number => {
    if (event !== "row") return idleness.hasGoneIdle(event);
    idleness.onRow();
    return false;
  });
}

describe("idleness", () => {
  it("begins when more than the time has passed since the first look that saw nothing, not before", () => {
    expect(idleAt(1_000, ["row", 0, 200, 1_200])).toEqual([]);
    expect(idleAt(1_000, ["row", 0, 200, 1_201])).toEqual([1_201]);
  });

  it("is told once", () => {
    expect(idleAt(1_000, [0, 2_000, 2_200, 9_000])).toEqual([2_000]);
  });

  it("ends with the next row, and begins anew after it", () => {
    expect(idleAt(1_000, [0, 2_000, "row", 2_200, 2_400, 3_401])).toEqual([2_000, 3_401]);
  });

  it("does not begin while rows come between the looks", () => {
    expect(idleAt(100, ["row", 0, "row", 200, "row", 400, "row", 600])).toEqual([]);
  });

  it("counts from the first look for a stream that never had a row", () => {
    expect(idleAt(1_000, [5_000, 6_000, 6_001])).toEqual([6_001]);
  });
});
