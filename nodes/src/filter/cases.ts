import { type NodeCase, row, watermark } from "@millrace/engine/node";

const above = { when: "amount > 100" };

export const cases: readonly NodeCase[] = [
  {
    name: "lets the rows through for which the condition is true",
    params: above,
    steps: [row(1, { id: "a", amount: 101 }), row(2, { id: "b", amount: 7 }), row(3, { id: "c", amount: 250 })],
    emits: [
      ["out", { id: "a", amount: 101 }, 1],
      ["out", { id: "c", amount: 250 }, 3],
    ],
  },
  {
    name: "counts what it drops",
    params: above,
    steps: [
      row(1, { amount: 100 }),
      { ...row(2, { amount: 99 }), expect: { rows: { out: [] }, counters: { in: 2, out: 0, "dropped.filtered": 2, errors: 0 } } },
    ],
  },
  {
    name: "takes NULL and a missing field for not true",
    params: above,
    inputs: { in: "id STRING, amount BIGINT" },
    steps: [
      row(1, { id: "a", amount: null }),
      { ...row(2, { id: "b" }), expect: { rows: { out: [] }, counters: { "dropped.filtered": 2 } } },
    ],
    emits: [],
  },
  {
    name: "compares whole numbers exactly beyond 2^53",
    params: { when: "id = 9007199254740993" },
    inputs: { in: "id BIGINT" },
    steps: [row(1, { id: 9007199254740992n }), row(2, { id: 9007199254740993n })],
    emits: [["out", { id: 9007199254740993n }]],
  },
  {
    name: "keeps members that no schema knows",
    params: above,
    inputs: { in: "amount BIGINT" },
    steps: [row(1, { amount: 101, note: { by: "ann" }, tags: [1, 2] })],
    emits: [["out", { amount: 101, note: { by: "ann" }, tags: [1, 2] }]],
  },
  {
    name: "sends a row to the error port when the condition cannot be computed",
    params: { when: "100 / n > 1" },
    inputs: { in: "n BIGINT" },
    steps: [
      {
        ...row(1, { n: 0 }),
        expect: {
          rows: { out: [], error: [{ value: { node: "node", code: "expression.division-by-zero" }, exact: false }] },
          counters: { errors: 1 },
        },
      },
      { ...row(2, { n: 5 }), expect: { rows: { out: [{ value: { n: 5 } }], error: [] } } },
    ],
  },
  {
    name: "passes the kind of a row on",
    params: above,
    steps: [
      {
        rows: {
          in: [
            { value: { amount: 200 }, kind: "-U" },
            { value: { amount: 300 }, kind: "+U" },
            { value: { amount: 1 }, kind: "-D" },
          ],
        },
        expect: {
          rows: {
            out: [
              { value: { amount: 200 }, kind: "-U" },
              { value: { amount: 300 }, kind: "+U" },
            ],
          },
          ordered: true,
        },
      },
    ],
  },
  {
    name: "passes watermarks and the end of input on, rows or none",
    params: above,
    steps: [
      { ...watermark(1_000), expect: { watermark: { out: 1_000 } } },
      { ...row(900, { amount: 500 }), expect: { rows: { out: [{ value: { amount: 500 }, time: 900 }] } } },
      { end: true, expect: { rows: { out: [] }, watermark: { out: "max" } } },
    ],
  },
  {
    name: "refuses to be without a condition",
    params: {},
    invalid: `when: expected text, got nothing. Try "amount > 100" or "page.page_id = 'home'".`,
  },
  {
    name: "refuses a value that is no condition",
    params: { when: "amount" },
    inputs: { in: "amount BIGINT" },
    invalid: 'when: expected a condition (BOOLEAN), got a value of type BIGINT. Compare it with something, as in "amount > 100".',
  },
  {
    name: "refuses params that it does not know",
    params: { when: "TRUE", wen: "FALSE" },
    invalid: 'wen: unknown member "wen"; did you mean "when"?',
  },
];
