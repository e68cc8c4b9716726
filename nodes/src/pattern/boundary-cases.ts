import { type NodeCase, row, type Step, watermark } from "@millrace/engine/node";

const inputs = { in: "user STRING, what STRING" };
const step = (name: string, more: object = {}) => ({ is: "row", name, where: `what = '${name}'`, ...more });
const output = {
  do: "fields",
  fields: [
    { name: "a", value: "COUNT(a)" },
    { name: "b", value: "COUNT(b)" },
  ],
};
const aThenB = { key: ["user"], steps: [step("a"), step("b")], within: "10 s", output };
const r = (time: number, what: string, user = "ann"): Step => row(time, { user, what });
const match = { value: { a: 1, b: 1 } };
const partial = { value: { a: 1, b: 0 } };
/** A step after which exactly these left, with their times. */
const gives = (given: Step, matched: readonly number[], timedOut: readonly number[] = []): Step => ({
  ...given,
  expect: {
    rows: { match: matched.map((time) => ({ ...match, time })), timeout: timedOut.map((time) => ({ ...partial, time })) },
  },
});

const silence = {
  key: ["user"],
  steps: [step("a"), { is: "none", name: "b", where: "what = 'b'" }],
  within: "10 s",
  output: { do: "fields", fields: [{ name: "a", value: "COUNT(a)" }] },
};
const silent = (given: Step, times: readonly number[]): Step => ({
  ...given,
  expect: { rows: { match: times.map((time) => ({ value: { a: 1 }, time })), timeout: [] } },
});

const byGap = { ...aThenB, within: undefined, steps: [step("a"), step("b", { gap: "10 s" })] };

export const boundaryCases: readonly NodeCase[] = [
  { name: "matches below its time", params: aThenB, inputs, steps: [r(1_000, "a"), r(10_999, "b"), gives(watermark(10_999), [10_999])] },
  {
    name: "times out at exactly its time: the row at that time comes too late",
    params: aThenB,
    inputs,
    steps: [r(1_000, "a"), r(11_000, "b"), gives(watermark(11_000), [], [11_000])],
  },
  {
    name: "times out above its time",
    params: aThenB,
    inputs,
    steps: [r(1_000, "a"), r(11_001, "b"), gives(watermark(20_000), [], [11_000])],
  },
  {
    name: "times out when the watermark reaches its time, without a further row",
    params: aThenB,
    inputs,
    steps: [r(1_000, "a"), gives(watermark(10_999), []), gives(watermark(11_000), [], [11_000]), gives(watermark(30_000), [])],
  },
  {
    name: "sorts rows that come out of order within the bound",
    params: aThenB,
    inputs,
    steps: [r(3_000, "b"), r(1_000, "a"), gives(watermark(2_999), []), gives(watermark(3_000), [3_000])],
  },
  {
    name: "times out before a row that came first but is later",
    params: aThenB,
    inputs,
    steps: [r(20_000, "b"), r(1_000, "a"), gives(watermark(20_000), [], [11_000])],
  },
  {
    name: "takes rows of one time as they arrive",
    params: aThenB,
    inputs,
    steps: [r(1_000, "a"), r(1_000, "b"), r(2_000, "b"), r(2_000, "a"), gives(watermark(2_000), [1_000])],
  },
  {
    name: "takes rows of one time in the order that is asked for",
    params: { ...aThenB, order: ["what"] },
    inputs,
    steps: [r(1_000, "b"), r(1_000, "a"), gives(watermark(1_000), [1_000])],
  },
  {
    name: "lets a row at or behind the watermark out by late, and one just above it in",
    params: aThenB,
    inputs,
    steps: [
      watermark(1_000),
      { ...r(999, "a"), expect: { rows: { late: [{ value: { user: "ann", what: "a" }, time: 999 }] } } },
      { ...r(1_000, "a"), expect: { rows: { late: [{ value: { user: "ann", what: "a" }, time: 1_000 }] } } },
      { ...r(1_001, "a"), expect: { rows: { late: [] } } },
      r(1_002, "b"),
      gives(watermark(1_002), [1_002]),
    ],
  },
  {
    name: "keeps keys apart",
    params: aThenB,
    inputs,
    steps: [r(1_000, "a", "ann"), r(2_000, "b", "bob"), r(3_000, "a", "bob"), r(4_000, "b", "bob"), gives(watermark(5_000), [4_000])],
  },
  {
    name: "matches all rows together without a key",
    params: { ...aThenB, key: undefined },
    inputs,
    steps: [r(1_000, "a", "ann"), r(2_000, "b", "bob"), gives(watermark(2_000), [2_000])],
  },
  {
    name: "goes on after a restart, with rows that wait and partial matches that were begun",
    params: aThenB,
    inputs,
    steps: [
      r(1_000, "a"),
      watermark(1_000),
      { restart: true },
      r(2_000, "b"),
      { restart: true },
      gives(watermark(2_000), [2_000]),
      r(3_000, "a"),
      watermark(3_000),
      { restart: true },
      gives(watermark(13_000), [], [13_000]),
    ],
  },
  {
    name: "matches that nothing came when the watermark says so, with the watermark's time",
    params: silence,
    inputs,
    steps: [r(1_000, "a"), silent(watermark(10_999), []), silent(watermark(12_000), [12_000])],
  },
  {
    name: "matches that nothing came when a later row says so, with that row's time",
    params: silence,
    inputs,
    steps: [r(1_000, "a"), r(11_500, "b"), silent(watermark(11_500), [11_500])],
  },
  {
    name: "does not match when the row comes just in time, and does when it comes at exactly the time",
    params: silence,
    inputs,
    steps: [
      r(1_000, "a"),
      r(10_999, "b"),
      silent(watermark(20_000), []),
      r(21_000, "a"),
      r(31_000, "b"),
      silent(watermark(40_000), [31_000]),
    ],
  },
  {
    name: "matches at the end of input that nothing came",
    params: silence,
    inputs,
    steps: [
      r(1_000, "a"),
      watermark(1_000),
      { end: true, expect: { rows: { match: [{ value: { a: 1 } }] }, watermark: { match: "max" } } },
    ],
  },
  { name: "matches below a gap", params: byGap, inputs, steps: [r(1_000, "a"), r(10_999, "b"), gives(watermark(10_999), [10_999])] },
  { name: "times out at a gap", params: byGap, inputs, steps: [r(1_000, "a"), r(11_000, "b"), gives(watermark(11_000), [], [11_000])] },
  {
    name: "looks at a gap alone when a row of the key comes, and at the end of input",
    params: byGap,
    inputs,
    steps: [
      r(1_000, "a"),
      watermark(1_000),
      gives(watermark(900_000), []),
      r(1_000_000, "c"),
      gives(watermark(1_000_000), [], [11_000]),
      r(1_001_000, "a"),
      watermark(1_001_000),
      { restart: true },
      gives({ end: true }, [], [1_011_000]),
    ],
  },
  {
    name: "looks at the gap between two rows of a step",
    params: {
      ...aThenB,
      within: undefined,
      steps: [step("a", { repeat: { do: "times", least: 2, most: 3, gap: "3 s" } }), step("b")],
    },
    inputs,
    steps: [
      r(1_000, "a"),
      r(4_000, "a"),
      r(6_999, "a"),
      r(7_000, "b"),
      {
        ...watermark(7_000),
        expect: { rows: { match: [{ value: { a: 2, b: 1 }, time: 7_000 }], timeout: [{ ...partial, time: 4_000 }] } },
      },
    ],
  },
  {
    name: "matches rows as they arrive in processing time, and times out by the clock",
    params: { ...aThenB, time: "processing" },
    inputs,
    steps: [
      { clock: 1_000 },
      r(99_000, "a"),
      { clock: 2_000 },
      gives(r(5, "b"), [2_000]),
      r(5, "a"),
      gives({ clock: 11_999 }, []),
      gives({ clock: 12_000 }, []),
      gives({ clock: 12_001 }, [], [12_000]),
    ],
  },
  {
    name: "holds back a match until nothing that began before it can be completed any more",
    params: {
      steps: [step("a"), { is: "row", name: "b", where: "what = 'b' AND n > a.n", follows: "followed-by" }],
      within: "10 s",
      skip: { to: "past-last" },
      output: { do: "fields", fields: [{ name: "n", value: "a.n" }] },
    },
    inputs: { in: "what STRING, n INT" },
    steps: [
      row(1_000, { what: "a", n: 9 }),
      row(2_000, { what: "a", n: 1 }),
      row(3_000, { what: "b", n: 5 }),
      { ...watermark(10_999), expect: { rows: { match: [], timeout: [] } } },
      {
        ...watermark(11_000),
        expect: { rows: { match: [{ value: { n: 1 }, time: 11_000 }], timeout: [{ value: { n: 9 }, time: 11_000 }] } },
      },
    ],
  },
  {
    name: "sends rows without a key, and rows that cannot be computed, to the error port",
    params: { ...aThenB, steps: [{ is: "row", name: "a", where: "CAST(what AS INT) = 1" }, step("b")] },
    inputs,
    steps: [
      {
        rows: { in: [{ value: { what: "1" }, time: 1_000 }] },
        expect: {
          rows: {
            error: [{ value: { code: "pattern.no-key", message: 'The key "user" is NULL for this row; expected a value.' }, exact: false }],
          },
        },
      },
      { ...r(1_000, "x"), expect: { rows: { error: [{ value: { text: '{"user":"ann","what":"x"}' }, exact: false }] } } },
      { ...watermark(2_000), expect: { counters: { errors: 2 } } },
    ],
  },
  {
    name: "says how many partial matches were too many, and goes on with those that it has",
    params: {
      key: ["user"],
      steps: [step("a"), step("b", { follows: "followed-by" })],
      limit: 1,
      output: { do: "fields", fields: [{ name: "n", value: "COUNT(*)" }] },
    },
    inputs,
    steps: [
      r(1_000, "a"),
      r(2_000, "a"),
      {
        ...watermark(2_000),
        expect: {
          rows: {
            error: [
              {
                value: {
                  code: "pattern.too-much-held",
                  message:
                    'With this row more than 1 partial matches or matched rows would be held for its key. Shorten "within", end loops by "until", skip matches, or raise the limit.',
                },
                exact: false,
              },
            ],
          },
        },
      },
      r(3_000, "b"),
      { ...watermark(3_000), expect: { rows: { match: [{ value: { n: 2 }, time: 3_000 }] } } },
    ],
  },
];
