import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { random, weighted } from "./random.ts";

describe("random numbers", () => {
  it("are a function of their keys", () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { maxLength: 5 }), (keys) => {
        expect(random(...keys).next()).toBe(random(...keys).next());
      }),
    );
  });

  it("differ when one key differs, its place included", () => {
    const first = [[], [0], [0, 0], [1, 0], [0, 1], [-1, 0], [1, 0, 0]].map((keys) => random(...keys).next());
    expect(new Set(first).size).toBe(first.length);
  });

  it("stay within both bounds, and reach them", () => {
    fc.assert(
      fc.property(fc.integer(), fc.maxSafeInteger(), fc.nat(2 ** 40), (seed, least, span) => {
        const most = Math.min(least + span, Number.MAX_SAFE_INTEGER);
        const drawn = random(seed).between(least, most);
        expect(Number.isSafeInteger(drawn)).toBe(true);
        expect(drawn).toBeGreaterThanOrEqual(least);
        expect(drawn).toBeLessThanOrEqual(most);
      }),
    );
    const die = random(7);
    expect(new Set(Array.from({ length: 200 }, () => die.between(1, 6)))).toEqual(new Set([1, 2, 3, 4, 5, 6]));
  });

  it("choose by weight", () => {
    const choice = weighted([
      ["a", 70],
      ["b", 30],
    ]);
    const numbers = random(1);
    const drawn = Array.from({ length: 10_000 }, () => choice.pick(numbers));
    expect(drawn.filter((value) => value === "a").length / drawn.length).toBeCloseTo(0.7, 1);
    expect(choice.mean((value) => value.charCodeAt(0))).toBeCloseTo(97.3);
  });
});
