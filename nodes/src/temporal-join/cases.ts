import { type NodeCase, row, type Step, watermark } from "@millrace/engine/node";
import type { RowKind } from "@millrace/engine/schema";

const inputs = { left: "k STRING, id INT", right: "k STRING, rate INT" };
const join = {
  leftKey: ["k"],
  rightKey: ["k"],
  joined: {
    as: "select",
    fields: [
      { name: "id", from: "left", value: "id" },
      { name: "rate", from: "right", value: "rate" },
    ],
  },
};
const left = (time: number, id: number, k = "a"): Step => row(time, { k, id }, "left");
const right = (time: number, rate: number, kind: RowKind = "+I", k = "a"): Step => ({
  rows: { right: [{ value: { k, rate }, time, kind }] },
});
const both = (time: number | "max"): Step => ({ watermark: { left: time, right: time } });
const gives = (step: Step, ...pairs: readonly (readonly [id: number, rate: number | null, time: number])[]): Step => ({
  ...step,
  expect: { rows: { ...step.expect?.rows, joined: pairs.map(([id, rate, time]) => ({ value: { id, rate }, time })) }, ordered: true },
});
const lets = (step: Step, port: string, ...rows: readonly (readonly [id: number, time: number])[]): Step => ({
  ...step,
  expect: { ...step.expect, rows: { ...step.expect?.rows, [port]: rows.map(([id, time]) => ({ value: { k: "a", id }, time })) } },
});
const now = { ...join, time: "processing" };

export const cases: readonly NodeCase[] = [
  {
    name: "joins the version that held: from its own time, until the next one's",
    params: join,
    inputs,
    steps: [
      right(1_000, 1),
      right(2_000, 2),
      left(999, 1),
      left(1_000, 2),
      left(1_999, 3),
      left(2_000, 4),
      lets(gives(both(5_000), [2, 1, 1_000], [3, 1, 1_999], [4, 2, 2_000]), "unmatched", [1, 999]),
    ],
  },
  {
    name: "waits until the watermark of both inputs has reached the row",
    params: join,
    inputs,
    steps: [
      right(1_000, 1),
      left(3_000, 1),
      gives(watermark(9_000, "left")),
      gives(watermark(2_999, "right")),
      right(2_500, 2),
      gives(watermark(3_000, "right"), [1, 2, 3_000]),
    ],
  },
  {
    name: "lets rows out in the order they came, whatever their times",
    params: join,
    inputs,
    steps: [right(0, 1), left(3_000, 1), left(2_000, 2), left(4_000, 3), gives(both(4_000), [1, 1, 3_000], [2, 1, 2_000], [3, 1, 4_000])],
  },
  {
    name: "takes a row at the watermark for late, and one a millisecond later not",
    params: join,
    inputs,
    steps: [
      right(1_000, 1),
      both(2_000),
      lets(gives(left(2_000, 1)), "late", [1, 2_000]),
      lets(gives(left(2_001, 2)), "late"),
      gives(both(2_001), [2, 1, 2_001]),
    ],
  },
  {
    name: "keeps the latest version for good, and takes one that comes late for rows that still wait",
    params: join,
    inputs,
    steps: [
      right(1_000, 1),
      both(100_000),
      left(200_000, 1),
      right(50_000, 2),
      gives(both(200_000), [1, 2, 200_000]),
      left(300_000, 2),
      gives(both(300_000), [2, 2, 300_000]),
    ],
  },
  {
    name: "counts the later one of two versions of the same time",
    params: join,
    inputs,
    steps: [right(1_000, 1), right(1_000, 2), left(1_000, 1), gives(both(1_000), [1, 2, 1_000])],
  },
  {
    name: "has no version from a deletion on, until the next one; an update-before without its update-after ends one too",
    params: join,
    inputs,
    steps: [
      right(1_000, 1),
      right(2_000, 1, "-D"),
      right(3_000, 3),
      right(4_000, 3, "-U"),
      right(4_000, 4, "+U"),
      right(5_000, 4, "-U"),
      left(1_500, 1),
      left(2_000, 2),
      left(3_500, 3),
      left(4_000, 4),
      left(5_000, 5),
      lets(gives(both("max"), [1, 1, 1_500], [3, 3, 3_500], [4, 4, 4_000]), "unmatched", [2, 2_000], [5, 5_000]),
    ],
  },
  {
    name: "ends a version where a field says so",
    params: { ...join, endsWhen: "rate < 0", outer: "left" },
    inputs,
    steps: [right(1_000, 1), right(2_000, -1), left(1_999, 1), left(2_000, 2), gives(both(2_000), [1, 1, 1_999], [2, null, 2_000])],
  },
  {
    name: "keeps the kind of a left row",
    params: join,
    inputs,
    steps: [
      right(1_000, 1),
      { rows: { left: [{ value: { k: "a", id: 1 }, time: 1_000, kind: "-U" }] } },
      { rows: { left: [{ value: { k: "a", id: 2 }, time: 1_000, kind: "+U" }] } },
      {
        ...both(1_000),
        expect: {
          rows: {
            joined: [
              { value: { id: 1, rate: 1 }, kind: "-U" },
              { value: { id: 2, rate: 1 }, kind: "+U" },
            ],
          },
        },
      },
    ],
  },
  {
    name: "gives late rows and rows without a version back with all their members",
    params: join,
    inputs,
    steps: [
      row(1_000, { k: "a", id: 1, note: "x" }, "left"),
      { ...both(1_000), expect: { rows: { unmatched: [{ value: { k: "a", id: 1, note: "x" }, time: 1_000 }] } } },
      {
        ...row(900, { k: "a", id: 2, note: "y" }, "left"),
        expect: { rows: { late: [{ value: { k: "a", id: 2, note: "y" }, time: 900 }] } },
      },
    ],
  },
  {
    name: "keeps keys apart, matches none that is NULL, and drops versions without one",
    params: join,
    inputs,
    steps: [
      right(1_000, 1),
      right(1_000, 2, "+I", "b"),
      { ...row(1_000, { rate: 9 }, "right"), expect: { rows: {}, counters: { "dropped.no-key": 1 } } },
      { ...row(1_000, { id: 9 }, "left"), expect: { rows: { unmatched: [{ value: { id: 9 } }] } } },
      left(1_000, 1, "b"),
      gives(both(1_000), [1, 2, 1_000]),
    ],
  },
  {
    name: "lets everything out at the end of input",
    params: join,
    inputs,
    steps: [right(1_000, 1), left(9_000, 1), gives({ end: ["left"] }), gives({ end: ["right"] }, [1, 1, 9_000])],
  },
  {
    name: "does not wait for an idle input",
    params: join,
    inputs,
    steps: [right(1_000, 1), left(2_000, 1), gives({ ...watermark(2_000, "left"), idle: { right: true } }, [1, 1, 2_000])],
  },
  {
    name: "joins at once with the latest version in processing time",
    params: now,
    inputs,
    steps: [
      lets(gives(left(5_000, 1)), "unmatched", [1, 5_000]),
      right(9_000, 1),
      gives(left(5_000, 2), [2, 1, 5_000]),
      right(1_000, 2, "+U"),
      gives(left(5_000, 3), [3, 2, 5_000]),
      right(1_000, 2, "-D"),
      lets(gives(left(5_000, 4)), "unmatched", [4, 5_000]),
    ],
  },
  {
    name: "forgets a key between both bounds after its last row, its latest version too",
    params: { ...now, forgetAfter: "4 s", forgetBy: "6 s" },
    inputs,
    steps: [
      { clock: 1_000 },
      right(0, 1),
      { clock: 3_000 },
      gives(left(0, 1), [1, 1, 0]),
      { clock: 6_999 },
      // Within the lower bound of the timer at 7 s no longer: the timer moves.
      gives(left(0, 2), [2, 1, 0]),
      { clock: 12_998 },
      { clock: 12_999 },
      lets(gives(left(0, 3)), "unmatched", [3, 0]),
    ],
  },
  {
    name: "forgets rows that wait as well",
    params: { ...join, forgetAfter: "4 s" },
    inputs,
    steps: [{ clock: 1_000 }, right(1_000, 1), left(2_000, 1), { clock: 7_000 }, lets(gives(both(9_000)), "unmatched")],
  },
  {
    name: "sends rows and versions to the error port as they come that could not be joined later",
    params: {
      ...join,
      joined: {
        as: "select",
        fields: [
          { name: "l", from: "left", value: "10 / id" },
          { name: "r", from: "right", value: "10 / rate" },
        ],
      },
    },
    inputs,
    steps: [
      { ...right(1_000, 0), expect: { rows: { error: [{ value: { code: "expression.division-by-zero" }, exact: false }] } } },
      { ...left(1_000, 0), expect: { rows: { error: [{ value: { code: "expression.division-by-zero" }, exact: false }] } } },
      right(1_000, 5),
      left(2_000, 2),
      { ...both(9_000), expect: { rows: { joined: [{ value: { l: 5, r: 2 } }], unmatched: [] } } },
    ],
  },
  {
    name: "sends a row without a time to the error port",
    params: join,
    inputs,
    steps: [
      {
        rows: { left: [{ value: { k: "a", id: 1 }, time: Number.NEGATIVE_INFINITY }] },
        expect: { rows: { error: [{ value: { code: "temporal-join.no-time" }, exact: false }] } },
      },
    ],
  },
  {
    name: "refuses to forget at the latest before it may",
    params: { ...join, forgetAfter: "4 s", forgetBy: "3 s" },
    inputs,
    invalid: 'forgetBy: expected no less than the time to forget after, got "3 s". Try "36 h".',
  },
];
