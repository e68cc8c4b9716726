import { expect, test } from "vitest";
import { momentOf, scaleOf } from "./TimePicture.tsx";

const at = (time: number | null) => ({ port: "in", time, text: "{}" });
const step = { watermarks: [], out: [], ends: false, restarts: false };

test("rows stand in the order of their times, whatever order they came in", () => {
  const x = scaleOf([
    { ...step, in: [at(5_000)] },
    { ...step, in: [at(1_000), at(null)] },
    { ...step, in: [], watermarks: [{ port: "in", time: 9_000 }] },
  ]);
  expect([x(null), x(1_000), x(5_000), x(9_000), x("max")].toSorted((a, b) => a - b)).toEqual([
    x(null),
    x(1_000),
    x(5_000),
    x(9_000),
    x("max"),
  ]);
  expect(x(5_000) - x(1_000)).toBe(x(9_000) - x(5_000));
  expect(scaleOf([{ ...step, in: [at(7), at(7)] }])(7)).toBeGreaterThan(0);
  expect([null, "max" as const, -500, 1_613_959_200_000].map(momentOf)).toEqual(["–", "∞", "-0.5 s", "2021-02-22T02:00:00.000Z"]);
});
