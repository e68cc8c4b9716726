import type { NodeCase } from "@millrace/engine/node";

export const cases: readonly NodeCase[] = [
  {
    name: "gives what was posted",
    params: { schema: "mid STRING" },
    steps: [{ rows: { in: [{ value: { mid: "mid_1" }, time: 3 }] } }],
    emits: [["out", { mid: "mid_1" }, 3]],
  },
  {
    name: "sends what is no JSON to error, whole",
    params: {},
    steps: [{ rows: { in: [{ value: "hello" }] }, expect: { rows: { out: [], error: [{ value: { text: "hello" }, exact: false }] } } }],
  },
  {
    name: "gives lines of text when that is its format",
    params: { format: "text" },
    steps: [{ rows: { in: [{ value: "mid_1 opened", time: 3 }] } }],
    emits: [["out", { text: "mid_1 opened" }, 3]],
  },
  {
    name: "counts posts without a value and lets them go",
    params: {},
    steps: [{ rows: { in: [{ value: null }] }, expect: { rows: { out: [], error: [] }, counters: { "dropped.tombstone": 1 } } }],
  },
  {
    name: "refuses a format that it does not read",
    params: { format: "xml" },
    invalid: 'format: expected one of "json", "csv", "text", got "xml".',
  },
  {
    name: "counts a record without a value and goes on",
    params: {},
    steps: [
      {
        rows: { in: [{ value: null }, { value: { n: 1 } }] },
        expect: { rows: { out: [{ value: { n: 1 } }] }, counters: { "dropped.tombstone": 1 } },
      },
    ],
  },
];
