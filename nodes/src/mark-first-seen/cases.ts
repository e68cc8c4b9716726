import { type NodeCase, row, type Step, watermark } from "@millrace/engine/node";

const DAY = 86_400_000;
/** 2021-02-22 10:00 in Shanghai. */
const T0 = 1_613_959_200_000;

const logs = { in: "common ROW<mid STRING, is_new STRING>, ts BIGINT" };
const day = "DATE_FORMAT(TO_TIMESTAMP_LTZ(ts, 3), 'yyyyMMdd')";
const repair = {
  key: ["common.mid"],
  when: "common.is_new = '1'",
  value: day,
  output: { do: "set", field: "common.is_new", repeat: "'0'" },
};
const log = (mid: string, is_new: string, ts: number) => ({ common: { mid, is_new }, ts });
/** One log in, and what becomes of its is_new. */
const step = (mid: string, is_new: string, ts: number, after: string): Step => ({
  ...row(ts, log(mid, is_new, ts)),
  expect: { rows: { out: [{ value: log(mid, after, ts), time: ts }] } },
});

const visits = { in: "mid STRING, day STRING" };
const unique = { key: ["mid"], value: "day", output: { do: "drop" } };
const visit = (mid: string, day: string, isFirst: boolean): Step => ({
  ...row(0, { mid, day }),
  expect: { rows: { out: isFirst ? [{ value: { mid, day } }] : [] } },
});

export const cases: readonly NodeCase[] = [
  {
    name: "repairs the flag of a visitor who was seen on another day",
    params: repair,
    inputs: logs,
    steps: [
      step("mid_1", "1", T0, "1"),
      step("mid_1", "1", T0 + 1_000, "1"),
      step("mid_1", "1", T0 + DAY, "0"),
      step("mid_2", "0", T0 + 5_000, "0"),
      step("mid_2", "1", T0 + 6_000, "1"),
    ],
  },
  {
    name: "keeps the first day: an earlier day turns the flag as well, and the first day is believed again",
    params: repair,
    inputs: logs,
    steps: [step("a", "1", T0, "1"), step("a", "1", T0 - DAY, "0"), step("a", "1", T0 + DAY, "0"), step("a", "1", T0 + 2_000, "1")],
  },
  {
    name: "leaves rows that do not meet the condition alone, and its memory too",
    params: repair,
    inputs: logs,
    steps: [
      step("a", "0", T0 - DAY, "0"),
      step("a", "", T0 - DAY, ""),
      step("a", "1", T0, "1"),
      { ...row(T0, { common: { mid: "a" }, ts: T0 }), expect: { rows: { out: [{ value: { common: { mid: "a" }, ts: T0 } }] } } },
      step("a", "1", T0, "1"),
    ],
  },
  {
    name: "remembers every row when asked to, so that a visitor who first said 0 is not new later",
    params: { ...repair, store: "every-row" },
    inputs: logs,
    steps: [step("a", "0", T0, "0"), step("a", "1", T0 + 1_000, "1"), step("a", "1", T0 + DAY, "0")],
  },
  {
    name: "takes the day from the pipeline's time zone",
    params: repair,
    inputs: logs,
    timeZone: "UTC",
    // 23:59:59.999 and 00:00 of the next day in UTC; in Shanghai both are the same morning.
    steps: [step("a", "1", 1_613_951_999_999, "1"), step("a", "1", 1_613_952_000_000, "0")],
  },
  {
    name: "keeps members that no schema knows, whether it changes the row or not",
    params: repair,
    inputs: logs,
    steps: [
      row(0, { common: { mid: "a", is_new: "1", os: "iOS" }, ts: T0, page: { page_id: "home" } }),
      row(0, { common: { mid: "a", is_new: "1", os: "iOS" }, ts: T0 + DAY, page: { page_id: "cart" } }),
    ],
    emits: [
      ["out", { common: { mid: "a", is_new: "1", os: "iOS" }, ts: T0, page: { page_id: "home" } }],
      ["out", { common: { mid: "a", is_new: "0", os: "iOS" }, ts: T0 + DAY, page: { page_id: "cart" } }],
    ],
  },
  {
    name: "sends rows without a key or without a value to the error port",
    params: repair,
    inputs: logs,
    steps: [
      {
        ...row(0, { common: { is_new: "1" }, ts: T0 }),
        expect: {
          rows: {
            out: [],
            error: [
              {
                value: {
                  node: "node",
                  code: "mark-first-seen.no-key",
                  message: 'The key "common.mid" is NULL for this row; expected a value.',
                  text: `{"common":{"is_new":"1"},"ts":${T0}}`,
                },
              },
            ],
          },
        },
      },
      { ...row(0, { ts: T0 }), expect: { rows: { out: [], error: [{ value: { code: "mark-first-seen.no-key" }, exact: false }] } } },
      {
        ...row(0, { common: { mid: "a", is_new: "1" } }),
        expect: { rows: { out: [], error: [{ value: { code: "mark-first-seen.no-value" }, exact: false }] }, counters: { errors: 3 } },
      },
    ],
  },
  {
    name: "keeps one visit per key and day",
    params: { ...unique, compare: "different" },
    inputs: visits,
    steps: [
      visit("a", "20210222", true),
      visit("a", "20210222", false),
      visit("b", "20210222", true),
      visit("a", "20210223", true),
      { ...visit("a", "20210223", false), expect: { rows: { out: [] }, counters: { out: 3, "dropped.repeat": 2 } } },
    ],
  },
  {
    name: "lets a late row of yesterday pass, and today's again, when any other value is a first",
    params: { ...unique, compare: "different" },
    inputs: visits,
    steps: [visit("a", "20210223", true), visit("a", "20210222", true), visit("a", "20210223", true)],
  },
  {
    name: "takes a late row of yesterday for a repeat when only a newer value is a first",
    params: { ...unique, compare: "newer-than" },
    inputs: visits,
    steps: [
      visit("a", "20210223", true),
      visit("a", "20210222", false),
      visit("a", "20210223", false),
      visit("a", "20210224", true),
      visit("a", "20210223", false),
    ],
  },
  {
    name: "keeps the first row of each key for a constant",
    params: { key: ["mid", "day"], value: "1", compare: "different", output: { do: "drop" } },
    inputs: visits,
    steps: [visit("a", "1", true), visit("a", "2", true), visit("a", "1", false), visit("b", "1", true)],
  },
  {
    name: "sends repeats to a port of their own when asked to",
    params: { key: ["mid"], value: "day", compare: "newer-than", output: { do: "split" } },
    inputs: visits,
    steps: [row(1, { mid: "a", day: "2" }), row(2, { mid: "a", day: "1" }), row(3, { mid: "a", day: "3" })],
    emits: [
      ["out", { mid: "a", day: "2" }, 1],
      ["repeat", { mid: "a", day: "1" }, 2],
      ["out", { mid: "a", day: "3" }, 3],
    ],
  },
  {
    name: "says of each row whether it is a first one",
    params: { key: ["mid"], value: "day", compare: "different", output: { do: "set", field: "is_first", first: "TRUE", repeat: "FALSE" } },
    inputs: visits,
    steps: [row(1, { mid: "a", day: "1" }), row(2, { mid: "a", day: "1" })],
    emits: [
      ["out", { mid: "a", day: "1", is_first: true }],
      ["out", { mid: "a", day: "1", is_first: false }],
    ],
  },
  {
    name: "compares whole numbers beyond 2^53 exactly",
    params: { key: ["k"], value: "v", compare: "newer-than", output: { do: "split" } },
    inputs: { in: "k STRING, v BIGINT" },
    steps: [row(1, { k: "a", v: 9007199254740992n }), row(2, { k: "a", v: 9007199254740993n }), row(3, { k: "a", v: 9007199254740991n })],
    emits: [
      ["out", { k: "a", v: 9007199254740992n }],
      ["out", { k: "a", v: 9007199254740993n }],
      ["repeat", { k: "a", v: 9007199254740991n }],
    ],
  },
  {
    name: "forgets a value when it is as old as asked, not before",
    params: { ...unique, compare: "different", forgetAfter: "1 d" },
    inputs: visits,
    steps: [
      { clock: T0 },
      visit("a", "20210222", true),
      visit("b", "20210222", true),
      { clock: T0 + DAY - 1 },
      visit("a", "20210222", false),
      { clock: T0 + DAY },
      visit("b", "20210222", true),
    ],
  },
  {
    name: "remembers across a restart",
    params: repair,
    inputs: logs,
    steps: [step("a", "1", T0, "1"), { restart: true }, step("a", "1", T0 + DAY, "0"), step("b", "1", T0 + DAY, "1")],
  },
  {
    name: "goes by the order of arrival, whatever the watermark says",
    params: repair,
    inputs: logs,
    steps: [
      { ...watermark(T0 + DAY), expect: { watermark: { out: T0 + DAY } } },
      { idle: { in: true } },
      { idle: { in: false } },
      step("a", "1", T0, "1"),
      step("a", "1", T0 + DAY, "0"),
      { end: true, expect: { rows: { out: [] }, watermark: { out: "max" } } },
    ],
  },
  {
    name: "refuses to be without a key",
    params: { ...repair, key: [] },
    inputs: logs,
    invalid: 'key: expected a list with at least one entry, got []. Try "common.mid".',
  },
  {
    name: "refuses to set a field to nothing",
    params: { ...repair, output: { do: "set", field: "common.is_new" } },
    inputs: logs,
    invalid: `output.repeat: expected a value for first rows, for repeated ones, or both, got nothing. Try "'0'" or "FALSE".`,
  },
  {
    name: "refuses a value of another type than the field's",
    params: { ...repair, output: { do: "set", field: "common.is_new", repeat: "0" } },
    inputs: logs,
    invalid: 'output.repeat: field "common.is_new" is STRING, "0" is INT NOT NULL. Write a value of type STRING.',
  },
  {
    name: "refuses to remember what has no order",
    params: { ...repair, value: "common" },
    inputs: logs,
    invalid:
      "value: expected a number, text or time to remember, got a value of type ROW<mid STRING, is_new STRING>. Convert it, for example with CAST.",
  },
  {
    name: "refuses to forget at once",
    params: { ...repair, forgetAfter: "0 s" },
    inputs: logs,
    invalid: 'forgetAfter: expected a length of time above zero, got "0 s". Try "1 d".',
  },
  {
    name: "refuses a result that it does not know",
    params: { ...repair, output: { do: "keep" } },
    inputs: logs,
    invalid: 'output.do: expected one of "set", "drop", "split", got "keep".',
  },
];
