import { type NodeCase, watermark } from "@millrace/engine/node";
import { at, gives, INPUTS, params, result } from "./case-parts.ts";

const ten = { kind: "tumbling", size: "10 s" };
const tvf = { rules: "tvf" };
const group = { rules: "group-window" };

const dropped = (step: ReturnType<typeof at>, count: number) => ({
  ...step,
  expect: { rows: { out: [] }, counters: { "dropped.late": count } },
});

export const sqlCases: readonly NodeCase[] = [
  {
    name: "windowing table functions drop and count what is late",
    params: params(ten, tvf),
    inputs: INPUTS,
    timeZone: "UTC",
    steps: [
      at(1_000),
      gives(watermark(9_998)),
      gives(at(9_999)),
      gives(watermark(9_999), result("ann", 2, 2, 0, 10_000)),
      dropped(at(9_999), 1),
      dropped(at(0), 2),
      gives(at(10_000)),
    ],
  },
  {
    name: "windowing table functions add a late row to the windows that are not over",
    params: params({ kind: "sliding", size: "3 s", every: "1 s" }, tvf),
    inputs: INPUTS,
    timeZone: "UTC",
    steps: [
      at(2_500),
      gives(watermark(3_999), result("ann", 1, 1, 0, 3_000), result("ann", 1, 1, 1_000, 4_000)),
      gives(at(2_400)),
      gives(watermark(4_999), result("ann", 2, 2, 2_000, 5_000)),
      dropped(at(2_400), 1),
    ],
  },
  {
    name: "windowing table functions add a late row to the steps that are to come",
    params: params({ kind: "cumulating", size: "3 s", step: "1 s" }, tvf),
    inputs: INPUTS,
    timeZone: "UTC",
    steps: [
      at(500),
      gives(watermark(1_999), result("ann", 1, 1, 0, 1_000), result("ann", 1, 1, 0, 2_000)),
      gives(at(700)),
      gives(watermark(2_999), result("ann", 2, 2, 0, 3_000)),
      dropped(at(2_999), 1),
    ],
  },
  {
    name: "group windows take back a result that changes, and say nothing when it does not",
    params: params(ten, { ...group, lateness: "5 s" }),
    inputs: INPUTS,
    timeZone: "UTC",
    steps: [
      at(1_000, "ann", 0),
      gives(watermark(9_999), result("ann", 1, 0, 0, 10_000)),
      gives(at(2_000, "ann", 3), result("ann", 1, 0, 0, 10_000, 9_999, "-U"), result("ann", 2, 3, 0, 10_000, 9_999, "+U")),
      gives(at(2_000, "bob"), result("bob", 1, 1, 0, 10_000)),
      gives(watermark(14_999)),
      dropped(at(3_000), 1),
    ],
  },
  {
    name: "group windows give early results on the clock from the first row on, where they have changed",
    params: params(ten, { ...group, early: "1 s" }),
    inputs: INPUTS,
    timeZone: "UTC",
    steps: [
      { clock: 500 },
      at(1_000),
      gives({ clock: 1_499 }),
      gives({ clock: 1_500 }, result("ann", 1, 1, 0, 10_000)),
      gives({ clock: 2_500 }),
      at(2_000),
      gives({ clock: 4_600 }, result("ann", 1, 1, 0, 10_000, 9_999, "-U"), result("ann", 2, 2, 0, 10_000, 9_999, "+U")),
      gives(watermark(9_998)),
      gives(watermark(9_999)),
      gives({ clock: 20_000 }),
      at(12_000),
      gives(watermark(19_999), result("ann", 1, 1, 10_000, 20_000)),
    ],
  },
  {
    name: "group windows give early results in processing time",
    params: params(ten, { ...group, early: "4 s", time: "processing" }),
    inputs: INPUTS,
    timeZone: "UTC",
    steps: [
      { clock: 1_000 },
      at(0),
      gives({ clock: 4_999 }),
      gives({ clock: 5_000 }, result("ann", 1, 1, 0, 10_000)),
      at(0),
      gives({ clock: 10_000 }, result("ann", 1, 1, 0, 10_000, 9_999, "-U"), result("ann", 2, 2, 0, 10_000, 9_999, "+U")),
    ],
  },
];
