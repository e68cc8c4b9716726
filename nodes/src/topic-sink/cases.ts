import { type NodeCase, row } from "@millrace/engine/node";

export const cases: readonly NodeCase[] = [
  {
    name: "writes rows as JSON, members that are NULL left out",
    params: { topic: "dwd_page_log" },
    inputs: { in: "mid STRING, page_id STRING" },
    steps: [row(5, { mid: "mid_1", page_id: "home" })],
    emits: [["written", { mid: "mid_1", page_id: "home" }, 5]],
  },
  {
    name: "keys records by an expression",
    params: { topic: "dwd_page_log", key: "common.mid" },
    steps: [
      {
        rows: { in: [{ value: { common: { mid: "mid_1" }, more: [1] } }] },
        expect: { rows: { written: [{ value: { common: { mid: "mid_1" }, more: [1] }, key: "mid_1" }] } },
      },
    ],
  },
  {
    name: "writes a row whose key is NULL without a key",
    params: { topic: "t", key: "mid" },
    inputs: { in: "mid STRING" },
    steps: [{ rows: { in: [{ value: { mid: null } }] }, expect: { counters: { errors: 0, in: 1 }, rows: { written: [{ value: {} }] } } }],
  },
  {
    name: "chooses the topic by an expression",
    params: { topicExpression: "'dwd_' || t" },
    steps: [{ rows: { in: [{ value: { t: "cart" } }] }, expect: { rows: { written: [{ value: { t: "cart" }, target: "dwd_cart" }] } } }],
  },
  {
    name: "sends a row whose topic is NULL to error",
    params: { topicExpression: "t" },
    inputs: { in: "t STRING" },
    steps: [{ rows: { in: [{ value: {} }] }, expect: { counters: { errors: 1 }, rows: { written: [] } } }],
  },
  {
    name: "sends a row to error whose partition is no whole number, and takes NULL as none",
    params: { topic: "t", partition: "p" },
    inputs: { in: "p INT" },
    steps: [
      {
        rows: { in: [{ value: { p: -1 } }, { value: { p: 1 } }, { value: { p: null } }] },
        expect: { counters: { errors: 1 }, rows: { written: [{ value: { p: 1 } }, { value: {} }] } },
      },
    ],
  },
  {
    name: "writes a row in the row, with members that no schema knows, and makes the topic of one without",
    params: { topicExpression: "target", key: "key", part: "data" },
    inputs: { in: "target STRING, key STRING, data ROW<id BIGINT>" },
    steps: [
      {
        ...row(5, { target: "dwd_cart", key: "1", data: { id: 1, more: [1] } }),
        expect: { rows: { written: [{ value: { id: 1, more: [1] }, key: "1", target: "dwd_cart" }] } },
      },
      { ...row(5, { target: "dwd_new" }), expect: { rows: { written: [{ value: null, target: "dwd_new" }] }, counters: { errors: 0 } } },
      { ...row(5, { data: { id: 2 } }), expect: { rows: { written: [] }, counters: { errors: 1 } } },
    ],
  },
  {
    name: "refuses to write only what is no row",
    params: { topic: "t", part: "n" },
    inputs: { in: "n BIGINT" },
    invalid: 'part: field "n": expected ROW, got BIGINT. Choose another field or convert it first.',
  },
  {
    name: "refuses to write a part as CSV",
    params: { topic: "t", part: "data", format: "csv" },
    inputs: { in: "data ROW<id BIGINT>" },
    invalid: 'format: expected "json", as a row in the row can be written as that alone, got "csv".',
  },
  {
    name: "refuses topics that keep nothing",
    params: { topic: "t", retention: "0 s" },
    invalid: 'retention: expected a length of time above zero, got "0 s". Try "7 days".',
  },
  {
    name: "refuses neither a topic nor an expression",
    params: {},
    invalid: 'topic: expected a topic, or an expression that computes it, got nothing. Try "dwd_page_log".',
  },
];
