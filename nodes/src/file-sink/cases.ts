import { type NodeCase, row } from "@millrace/engine/node";

export const cases: readonly NodeCase[] = [
  {
    name: "writes rows as JSON, members that are NULL left out",
    params: { path: "out/pages.jsonl" },
    inputs: { in: "mid STRING, page_id STRING" },
    steps: [row(5, { mid: "mid_1", page_id: null })],
    emits: [["written", { mid: "mid_1" }, 5]],
  },
  {
    name: "writes rows as CSV, fields with separators and quotes quoted",
    params: { path: "cities.csv", format: "csv" },
    inputs: { in: "id BIGINT, name STRING" },
    steps: [
      { rows: { in: [{ value: { id: 7, name: 'Xi"an, Shaanxi' } }] }, expect: { rows: { written: [{ value: '7,"Xi""an, Shaanxi"' }] } } },
    ],
  },
  {
    name: "writes the first field as a line of text",
    params: { path: "app.log", format: "text" },
    inputs: { in: "text STRING" },
    steps: [{ rows: { in: [{ value: { text: "ERROR at 10:00" } }] }, expect: { rows: { written: [{ value: "ERROR at 10:00" }] } } }],
  },
  {
    name: "refuses to write nowhere",
    params: { path: "" },
    invalid: 'path: expected text that is not empty, got "". Try "logs/app.jsonl".',
  },
];
