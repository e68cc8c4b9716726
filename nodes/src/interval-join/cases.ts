import { type NodeCase, row, type Step, watermark } from "@millrace/engine/node";
import { gmallCases } from "./gmall-cases.ts";

const inputs = { left: "k STRING, l INT", right: "k STRING, r INT" };
const join = {
  leftKey: ["k"],
  rightKey: ["k"],
  lower: "-2 s",
  upper: "3 s",
  joined: {
    as: "select",
    fields: [
      { name: "l", from: "left", value: "l" },
      { name: "r", from: "right", value: "r" },
    ],
  },
};
const left = (time: number, l: number, k = "a"): Step => row(time, { k, l }, "left");
const right = (time: number, r: number, k = "a"): Step => row(time, { k, r }, "right");
const both = (time: number): Step => ({ watermark: { left: time, right: time } });
/** A step and the pairs that it joins: left, right, time. */
const gives = (step: Step, ...pairs: readonly (readonly [l: number | null, r: number | null, time: number])[]): Step => ({
  ...step,
  expect: { ...step.expect, rows: { ...step.expect?.rows, joined: pairs.map(([l, r, time]) => ({ value: { l, r }, time })) } },
});
const lets = (step: Step, port: string, ...rows: readonly (readonly [value: Readonly<Record<string, unknown>>, time: number])[]): Step => ({
  ...step,
  expect: { ...step.expect, rows: { ...step.expect?.rows, [port]: rows.map(([value, time]) => ({ value, time })) } },
});
const holds = (step: Step, left: number, right: number): Step => ({ ...step, expect: { ...step.expect, holdings: { left, right } } });
const sql = { ...join, rules: "sql" };

export const cases: readonly NodeCase[] = [
  {
    name: "joins right rows from the lower to the upper bound, both included",
    params: join,
    inputs,
    steps: [
      gives(left(10_000, 1)),
      gives(right(7_999, 1)),
      gives(right(8_000, 2), [1, 2, 10_000]),
      gives(right(13_000, 3), [1, 3, 13_000]),
      gives(right(13_001, 4)),
    ],
  },
  ...[join, sql].map((params) => ({
    name: `says how many rows wait on either side, by the rules ${params === sql ? "of SQL" : "of streams"}`,
    params,
    inputs,
    steps: [
      holds(left(10_000, 1), 1, 0),
      holds(left(10_000, 2), 2, 0),
      holds(left(10_500, 3, "b"), 3, 0),
      holds(right(10_000, 1), 3, 1),
      holds(both(11_999), 3, 1),
      holds(both(13_000), params === sql ? 3 : 1, 0),
      holds(both(20_000), 0, 0),
    ],
  })),
  {
    name: "joins left rows that come after their right ones, within the same bounds",
    params: join,
    inputs,
    steps: [
      gives(right(10_000, 1)),
      gives(left(6_999, 1)),
      gives(left(7_000, 2), [2, 1, 10_000]),
      gives(left(12_000, 3), [3, 1, 12_000]),
      gives(left(12_001, 4)),
    ],
  },
  {
    name: "leaves a bound out where it is not included",
    params: { ...join, lowerIncluded: false, upperIncluded: false },
    inputs,
    steps: [
      left(10_000, 1),
      gives(right(8_000, 1)),
      gives(right(8_001, 2), [1, 2, 10_000]),
      gives(right(12_999, 3), [1, 3, 12_999]),
      gives(right(13_000, 4)),
    ],
  },
  {
    name: "takes bounds that both lie after the left row, or both before it",
    params: { ...join, lower: "1 s", upper: "2 s" },
    inputs,
    steps: [left(10_000, 1), gives(right(10_999, 1)), gives(right(11_000, 2), [1, 2, 11_000]), gives(right(12_001, 3))],
  },
  {
    name: "takes bounds before the left row",
    params: { ...join, lower: "-2 s", upper: "-1 s" },
    inputs,
    steps: [left(10_000, 1), gives(right(7_999, 1)), gives(right(9_000, 2), [1, 2, 10_000]), gives(right(9_001, 3))],
  },
  {
    name: "joins rows of equal time each with each, a row that came twice as well",
    params: { ...join, lower: "0 s", upper: "0 s" },
    inputs,
    steps: [
      left(10_000, 1),
      left(10_000, 2),
      left(10_000, 2),
      gives(right(10_000, 1), [1, 1, 10_000], [2, 1, 10_000], [2, 1, 10_000]),
      gives(right(10_000, 2), [1, 2, 10_000], [2, 2, 10_000], [2, 2, 10_000]),
    ],
  },
  {
    name: "joins only rows of one key",
    params: { ...join, leftKey: ["k", "l"], rightKey: ["k", "r"] },
    inputs,
    steps: [left(10_000, 1), left(10_000, 2), gives(right(10_000, 2), [2, 2, 10_000]), gives(right(10_000, 1, "b"))],
  },
  {
    name: "lets rows behind the watermark out as they came, and joins one at the watermark",
    params: join,
    inputs,
    steps: [
      left(10_000, 1),
      both(9_000),
      lets(gives(right(8_999, 1)), "lateRight", [{ k: "a", r: 1 }, 8_999]),
      lets(gives(right(9_000, 2), [1, 2, 10_000]), "lateRight"),
      lets(left(8_999, 2), "lateLeft", [{ k: "a", l: 2 }, 8_999]),
      {
        ...row(8_000, { k: "a", l: 3, note: "kept" }, "left"),
        expect: { rows: { lateLeft: [{ value: { k: "a", l: 3, note: "kept" } }] } },
      },
    ],
  },
  {
    name: "keeps a left row until the watermark reaches its last partner's time, not one millisecond longer",
    params: join,
    inputs,
    steps: [
      left(10_000, 1),
      lets(both(12_999), "unmatchedLeft"),
      gives(right(12_999, 1), [1, 1, 12_999]),
      lets(both(13_000), "unmatchedLeft"),
      gives(right(13_000, 2)),
    ],
  },
  {
    name: "keeps a right row until no left row can reach it, or until its own time where all left rows come before",
    params: join,
    inputs,
    steps: [right(10_000, 1), both(11_999), gives(left(11_999, 1), [1, 1, 11_999]), both(12_000), gives(left(12_000, 2))],
  },
  {
    name: "lets rows out that found no partner, when that is certain, with all their members",
    params: join,
    inputs,
    steps: [
      row(10_000, { k: "a", l: 1, note: "x" }, "left"),
      right(20_000, 2),
      lets(lets(both(12_999), "unmatchedLeft"), "unmatchedRight"),
      lets(both(13_000), "unmatchedLeft", [{ k: "a", l: 1, note: "x" }, 13_000]),
      lets(both(21_999), "unmatchedRight"),
      lets(both(22_000), "unmatchedRight", [{ k: "a", r: 2 }, 22_000]),
    ],
  },
  {
    name: "lets no row out as unmatched that was joined once, on whichever side it waited",
    params: join,
    inputs,
    steps: [left(10_000, 1), gives(right(10_000, 1), [1, 1, 10_000]), lets(lets(both(30_000), "unmatchedLeft"), "unmatchedRight")],
  },
  {
    name: "joins unmatched rows with NULL as an outer join does, when asked to",
    params: { ...join, outer: "both" },
    inputs,
    steps: [left(10_000, 1), right(20_000, 2), gives(both(13_000), [1, null, 13_000]), gives(both(22_000), [null, 2, 22_000])],
  },
  {
    name: "pads one side alone",
    params: { ...join, outer: "left" },
    inputs,
    steps: [left(10_000, 1), right(20_000, 2), lets(gives(both(22_000), [1, null, 13_000]), "unmatchedRight", [{ k: "a", r: 2 }, 22_000])],
  },
  {
    name: "matches no row whose key is NULL, and lets it out at once",
    params: join,
    inputs,
    steps: [
      { ...row(10_000, { l: 1 }, "left"), expect: { rows: { joined: [], unmatchedLeft: [{ value: { l: 1 }, time: 10_000 }] } } },
      { ...row(10_000, { r: 1 }, "right"), expect: { rows: { joined: [], unmatchedRight: [{ value: { r: 1 }, time: 10_000 }] } } },
    ],
  },
  {
    name: "takes the lower of both watermarks, and goes on when one input is idle",
    params: join,
    inputs,
    steps: [
      left(10_000, 1),
      { ...watermark(50_000, "left"), expect: { rows: { unmatchedLeft: [] }, watermark: { out: "none" } } },
      gives(right(10_000, 1), [1, 1, 10_000]),
      left(50_000, 2),
      lets({ ...watermark(60_000, "left"), idle: { right: true } }, "unmatchedLeft", [{ k: "a", l: 2 }, 53_000]),
    ],
  },
  {
    name: "lets everything out at the end of input",
    params: join,
    inputs,
    steps: [
      left(10_000, 1),
      right(20_000, 2),
      lets(lets({ end: ["left"] }, "unmatchedLeft"), "unmatchedRight"),
      lets(lets({ end: ["right"] }, "unmatchedLeft", [{ k: "a", l: 1 }, 13_000]), "unmatchedRight", [{ k: "a", r: 2 }, 22_000]),
    ],
  },
  {
    name: "finds partners in any order within the bound on disorder",
    params: join,
    inputs,
    steps: [
      right(12_000, 3),
      left(11_000, 2),
      right(9_000, 2),
      left(9_500, 1),
      both(9_000),
      gives(right(9_500, 1), [1, 1, 9_500], [2, 1, 11_000]),
    ],
  },
  {
    name: "nests both rows, with members that no schema knows",
    params: { ...join, joined: { as: "nested" } },
    inputs,
    steps: [row(1_000, { k: "a", l: 1, x: [1] }, "left"), row(2_000, { k: "a", r: 2, y: { z: 1 } }, "right")],
    emits: [["joined", { left: { k: "a", l: 1, x: [1] }, right: { k: "a", r: 2, y: { z: 1 } } }, 2_000]],
  },
  {
    name: "puts all fields side by side, with a prefix where names clash",
    params: { ...join, joined: { as: "side-by-side", rightPrefix: "right_" }, outer: "left" },
    inputs,
    steps: [row(1_000, { k: "a", l: 1, x: 9 }, "left"), row(2_000, { k: "a", r: 2 }, "right"), left(9_000, 2, "b"), { end: true }],
    emits: [
      ["joined", { k: "a", l: 1, right_k: "a", right_r: 2 }, 2_000],
      ["joined", { k: "b", l: 2 }, 12_000],
    ],
  },
  {
    name: "computes chosen fields of either row, nested ones too",
    params: {
      ...join,
      joined: {
        as: "select",
        fields: [
          { name: "key", from: "left", value: "UPPER(k)" },
          { name: "n.l", from: "left", value: "l + 1" },
          { name: "n.r", from: "right", value: "r * 2" },
        ],
      },
    },
    inputs,
    steps: [left(1_000, 1), right(1_000, 5)],
    emits: [["joined", { key: "A", n: { l: 2, r: 10 } }, 1_000]],
  },
  {
    name: "sends a row whose value cannot be computed to the error port",
    params: { ...join, joined: { as: "select", fields: [{ name: "q", from: "right", value: "10 / r" }] } },
    inputs,
    steps: [
      left(1_000, 1),
      { ...right(1_000, 0), expect: { rows: { joined: [], error: [{ value: { code: "expression.division-by-zero" }, exact: false }] } } },
    ],
  },
  {
    name: "sends a row to the error port as it comes that could not be joined with NULL later",
    params: { ...join, outer: "left", joined: { as: "select", fields: [{ name: "q", from: "left", value: "10 / l" }] } },
    inputs,
    steps: [
      { ...left(1_000, 0), expect: { rows: { joined: [], error: [{ value: { code: "expression.division-by-zero" }, exact: false }] } } },
      { ...both(9_000), expect: { rows: { joined: [], error: [] } } },
    ],
  },
  {
    name: "sends a row without a time to the error port",
    params: join,
    inputs,
    steps: [
      {
        rows: { left: [{ value: { k: "a", l: 1 }, time: Number.NEGATIVE_INFINITY }] },
        expect: {
          rows: {
            error: [
              {
                value: {
                  node: "node",
                  code: "interval-join.no-time",
                  message: "The row has no time, and an interval join compares times. Put an event time node before the join.",
                  text: '{"k":"a","l":1}',
                },
              },
            ],
          },
        },
      },
    ],
  },
  {
    name: "still tries a late row with SQL's rules, and keeps the watermark behind by the larger bound",
    params: sql,
    inputs,
    steps: [
      left(10_000, 1),
      { ...both(11_000), expect: { watermark: { out: 8_000 } } },
      gives(right(9_500, 1), [1, 1, 10_000]),
      gives(right(9_000, 2), [1, 2, 10_000]),
      gives(left(7_000, 3), [3, 1, 9_500]),
    ],
  },
  {
    name: "keeps no row with SQL's rules whose last partner's time the watermark has reached, and lets it out at once",
    params: { ...sql, outer: "left" },
    inputs,
    steps: [both(13_000), gives(left(10_000, 1), [1, null, 10_000]), gives(left(10_001, 2)), gives(right(13_001, 1), [2, 1, 13_001])],
  },
  {
    name: "lets unmatched rows out with SQL's rules one millisecond behind their last partner, with their own time",
    params: { ...sql, outer: "both" },
    inputs,
    steps: [
      left(10_000, 1),
      right(20_000, 2),
      { ...gives(both(13_000)) },
      { ...gives(both(13_001), [1, null, 10_000]) },
      gives(both(22_000)),
      gives(both(22_001), [null, 2, 20_000]),
    ],
  },
  {
    name: "lets unmatched rows of SQL's rules out by their ports, late ones and those without a key at once",
    params: sql,
    inputs,
    steps: [
      both(20_000),
      lets(left(10_000, 1), "unmatchedLeft", [{ k: "a", l: 1 }, 10_000]),
      { ...row(30_000, { r: 1 }, "right"), expect: { rows: { unmatchedRight: [{ value: { r: 1 }, time: 30_000 }] } } },
    ],
  },
  {
    name: "cleans up later with SQL's rules when asked to; a row of the other side cleans up as it comes by",
    params: { ...sql, outer: "left", cleanUpAfter: "5 s" },
    inputs,
    steps: [
      left(10_000, 1),
      left(11_000, 2, "b"),
      gives(both(18_000)),
      gives(both(18_001), [1, null, 10_000]),
      gives(right(18_500, 1, "b"), [2, null, 11_000]),
    ],
  },
  {
    name: "counts from arrival to arrival in processing time",
    params: { ...sql, time: "processing", outer: "left" },
    inputs,
    steps: [
      { clock: 10_000 },
      left(1, 1),
      { clock: 13_000 },
      gives(right(99_000, 1), [1, 1, 13_000]),
      { clock: 20_000 },
      gives(left(1, 2)),
      gives({ clock: 23_000 }),
      gives({ clock: 23_001 }, [2, null, 20_000]),
      { ...both(50_000), expect: { watermark: { out: 50_000 } } },
    ],
  },
  ...gmallCases,
  {
    name: "refuses bounds with no time between them",
    params: { ...join, lower: "0 s", upper: "1 ms", lowerIncluded: false, upperIncluded: false },
    inputs,
    invalid: "upper: no time lies between 0 s and 1 ms, as the bounds are not included. Make the latest later than the earliest.",
  },
  {
    name: "refuses a bound that is no distance in time",
    params: { ...join, lower: "15 minuten" },
    inputs,
    invalid: 'lower: expected a distance in time, got "15 minuten". Try "-15 min" or "0 s".',
  },
  {
    name: "refuses fields of one name on both sides",
    params: { ...join, joined: { as: "side-by-side" } },
    inputs,
    invalid: 'joined.rightPrefix: both rows have a field "k". Give one side a prefix, such as "right_", or choose the fields one by one.',
  },
  {
    name: "refuses keys of different types",
    params: { ...join, rightKey: ["r"] },
    inputs,
    invalid: 'rightKey[0]: "r" is INT, and on the left "k" is STRING: they are never equal. Convert one of them with CAST.',
  },
  {
    name: "refuses keys of different length",
    params: { ...join, leftKey: ["k", "l"] },
    inputs,
    invalid: "rightKey: the left key has 2 parts, the right one 1. Give both as many.",
  },
  {
    name: "refuses processing time where the rules are DataStream's",
    params: { ...join, time: "processing" },
    inputs,
    invalid: 'time: expected event time where the rules are DataStream\'s, got "processing".',
  },
];
