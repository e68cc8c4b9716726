import type { NodeCase } from "@millrace/engine/node";

export const cases: readonly NodeCase[] = [
  {
    name: "gives records with the fields of the schema",
    params: { topic: "ods_base_log", schema: "mid STRING, ts BIGINT" },
    steps: [{ rows: { in: [{ value: { mid: "mid_1", ts: 5, more: true }, time: 7 }] } }],
    emits: [["out", { mid: "mid_1", ts: 5, more: true }, 7]],
  },
  {
    name: "takes the schema that the pipeline declares",
    params: { topic: "ods_base_log", schema: "app_log" },
    schemas: { app_log: "ts BIGINT" },
    steps: [{ rows: { in: [{ value: { ts: "12" } }] }, expect: { holds: { out: "ts = 12" } } }],
  },
  {
    name: "sends what is no JSON to error, whole",
    params: { topic: "ods_base_log" },
    steps: [
      {
        rows: { in: [{ value: '{"common":' }] },
        expect: {
          rows: { out: [], error: [{ value: { code: "codec.not-json", text: '{"common":' }, exact: false }] },
          counters: { errors: 1 },
        },
      },
    ],
  },
  {
    name: "gives a record as text when that is its format",
    params: { topic: "raw", format: "text" },
    steps: [{ rows: { in: [{ value: "any text" }] } }],
    emits: [["out", { text: "any text" }]],
  },
  {
    name: "counts records without a value and lets them go",
    params: { topic: "ods_base_log" },
    steps: [{ rows: { in: [{ value: null }] }, expect: { rows: { out: [], error: [] }, counters: { "dropped.tombstone": 1 } } }],
  },
  {
    name: "refuses a topic's name that Kafka would refuse",
    params: { topic: "a b" },
    invalid: 'topic: expected 1 to 249 letters, digits, dots, underscores and hyphens, got "a b". Try "ods_base_log".',
  },
  {
    name: "wants a time to start from a time",
    params: { topic: "a", from: "time" },
    invalid: 'time: expected a time to start from, got nothing. Try "2021-02-22T10:00:00+08:00".',
  },
  {
    name: "wants the zone of a time",
    params: { topic: "a", from: "time", time: "2021-02-22 10:00:00" },
    invalid:
      'time: expected a time with its zone such as "2021-02-22T10:00:00+08:00", got "2021-02-22 10:00:00". Try "2021-02-22T10:00:00+08:00".',
  },
  {
    name: "counts a record without a value and goes on",
    params: { topic: "ods_base_log" },
    steps: [
      {
        rows: { in: [{ value: null }, { value: { n: 1 } }] },
        expect: { rows: { out: [{ value: { n: 1 } }] }, counters: { "dropped.tombstone": 1 } },
      },
    ],
  },
];
