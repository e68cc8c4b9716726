import { type NodeCase, row, type Step, watermark } from "@millrace/engine/node";
import type { RowKind } from "@millrace/engine/schema";

const inputs = { in: "k STRING, v INT" };
const at = (time: number, v: number, k: string | null = "a", kind: RowKind = "+I"): Step => ({
  rows: { in: [{ value: { k, v }, time, kind }] },
});
type Result = readonly [kind: RowKind, v: number, time: number];
const gives = (step: Step, ...rows: readonly Result[]): Step => ({
  ...step,
  expect: { rows: { out: rows.map(([kind, v, time]) => ({ value: { k: "a", v }, kind, time })) }, ordered: true },
});
const last = { key: ["k"], keep: "last" };
const inWindow = (time: number, v: number, ends = 10): Step => row(time, { k: "a", v, ends });

export const cases: readonly NodeCase[] = [
  {
    name: "keeps the first row of each key that comes",
    params: { key: ["k"] },
    steps: [
      row(5, { k: "a", v: 1 }),
      row(3, { k: "a", v: 2 }),
      row(9, { k: "b", v: 3 }),
      { ...row(9, { k: "b", v: 3 }), expect: { rows: { out: [] }, counters: { out: 2, "dropped.repeat": 2 } } },
    ],
    emits: [
      ["out", { k: "a", v: 1 }, 5],
      ["out", { k: "b", v: 3 }, 9],
    ],
  },
  {
    name: "keeps one row of each key and day when the day is part of the key",
    params: { key: ["k", "DATE_FORMAT(TO_TIMESTAMP_LTZ(ts, 3), 'yyyyMMdd')"] },
    inputs: { in: "k STRING, ts BIGINT" },
    steps: [row(1, { k: "a", ts: 57_599_999 }), row(2, { k: "a", ts: 57_600_000 }), row(3, { k: "a", ts: 57_600_001 })],
    emits: [
      ["out", { k: "a", ts: 57_599_999 }, 1],
      ["out", { k: "a", ts: 57_600_000 }, 2],
    ],
  },
  {
    name: "takes rows without a key for the same thing",
    params: { key: ["k"] },
    inputs,
    steps: [at(1, 1, null), { ...at(2, 2, null), expect: { rows: { out: [] } } }],
    emits: [["out", { k: null, v: 1 }, 1]],
  },
  {
    name: "forgets when the time has come, not a millisecond before",
    params: { key: ["k"], forgetAfter: "10 ms" },
    inputs,
    steps: [{ clock: 0 }, gives(at(1, 1), ["+I", 1, 1]), { clock: 9 }, gives(at(2, 2)), { clock: 10 }, gives(at(3, 3), ["+I", 3, 3])],
  },
  {
    name: "keeps the last row that comes, and takes the one before back",
    params: last,
    inputs,
    steps: [gives(at(5, 1), ["+I", 1, 5]), gives(at(3, 2), ["-U", 1, 3], ["+U", 2, 3]), gives(at(4, 2))],
  },
  {
    name: "says only the new row when changes are told by their key",
    params: { ...last, changes: "upsert" },
    inputs,
    steps: [gives(at(5, 1), ["+I", 1, 5]), gives(at(6, 2), ["+U", 2, 6])],
  },
  {
    name: "repeats a row that is the same where it is remembered for a while only",
    params: { ...last, forgetAfter: "10 ms" },
    inputs,
    steps: [
      { clock: 0 },
      gives(at(5, 1), ["+I", 1, 5]),
      gives(at(6, 1), ["-U", 1, 6], ["+U", 1, 6]),
      { clock: 10 },
      gives(at(7, 1), ["+I", 1, 7]),
    ],
  },
  {
    name: "ends a key by a row that is taken back, and begins it anew",
    params: last,
    inputs,
    steps: [
      { ...gives(at(4, 9, "a", "-D")), expect: { rows: { out: [] }, counters: { "dropped.unknown": 1 } } },
      gives(at(5, 1), ["+I", 1, 5]),
      gives(at(6, 1, "a", "-U"), ["-D", 1, 6]),
      gives(at(6, 2, "a", "+U"), ["+I", 2, 6]),
      gives(at(7, 2, "a", "-D"), ["-D", 2, 7]),
      gives(at(8, 2), ["+I", 2, 8]),
    ],
  },
  {
    name: "ends a key by a row that says so",
    params: { ...last, endsWhen: "v < 0" },
    inputs,
    steps: [
      { ...gives(at(4, -1)), expect: { rows: { out: [] }, counters: { "dropped.unknown": 1 } } },
      gives(at(5, 1), ["+I", 1, 5]),
      gives(at(6, -1), ["-D", 1, 6]),
      gives(at(7, 1), ["+I", 1, 7]),
    ],
  },
  {
    name: "keeps the last by time: an equal time is later, an earlier one is dropped",
    params: { ...last, order: { by: "time" } },
    inputs,
    steps: [
      gives(at(5, 1), ["+I", 1, 5]),
      gives(at(4, 2)),
      gives(at(5, 3), ["-U", 1, 5], ["+U", 3, 5]),
      gives(at(6, 3), ["-U", 3, 6], ["+U", 3, 6]),
    ],
  },
  {
    name: "keeps the first by time at once, and takes it back for an earlier one only",
    params: { key: ["k"], order: { by: "time" } },
    inputs,
    steps: [gives(at(5, 1), ["+I", 1, 5]), gives(at(5, 2)), gives(at(4, 3), ["-U", 1, 4], ["+U", 3, 4]), gives(at(6, 4))],
  },
  {
    name: "keeps the newest by a value: the same one is not newer, NULL never is",
    params: { ...last, order: { by: "value", value: "v" }, changes: "upsert" },
    inputs,
    steps: [
      gives(row(1, { k: "a", v: null })),
      gives(at(2, 2), ["+I", 2, 2]),
      gives(at(3, 1)),
      gives(at(4, 2)),
      gives(row(5, { k: "a", v: null })),
      gives(at(6, 3), ["+U", 3, 6]),
    ],
  },
  {
    name: "gives the first by time when the watermark has reached it, once",
    params: { key: ["k"], order: { by: "time" }, emit: "watermark" },
    inputs,
    steps: [
      gives(at(5, 1)),
      gives(at(3, 2)),
      gives(at(3, 3)),
      gives(watermark(2)),
      gives(watermark(3), ["+I", 2, 3]),
      gives(at(4, 4)),
      gives(watermark(9)),
      { ...at(8, 5), expect: { rows: { out: [], late: [{ value: { k: "a", v: 5 }, time: 8 }] } } },
      { ...at(9, 6, "b"), expect: { rows: { out: [], late: [] } } },
      { ...watermark(10), expect: { rows: { out: [{ value: { k: "b", v: 6 }, time: 9 }] }, counters: { "dropped.repeat": 3, late: 1 } } },
    ],
  },
  {
    name: "waits for the watermark longer than it remembers",
    params: { key: ["k"], order: { by: "time" }, emit: "watermark", forgetAfter: "10 ms" },
    inputs,
    steps: [
      { clock: 0 },
      gives(at(5, 1)),
      { clock: 100 },
      gives(watermark(5), ["+I", 1, 5]),
      gives(at(6, 2)),
      { clock: 110 },
      gives(at(7, 3)),
      gives(watermark(7), ["+I", 3, 7]),
    ],
  },
  {
    name: "gives the last by time of each window, once its last millisecond is passed",
    params: { ...last, order: { by: "time" }, emit: "watermark", windowEnd: "ends" },
    inputs: { in: "k STRING, v INT, ends BIGINT" },
    steps: [
      inWindow(3, 1),
      inWindow(5, 2),
      inWindow(5, 3),
      inWindow(4, 4),
      inWindow(12, 5, 20),
      { ...watermark(8), expect: { rows: { out: [] } } },
      {
        ...watermark(9),
        expect: { rows: { out: [{ value: { k: "a", v: 3, ends: 10 }, kind: "+I", time: 9 }] }, counters: { "dropped.repeat": 3 } },
      },
      { ...inWindow(7, 6), expect: { rows: { out: [], late: [{ value: { k: "a", v: 6, ends: 10 }, time: 7 }] } } },
      { ...inWindow(7, 7, 11), expect: { rows: { out: [], late: [] } } },
      {
        ...watermark(19),
        expect: {
          rows: {
            out: [
              { value: { v: 7 }, exact: false, time: 10 },
              { value: { v: 5 }, exact: false, time: 19 },
            ],
          },
          ordered: true,
        },
      },
    ],
  },
  {
    name: "gives the first by time of each window on the clock of the pipeline's zone",
    params: { key: ["k"], order: { by: "time" }, emit: "watermark", windowEnd: "CAST(ends AS TIMESTAMP(3))" },
    timeZone: "Asia/Shanghai",
    inputs: { in: "k STRING, v INT, ends STRING" },
    steps: [
      row(5, { k: "a", v: 1, ends: "1970-01-02 00:00:00" }),
      row(5, { k: "a", v: 2, ends: "1970-01-02 00:00:00" }),
      row(4, { k: "a", v: 3, ends: "1970-01-02 00:00:00" }),
      { ...watermark(57_599_998), expect: { rows: { out: [] } } },
      { ...watermark(57_599_999), expect: { rows: { out: [{ value: { v: 3 }, exact: false, time: 57_599_999 }] } } },
    ],
  },
  {
    name: "sends a row without a time to the error port where the order is by time",
    params: { ...last, order: { by: "time" } },
    inputs,
    steps: [
      {
        rows: { in: [{ value: { k: "a", v: 1 }, time: Number.NEGATIVE_INFINITY }] },
        expect: { rows: { out: [], error: [{ value: { code: "distinct.no-time" }, exact: false }] } },
      },
    ],
  },
  {
    name: "refuses to wait for a watermark that settles nothing",
    params: { ...last, emit: "watermark" },
    inputs,
    invalid:
      'emit: expected at once, or the first by time, or a window\'s last by time: only those are known for good when the watermark has passed, got "watermark".',
  },
  {
    name: "refuses a window's end where rows are given at once",
    params: { ...last, windowEnd: "v" },
    inputs,
    invalid: 'windowEnd: expected nothing where rows are given at once, got "v". Try "window_end".',
  },
  {
    name: "refuses to forget windows by the clock",
    params: { key: ["k"], order: { by: "time" }, emit: "watermark", windowEnd: "v", forgetAfter: "1 d" },
    inputs: { in: "k STRING, v BIGINT" },
    invalid: 'forgetAfter: expected nothing for windows, which are forgotten when they end, got "1 d". Try "1 d".',
  },
  {
    name: "refuses a value without an order",
    params: { key: ["k"], order: { by: "value", value: "l" } },
    inputs: { in: "k STRING, l ARRAY<INT>" },
    invalid: 'order.value: "l" is ARRAY<INT>, which has no order. Take a number, a text or a time.',
  },
  {
    name: "refuses an end of keys where it has no meaning",
    params: { key: ["k"], endsWhen: "v < 0" },
    inputs,
    invalid: `endsWhen: expected nothing, or the last by arrival kept, got "v < 0". Try "type = 'delete'".`,
  },
];
