import type { NodeCase } from "@millrace/engine/node";

export const cases: readonly NodeCase[] = [
  {
    name: "gives JSON objects, with members that the schema does not name",
    params: { records: '{"id":1,"name":"a"}', schema: "id BIGINT" },
    steps: [{ rows: { in: [{ value: '{"id":1,"name":"a"}', time: 0 }] } }],
    emits: [["out", { id: 1, name: "a" }]],
  },
  {
    name: "gives lines as they are when text is the format",
    params: { records: "a line", format: "text" },
    steps: [{ rows: { in: [{ value: "a line", time: 0 }] } }],
    emits: [["out", { text: "a line" }]],
  },
  {
    name: "sends a line that is no JSON to error, whole",
    params: { records: "{oops" },
    steps: [
      {
        rows: { in: [{ value: "{oops" }] },
        expect: { rows: { out: [], error: [{ value: { code: "codec.not-json", text: "{oops" }, exact: false }] } },
      },
    ],
  },
  {
    name: "refuses to give nothing",
    params: { records: "" },
    invalid: 'records: expected text that is not empty, got "". Try "{\\"id\\": 1, \\"name\\": \\"a\\"}".',
  },
];
