import fc from "fast-check";
import { expect, it } from "vitest";
import { pauseBefore } from "./restarts.ts";

it("doubles the pause up to the longest", () => {
  const policy = { firstPauseMs: 1_000, longestPauseMs: 60_000, healthyAfterMs: 1 };
  expect([0, 1, 2, 3, 4, 5, 6, 7, 10_000].map((attempt) => pauseBefore(attempt, policy))).toEqual([
    1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000,
  ]);
});

it("never shrinks, and is never above the longest, whatever the settings", () => {
  const millis = fc.integer({ min: 1, max: 2 ** 31 });
  fc.assert(
    fc.property(millis, millis, fc.nat(), (firstPauseMs, longestPauseMs, attempt) => {
      const policy = { firstPauseMs, longestPauseMs, healthyAfterMs: 1 };
      const pause = pauseBefore(attempt, policy);
      expect(pause).toBeLessThanOrEqual(longestPauseMs);
      expect(pauseBefore(attempt + 1, policy)).toBeGreaterThanOrEqual(pause);
    }),
  );
});
