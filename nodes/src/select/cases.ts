import { type NodeCase, row, watermark } from "@millrace/engine/node";

const log = { in: "common ROW<mid STRING, uid STRING>, page ROW<page_id STRING>, ts BIGINT" };
const record = { common: { mid: "mid_1", uid: "7" }, page: { page_id: "home" }, ts: 1_000, extra: true };

export const cases: readonly NodeCase[] = [
  {
    name: "makes rows of the named fields alone",
    params: {
      fields: [
        { name: "mid", value: "common.mid" },
        { name: "page", value: "UPPER(page.page_id)" },
        { name: "second", value: "ts / 1000" },
      ],
    },
    inputs: log,
    steps: [row(5, record)],
    emits: [["out", { mid: "mid_1", page: "HOME", second: 1 }, 5]],
  },
  {
    name: "makes nested rows of names with dots",
    params: {
      fields: [
        { name: "who.mid", value: "common.mid" },
        { name: "who.uid", value: "CAST(common.uid AS BIGINT)" },
        { name: "constructor.name", value: "page.page_id" },
      ],
    },
    inputs: log,
    steps: [row(5, record)],
    emits: [["out", { who: { mid: "mid_1", uid: 7 }, constructor: { name: "home" } }]],
  },
  {
    name: "knows how far event time has come, which is NULL before the first watermark",
    params: {
      fields: [
        { name: "id", value: "id" },
        { name: "reached", value: "CAST(CURRENT_WATERMARK(t) AS STRING)" },
        { name: "late", value: "t <= CURRENT_WATERMARK(t)" },
      ],
    },
    inputs: { in: "id INT, t TIMESTAMP_LTZ(3)" },
    steps: [
      row(1_000, { id: 1, t: "1970-01-01T00:00:01Z" }),
      watermark(5_000),
      row(3_000, { id: 2, t: "1970-01-01T00:00:03Z" }),
      row(6_000, { id: 3, t: "1970-01-01T00:00:06Z" }),
    ],
    emits: [
      ["out", { id: 1, reached: null, late: null }],
      ["out", { id: 2, reached: "1970-01-01 08:00:05.000", late: true }],
      ["out", { id: 3, reached: "1970-01-01 08:00:05.000", late: false }],
    ],
  },
  {
    name: "keeps all of a row, adding and replacing fields",
    params: {
      keep: "all",
      fields: [
        { name: "common.mid", value: "CONCAT(common.mid, '!')" },
        { name: "day", value: "ts / 1000" },
      ],
    },
    inputs: log,
    steps: [row(5, record)],
    emits: [["out", { common: { mid: "mid_1!", uid: "7" }, page: { page_id: "home" }, ts: 1_000, extra: true, day: 1 }]],
  },
  {
    name: "computes all values from the incoming row, before any is replaced",
    params: {
      keep: "all",
      fields: [
        { name: "a", value: "b" },
        { name: "b", value: "a" },
      ],
    },
    steps: [row(1, { a: 1, b: 2 })],
    emits: [["out", { a: 2, b: 1 }]],
  },
  {
    name: "leaves fields out, of nested rows too",
    params: { keep: "all", drop: ["common.uid", "page"] },
    inputs: log,
    steps: [row(1, record)],
    emits: [["out", { common: { mid: "mid_1" }, ts: 1_000, extra: true }]],
  },
  {
    name: "gives NULL for what is missing, and leaves NULLs out of the record",
    params: {
      fields: [
        { name: "mid", value: "common.mid" },
        { name: "ts", value: "ts" },
      ],
    },
    inputs: log,
    steps: [row(1, { ts: 3 }), row(2, { common: null, ts: null })],
    emits: [
      ["out", { ts: 3 }],
      ["out", {}],
    ],
  },
  {
    name: "keeps whole numbers and decimals exact",
    params: {
      fields: [
        { name: "id", value: "id + 1" },
        { name: "price", value: "price * 2" },
      ],
    },
    inputs: { in: "id BIGINT, price DECIMAL(10, 2)" },
    steps: [row(1, { id: 9007199254740992n, price: "0.10" })],
    emits: [["out", { id: 9007199254740993n, price: 0.2 }]],
  },
  {
    name: "passes the kind of a row on",
    params: { fields: [{ name: "n", value: "n" }] },
    steps: [{ rows: { in: [{ value: { n: 1 }, kind: "-D" }] }, expect: { rows: { out: [{ value: { n: 1 }, kind: "-D" }] } } }],
  },
  {
    name: "sends a row to the error port when a value cannot be computed",
    params: { fields: [{ name: "n", value: "CAST(s AS BIGINT)" }] },
    inputs: { in: "s STRING" },
    steps: [
      { ...row(1, { s: "12x" }), expect: { rows: { out: [], error: [{ value: { node: "node", text: '{"s":"12x"}' }, exact: false }] } } },
      { ...row(2, { s: "12" }), expect: { rows: { out: [{ value: { n: 12 } }] } } },
    ],
  },
  {
    name: "passes watermarks and the end of input on",
    params: { fields: [{ name: "n", value: "n" }] },
    inputs: { in: "n BIGINT" },
    steps: [
      { ...watermark(10), expect: { watermark: { out: 10 } } },
      { end: true, expect: { watermark: { out: "max" } } },
    ],
  },
  {
    name: "refuses to keep nothing",
    params: {},
    invalid: "fields: expected at least one field, or all kept, got nothing.",
  },
  {
    name: "refuses to leave fields out of those that are named one by one",
    params: { fields: [{ name: "ts", value: "ts" }], drop: ["page"] },
    inputs: log,
    invalid: "drop: expected no fields to leave out, where only the named ones are kept, got [… 1].",
  },
  {
    name: "refuses two fields of one name",
    params: {
      fields: [
        { name: "a", value: "ts" },
        { name: "a", value: "ts + 1" },
      ],
    },
    inputs: log,
    invalid: 'fields[1].name: two fields would be named "a". Rename one of them.',
  },
  {
    name: "refuses a name that goes through a field which is no row",
    params: { keep: "all", fields: [{ name: "ts.day", value: "ts" }] },
    inputs: log,
    invalid: 'fields[0].name: "ts.day" goes through a field that is not a row. Choose another name.',
  },
  {
    name: "refuses names that are empty or reserved",
    params: { fields: [{ name: "a..b", value: "ts" }] },
    inputs: log,
    invalid: 'fields[0].name: expected a field name such as "page_id" or "page.id", got "a..b". Try "page_id" or "common.is_new".',
  },
  {
    name: "refuses to leave out a field that is not there",
    params: { keep: "all", drop: ["pge"] },
    inputs: log,
    invalid: 'drop[0]: unknown field "pge"; did you mean "page"?',
  },
  {
    name: "refuses a NULL without a type",
    params: { fields: [{ name: "nothing", value: "NULL" }] },
    inputs: log,
    invalid: 'fields[0].value: "NULL" is NULL of no type. Say which: CAST(NULL AS STRING).',
  },
];
