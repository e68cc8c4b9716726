import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Line, reductionsOf } from "./reductions.ts";
import { SKUS } from "./seed-rows.ts";

/** Of that SKU so many pieces. */
function line(sku: number, pieces = 1): Line {
  const { price, category3 } = SKUS[sku - 1] as (typeof SKUS)[number];
  return { sku, category3, pieces, amount: price * pieces };
}

const activities = (lines: Line[]) => reductionsOf(lines, []).map(({ activity }) => activity && [activity.rule.id, activity.amount]);
const coupons = (lines: Line[], held: number[]) => reductionsOf(lines, held).map(({ coupon }) => coupon && [coupon.id, coupon.amount]);

describe("reductions of an order", () => {
  it("take an amount off from a total on, by the highest level that is reached", () => {
    expect(activities([line(8)])).toEqual([[3, 20_000]]); // 8197 ≥ 5000
    expect(activities([line(8, 2)])).toEqual([[4, 50_000]]); // 16394 ≥ 10000
    expect(activities([line(1)])).toEqual([undefined]);
  });

  it("are split in proportion, half up, and the last detail takes what is left", () => {
    // 8197 and 9197 of 17394: 500 × 8197 ÷ 17394 = 235.6272…
    expect(activities([line(8), line(1), line(12)])).toEqual([[4, 23_563], undefined, [4, 26_437]]);
  });

  it("take a share off from a number of pieces on", () => {
    expect(activities([line(26), line(29)])).toEqual([undefined, undefined]);
    expect(activities([line(26, 2), line(29)])).toEqual([
      [5, 2_580],
      [5, 690],
    ]);
    expect(activities([line(26, 5)])).toEqual([[6, 12_900]]);
  });

  it("give a detail that two activities want to the one that takes most off", () => {
    // SKU 12 alone: activity 1 wants 10000, activity 2 gives 200; two pieces: 18394 gives 700 in activity 1 and 500 in activity 2.
    expect(activities([line(12)])).toEqual([[3, 20_000]]);
    expect(activities([line(12, 2)])).toEqual([[2, 70_000]]);
  });

  it("use the coupon that takes most off, of those that the user has and whose condition holds after activities", () => {
    expect(coupons([line(26)], [1, 2, 3])).toEqual([[1, 3_000]]);
    expect(coupons([line(26, 2)], [1, 2, 3])).toEqual([[2, 7_000]]);
    expect(coupons([line(26, 2)], [1])).toEqual([[1, 3_000]]);
    expect(coupons([line(26, 2)], [])).toEqual([undefined]);
    expect(coupons([line(29)], [1, 2, 3])).toEqual([undefined]);
    // 5 × 129 = 645, less 20 % = 516 ≥ 499.
    expect(coupons([line(26, 5)], [1, 2, 3])).toEqual([[3, 10_000]]);
    expect(coupons([line(1), line(26)], [1])).toEqual([undefined, [1, 3_000]]);
  });

  it("never take more off a detail than it costs, nor a part of a hundredth", () => {
    const lines = fc.uniqueArray(fc.record({ sku: fc.integer({ min: 1, max: 35 }), pieces: fc.integer({ min: 1, max: 9 }) }), {
      selector: ({ sku }) => sku,
      minLength: 1,
      maxLength: 16,
    });
    fc.assert(
      fc.property(lines, fc.subarray([1, 2, 3]), (given, held) => {
        const order = given.map(({ sku, pieces }) => line(sku, pieces));
        for (const [i, { activity, coupon }] of reductionsOf(order, held).entries()) {
          const amounts = [activity?.amount ?? 0, coupon?.amount ?? 0];
          for (const amount of amounts) expect(Number.isInteger(amount) && amount >= 0).toBe(true);
          expect(amounts.reduce((sum, amount) => sum + amount, 0)).toBeLessThanOrEqual(order[i]?.amount as number);
          if (coupon) expect(held).toContain(coupon.id);
        }
      }),
    );
  });
});
