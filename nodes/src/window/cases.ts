import { type NodeCase, row, watermark } from "@millrace/engine/node";
import { at, gives, H, INPUTS, late, MIN, params, result } from "./case-parts.ts";
import { gmallCases } from "./gmall-cases.ts";
import { refusals } from "./refusals.ts";
import { sessionCases } from "./session-cases.ts";
import { sqlCases } from "./sql-cases.ts";
import { zoneCases } from "./zone-cases.ts";

const ten = { kind: "tumbling", size: "10 s" };
const sliding = { kind: "sliding", size: "3 s", every: "1 s" };
const cumulating = { kind: "cumulating", size: "3 s", step: "1 s" };

const streamCases: readonly NodeCase[] = [
  {
    name: "counts rows per key when the window is complete",
    params: {
      key: [{ name: "user", value: "user" }],
      window: ten,
      fields: [
        { name: "count", value: "COUNT(*)" },
        { name: "start", value: "DATE_FORMAT(window_start, 'HH:mm:ss')" },
      ],
    },
    timeZone: "UTC",
    steps: [row(1_000, { user: "ann" }), row(9_999, { user: "ann" }), row(2_000, { user: "bob" }), watermark(9_999)],
    emits: [
      ["out", { user: "ann", count: 2, start: "00:00:00" }, 9_999],
      ["out", { user: "bob", count: 1, start: "00:00:00" }, 9_999],
    ],
  },
  {
    name: "begins at a whole multiple of the size, ends before the next, and is over with its last millisecond",
    params: params(ten),
    inputs: INPUTS,
    timeZone: "UTC",
    steps: [
      at(0),
      at(9_999),
      at(10_000),
      at(-1),
      gives(watermark(-2)),
      gives(watermark(-1), result("ann", 1, 1, -10_000, 0)),
      gives(watermark(9_998)),
      gives(watermark(9_999), result("ann", 2, 2, 0, 10_000)),
      gives(watermark(20_000), result("ann", 1, 1, 10_000, 20_000)),
    ],
  },
  {
    name: "takes rows out of order, also for a window before that of the last row",
    params: params(ten),
    inputs: INPUTS,
    timeZone: "UTC",
    steps: [at(12_000), at(3_000), at(25_000), at(4_000), at(13_000), watermark("max")].map((step, i) =>
      i < 5 ? step : gives(step, result("ann", 2, 2, 0, 10_000), result("ann", 2, 2, 10_000, 20_000), result("ann", 1, 1, 20_000, 30_000)),
    ),
  },
  {
    name: "lets a row out by late once its window is over, and takes one for the next",
    params: params(ten),
    inputs: INPUTS,
    timeZone: "UTC",
    steps: [
      watermark(9_998),
      gives(at(9_999)),
      gives(watermark(9_999), result("ann", 1, 1, 0, 10_000)),
      late(at(9_999)),
      late(at(0, "bob")),
      gives(at(10_000)),
      {
        ...gives(watermark(19_999), result("ann", 1, 1, 10_000, 20_000)),
        expect: { rows: { out: [result("ann", 1, 1, 10_000, 20_000)] }, counters: { late: 2, in: 4 } },
      },
    ],
  },
  {
    name: "gives the result anew for each row within the allowed lateness, up to the last millisecond of it",
    params: params(ten, { lateness: "5 s" }),
    inputs: INPUTS,
    timeZone: "UTC",
    steps: [
      at(1_000),
      gives(watermark(9_999), result("ann", 1, 1, 0, 10_000)),
      gives(at(2_000), result("ann", 2, 2, 0, 10_000)),
      gives(at(2_000, "bob"), result("bob", 1, 1, 0, 10_000)),
      gives(watermark(14_998)),
      gives(at(3_000, "ann", 5), result("ann", 3, 7, 0, 10_000)),
      gives(watermark(14_999)),
      late(at(4_000)),
      late(at(4_000, "bob")),
    ],
  },
  {
    name: "begins earlier or later by an offset",
    params: params({ ...ten, offset: "3 s" }),
    inputs: INPUTS,
    timeZone: "UTC",
    steps: [at(2_999), at(3_000), gives(watermark("max"), result("ann", 1, 1, -7_000, 3_000), result("ann", 1, 1, 3_000, 13_000))],
  },
  {
    name: "begins earlier by an offset below zero",
    params: params({ ...ten, offset: "-9999 ms" }),
    inputs: INPUTS,
    timeZone: "UTC",
    steps: [at(0), at(1), gives(watermark("max"), result("ann", 1, 1, -9_999, 1), result("ann", 1, 1, 1, 10_001))],
  },
  {
    name: "takes NULL for a key like others, and needs none",
    params: { ...params(ten), key: [] },
    inputs: INPUTS,
    timeZone: "UTC",
    steps: [at(1, null), at(2, "ann", 4), watermark(9_999)],
    emits: [["out", { count: 2, sum: 5, from: "1970-01-01 00:00:00", to: "1970-01-01 00:00:10" }, 9_999]],
  },
  {
    name: "counts NULLs of the key together",
    params: params(ten),
    inputs: INPUTS,
    timeZone: "UTC",
    steps: [at(1, null), at(2, null), at(3, "ann"), gives(watermark(9_999), result(null, 2, 2, 0, 10_000), result("ann", 1, 1, 0, 10_000))],
  },
  {
    name: "computes aggregates with FILTER and DISTINCT, and more of them and the key's fields",
    params: {
      key: [{ name: "day", value: "DATE_FORMAT(TO_TIMESTAMP_LTZ(ts, 3), 'MM-dd')" }],
      window: { kind: "tumbling", size: "1 d" },
      fields: [
        { name: "total.orders", value: "COUNT(*)" },
        { name: "total.users", value: "COUNT(DISTINCT user)" },
        { name: "paid", value: "SUM(amount) FILTER (WHERE state = 'paid')" },
        { name: "share", value: "CAST(SUM(amount) FILTER (WHERE state = 'paid') AS DOUBLE) / SUM(amount)" },
        { name: "first", value: "day || ' ' || FIRST_VALUE(user)" },
        { name: "at", value: "window_time" },
      ],
    },
    inputs: { in: "user STRING, amount DECIMAL(10, 2), state STRING, ts BIGINT" },
    timeZone: "UTC",
    steps: [
      row(1, { user: "ann", amount: 10.5, state: "paid", ts: 1 }),
      row(2, { user: "bob", amount: 20, state: "open", ts: 2 }),
      row(3, { user: "ann", amount: 10.5, state: "paid", ts: 3 }),
      watermark("max"),
    ],
    emits: [
      [
        "out",
        {
          day: "01-01",
          total: { orders: 3, users: 2 },
          paid: 21,
          share: 21 / 41,
          first: "01-01 ann",
          at: "1970-01-01 23:59:59.999Z",
        },
        24 * H - 1,
      ],
    ],
  },
  {
    name: "slides: a row is in every window that it falls into",
    params: params(sliding),
    inputs: INPUTS,
    timeZone: "UTC",
    steps: [
      { ...at(2_000), expect: { holdings: { "open windows": 3 } } },
      { ...at(1_999), expect: { holdings: { "open windows": 4 } } },
      gives(watermark(998)),
      gives(watermark(1_999), result("ann", 1, 1, -1_000, 2_000)),
      gives(watermark(2_999), result("ann", 2, 2, 0, 3_000)),
      gives(watermark(3_998)),
      gives(watermark(3_999), result("ann", 2, 2, 1_000, 4_000)),
      gives(watermark("max"), result("ann", 1, 1, 2_000, 5_000)),
    ],
  },
  {
    name: "slides: a row that some windows have missed is in the others, and late when all have",
    params: params(sliding),
    inputs: INPUTS,
    timeZone: "UTC",
    steps: [
      watermark(2_999),
      gives(at(2_000)),
      gives(watermark(3_999), result("ann", 1, 1, 1_000, 4_000)),
      gives(watermark(4_998)),
      gives(at(2_000)),
      gives(watermark(4_999), result("ann", 2, 2, 2_000, 5_000)),
      late(at(2_999)),
    ],
  },
  {
    name: "slides in steps that do not divide the size",
    params: params({ kind: "sliding", size: "5 s", every: "2 s" }),
    inputs: INPUTS,
    timeZone: "UTC",
    steps: [
      at(5_000),
      gives(watermark(6_998)),
      gives(watermark(6_999), result("ann", 1, 1, 2_000, 7_000)),
      gives(watermark("max"), result("ann", 1, 1, 4_000, 9_000)),
    ],
  },
  {
    name: "slides in steps longer than the size: rows between two windows are dropped",
    params: params({ kind: "sliding", size: "2 s", every: "5 s" }),
    inputs: INPUTS,
    timeZone: "UTC",
    steps: [
      at(1_999),
      { ...at(2_000), expect: { counters: { "dropped.between": 1 } } },
      at(4_999),
      at(5_000),
      gives(watermark("max"), result("ann", 1, 1, 0, 2_000), result("ann", 1, 1, 5_000, 7_000)),
    ],
  },
  {
    name: "cumulates: windows begin together and end step by step, with rows or without further ones",
    params: params(cumulating),
    inputs: INPUTS,
    timeZone: "UTC",
    steps: [
      at(999),
      gives(watermark(999), result("ann", 1, 1, 0, 1_000)),
      at(2_000),
      gives(watermark(1_999), result("ann", 1, 1, 0, 2_000)),
      at(1_000),
      at(999),
      at(3_000),
      gives(watermark(2_999), result("ann", 4, 4, 0, 3_000)),
      late(at(2_999)),
      gives(watermark(3_999), result("ann", 1, 1, 3_000, 4_000)),
      gives(watermark("max"), result("ann", 1, 1, 3_000, 5_000), result("ann", 1, 1, 3_000, 6_000)),
    ],
  },
  {
    name: "gives early results at whole multiples of the time in between, with rows or without further ones",
    params: params(ten, { early: "4 s" }),
    inputs: INPUTS,
    timeZone: "UTC",
    steps: [
      at(1_000),
      gives(watermark(3_999)),
      gives(watermark(4_000), result("ann", 1, 1, 0, 10_000)),
      at(5_000),
      gives(watermark(8_001), result("ann", 2, 2, 0, 10_000)),
      gives(watermark(9_998)),
      gives(watermark(9_999), result("ann", 2, 2, 0, 10_000)),
      gives(watermark(12_000)),
    ],
  },
  {
    name: "gives all early results that the watermark has passed, in order",
    params: params(ten, { early: "4 s" }),
    inputs: INPUTS,
    timeZone: "UTC",
    steps: [
      at(1_000),
      gives(watermark(20_000), result("ann", 1, 1, 0, 10_000), result("ann", 1, 1, 0, 10_000), result("ann", 1, 1, 0, 10_000)),
    ],
  },
  {
    name: "goes by the clock in processing time, whatever the rows' own time",
    params: params(ten, { time: "processing" }),
    inputs: INPUTS,
    timeZone: "UTC",
    steps: [
      { clock: 1_000 },
      at(5 * MIN),
      gives(watermark(H)),
      at(-H),
      gives({ clock: 9_998 }),
      gives({ clock: 9_999 }, result("ann", 2, 2, 0, 10_000)),
      // The clock still stands at the window's last millisecond.
      gives(at(0), result("ann", 1, 1, 0, 10_000)),
      gives({ clock: 10_000 }),
      at(0),
      gives({ clock: 19_998 }),
      gives({ clock: 50_000 }, result("ann", 1, 1, 10_000, 20_000)),
    ],
  },
  {
    name: "gives early results on the clock in processing time",
    params: params(ten, { time: "processing", early: "3 s" }),
    inputs: INPUTS,
    timeZone: "UTC",
    steps: [
      { clock: 1_000 },
      at(0),
      gives({ clock: 2_999 }),
      gives({ clock: 3_000 }, result("ann", 1, 1, 0, 10_000)),
      gives({ clock: 9_000 }, result("ann", 1, 1, 0, 10_000), result("ann", 1, 1, 0, 10_000)),
      gives({ clock: 9_999 }, result("ann", 1, 1, 0, 10_000)),
    ],
  },
  {
    name: "waits while its input is idle, goes on when it is active again, and is flushed by the end",
    params: params(ten),
    inputs: INPUTS,
    timeZone: "UTC",
    steps: [
      at(1_000),
      watermark(5_000),
      gives({ idle: { in: true } }),
      gives({ idle: { in: false } }),
      gives(at(2_000)),
      gives(watermark(9_999), result("ann", 2, 2, 0, 10_000)),
      at(15_000),
      gives({ end: true }, result("ann", 1, 1, 10_000, 20_000)),
    ],
  },
  {
    name: "sends a row that cannot be computed to the error port, and keeps nothing of it",
    params: {
      ...params(ten),
      fields: [
        { name: "count", value: "COUNT(*)" },
        { name: "sum", value: "SUM(10 / n)" },
      ],
    },
    inputs: INPUTS,
    timeZone: "UTC",
    steps: [{ ...at(1_000, "ann", 0), expect: { counters: { errors: 1 } } }, at(2_000, "ann", 5), at(3_000, "bob", 0), watermark(9_999)],
    emits: [["out", { user: "ann", count: 1, sum: 2 }, 9_999]],
  },
  {
    name: "sends a result that cannot be computed to the error port, and goes on",
    params: {
      ...params(ten),
      fields: [
        { name: "count", value: "COUNT(*)" },
        { name: "each", value: "100 / SUM(n)" },
      ],
    },
    inputs: INPUTS,
    timeZone: "UTC",
    steps: [
      at(1_000, "ann", 0),
      at(2_000, "bob", 50),
      {
        ...watermark(9_999),
        expect: {
          rows: {
            out: [{ value: { user: "bob", count: 1, each: 2 }, time: 9_999 }],
            error: [{ value: { code: "expression.division-by-zero", text: '{"user":"ann","count":1}' }, exact: false }],
          },
          counters: { errors: 1 },
        },
      },
    ],
  },
];

export const cases: readonly NodeCase[] = [...streamCases, ...sessionCases, ...sqlCases, ...zoneCases, ...gmallCases, ...refusals];
