import type { NodeCase } from "@millrace/engine/node";

export const cases: readonly NodeCase[] = [
  {
    name: "gives each line's JSON object, with members that the schema does not name",
    params: { path: "logs/app.jsonl", schema: "mid STRING" },
    steps: [{ rows: { in: [{ value: { mid: "mid_1", more: [1] }, time: 0 }] } }],
    emits: [["out", { mid: "mid_1", more: [1] }]],
  },
  {
    name: "gives CSV lines by the order of the schema's fields",
    params: { path: "cities.csv", format: "csv", schema: "id BIGINT, name STRING" },
    steps: [{ rows: { in: [{ value: '7,"Xi\'an, Shaanxi"' }] }, expect: { holds: { out: "id = 7 AND name = 'Xi''an, Shaanxi'" } } }],
  },
  {
    name: "gives lines of text when that is its format",
    params: { path: "app.log", format: "text" },
    steps: [{ rows: { in: [{ value: "ERROR at 10:00", time: 0 }] } }],
    emits: [["out", { text: "ERROR at 10:00" }]],
  },
  {
    name: "sends a line that is no JSON to error, whole",
    params: { path: "logs/app.jsonl" },
    steps: [
      {
        rows: { in: [{ value: '{"mid":' }] },
        expect: { rows: { out: [], error: [{ value: { code: "codec.not-json", text: '{"mid":' }, exact: false }] } },
      },
    ],
  },
  {
    name: "refuses CSV without a schema, and says what to write",
    params: { path: "cities.csv", format: "csv" },
    invalid: 'schema: A CSV file\'s columns have no types of their own. Name a schema, or write its columns: "mid STRING, ts BIGINT".',
  },
  {
    name: "refuses a separator of several characters",
    params: { path: "cities.csv", format: "csv", schema: "id BIGINT", separator: "||" },
    invalid: 'separator: expected one ASCII character other than a quote, got "||". Try "," or ";" or "\\t".',
  },
];
