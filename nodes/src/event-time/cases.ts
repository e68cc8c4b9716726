import { type NodeCase, row, type Step, watermark } from "@millrace/engine/node";

const logs = { in: "id STRING, ts BIGINT" };
/** A row, and the watermark after the next look at it. */
const at = (ts: number, wm: number | "none"): Step => ({
  ...row(0, { ts }),
  expect: { rows: { out: [{ value: { ts }, time: ts }] }, watermark: { out: wm } },
});

export const cases: readonly NodeCase[] = [
  {
    name: "gives a row its own time, and stays one millisecond behind the greatest",
    params: { time: "ts" },
    inputs: logs,
    steps: [at(1_000, 999), at(2_000, 1_999)],
  },
  {
    name: "waits for rows that are out of order, and never goes back",
    params: { time: "ts", outOfOrderness: "3 s" },
    inputs: logs,
    steps: [at(10_000, 6_999), at(8_000, 6_999), at(10_000, 6_999), at(10_001, 7_000), at(1_000, 7_000)],
  },
  {
    name: "passes late rows on: what is late is for the node that has a window to say",
    params: { time: "ts" },
    inputs: logs,
    steps: [at(10_000, 9_999), at(5, 9_999)],
  },
  {
    name: "replaces the incoming watermark",
    params: { time: "ts" },
    inputs: logs,
    steps: [
      { ...watermark(50_000), expect: { watermark: { out: "none" } } },
      at(1_000, 999),
      { ...watermark(60_000), expect: { watermark: { out: 999 } } },
      { idle: { in: true }, expect: { watermark: { out: 999 } } },
    ],
  },
  {
    name: "lets everything go at the end of input",
    params: { time: "ts", outOfOrderness: "10 s" },
    inputs: logs,
    steps: [
      at(1_000, -9_001),
      { ...watermark("max"), expect: { watermark: { out: "max" } } },
      { end: true, expect: { watermark: { out: "max" } } },
    ],
  },
  {
    name: "reads a TIMESTAMP as a wall clock in the pipeline's time zone",
    params: { time: "TO_TIMESTAMP(at)" },
    inputs: { in: "at STRING" },
    timeZone: "Asia/Shanghai",
    steps: [
      {
        ...row(0, { at: "2021-02-22 10:00:00" }),
        expect: { rows: { out: [{ value: { at: "2021-02-22 10:00:00" }, time: 1_613_959_200_000 }] } },
      },
    ],
  },
  {
    name: "reads a TIMESTAMP_LTZ as the instant that it is",
    params: { time: "TO_TIMESTAMP_LTZ(ts, 0)" },
    inputs: logs,
    steps: [{ ...row(0, { ts: 1_613_959_200 }), expect: { rows: { out: [{ value: { ts: 1_613_959_200 }, time: 1_613_959_200_000 }] } } }],
  },
  {
    name: "takes times before 1970",
    params: { time: "ts" },
    inputs: logs,
    steps: [at(-5_000, -5_001), at(0, -1)],
  },
  {
    name: "sends rows without a time to the error port, and their times count for nothing",
    params: { time: "ts" },
    inputs: logs,
    steps: [
      at(1_000, 999),
      {
        ...row(0, { id: "a" }),
        expect: {
          rows: {
            out: [],
            error: [
              {
                value: {
                  node: "node",
                  code: "event-time.no-time",
                  message: 'The time "ts" is NULL for this row; expected a time.',
                  text: '{"id":"a"}',
                },
              },
            ],
          },
          watermark: { out: 999 },
        },
      },
      { ...row(0, { id: "b", ts: null }), expect: { rows: { out: [], error: [{ value: { code: "event-time.no-time" }, exact: false }] } } },
    ],
  },
  {
    name: "sends a text that is no time to the error port",
    params: { time: "TO_TIMESTAMP(at)" },
    inputs: { in: "at STRING" },
    steps: [{ ...row(0, { at: "yesterday" }), expect: { rows: { out: [] }, counters: { errors: 1 } } }],
  },
  {
    name: "sends numbers that no date has to the error port",
    params: { time: "ts" },
    inputs: logs,
    steps: [
      {
        ...row(0, { ts: 8_640_000_000_000_001 }),
        expect: { rows: { out: [], error: [{ value: { code: "event-time.not-a-time" }, exact: false }] } },
      },
      {
        ...row(0, { ts: 9_223_372_036_854_775_807n }),
        expect: {
          rows: {
            out: [],
            error: [
              {
                value: { message: 'The time "ts" is 9223372036854775807, which is no date; expected epoch milliseconds.' },
                exact: false,
              },
            ],
          },
          watermark: { out: "none" },
        },
      },
    ],
  },
  {
    name: "lets no row be further ahead of the clock than asked",
    params: { time: "ts", aheadAtMost: "5 min" },
    inputs: logs,
    steps: [
      { clock: 1_000_000 },
      at(1_300_000, 1_299_999),
      {
        ...row(0, { ts: 1_300_001 }),
        expect: {
          rows: {
            out: [],
            error: [
              {
                value: {
                  code: "event-time.too-far-ahead",
                  message: "The time 1970-01-01T00:21:40.001Z is more than 5 min ahead of the clock; expected one that is not.",
                },
                exact: false,
              },
            ],
          },
          watermark: { out: 1_299_999 },
        },
      },
      { clock: 1_000_001 },
      at(1_300_001, 1_300_000),
    ],
  },
  {
    name: "goes on after having been idle",
    params: { time: "ts", idleAfter: "10 s" },
    inputs: logs,
    steps: [
      at(1_000, 999),
      { clock: 1 },
      { clock: 10_001 },
      { clock: 10_002 },
      { clock: 60_000, expect: { watermark: { out: 999 } } },
      at(2_000, 1_999),
    ],
  },
  {
    name: "goes on from where it was after a restart",
    params: { time: "ts", outOfOrderness: "1 s" },
    inputs: logs,
    steps: [at(5_000, 3_999), { restart: true, expect: { watermark: { out: 3_999 } } }, at(4_500, 3_999), at(5_002, 4_001)],
  },
  {
    name: "keeps members that no schema knows, and the kind of a row",
    params: { time: "ts" },
    inputs: { in: "ts BIGINT" },
    steps: [
      {
        rows: { in: [{ value: { ts: 5, page: { page_id: "home" } }, kind: "+U" }] },
        expect: { rows: { out: [{ value: { ts: 5, page: { page_id: "home" } }, kind: "+U", time: 5 }] } },
      },
    ],
  },
  {
    name: "refuses a field that is no time",
    params: { time: "id" },
    inputs: logs,
    invalid:
      "time: expected a time (BIGINT of epoch milliseconds, TIMESTAMP or TIMESTAMP_LTZ), got a value of type STRING. Convert it, for example with TO_TIMESTAMP_LTZ.",
  },
  {
    name: "refuses a length of time that it cannot read",
    params: { time: "ts", outOfOrderness: "3 moons" },
    inputs: logs,
    invalid: 'outOfOrderness: expected a length of time, got "3 moons". Try "3 s" or "0 s".',
  },
  {
    name: "refuses to be idle at once",
    params: { time: "ts", idleAfter: "0 ms" },
    inputs: logs,
    invalid: 'idleAfter: expected a length of time above zero, got "0 ms". Try "10 s".',
  },
];
