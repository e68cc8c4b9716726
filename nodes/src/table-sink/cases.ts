import { type NodeCase, row } from "@millrace/engine/node";

const inputs = { in: "id BIGINT, name STRING, amount DECIMAL(16, 2)" };

export const cases: readonly NodeCase[] = [
  {
    name: "writes each field to the column of its name",
    params: { table: "orders" },
    inputs,
    steps: [
      {
        ...row(5, { id: 1, name: "小米10", amount: 99.5 }),
        expect: { rows: { written: [{ value: { id: 1, name: "小米10", amount: 99.5 } }] } },
      },
      { ...row(6, { id: 2 }), expect: { rows: { written: [{ value: { id: 2, name: null, amount: null } }] } } },
    ],
  },
  {
    name: "computes columns of the row, and writes no others",
    params: {
      table: "orders",
      columns: [
        { name: "order_id", value: "id" },
        { name: "label", value: "CONCAT(name, '!')" },
        { name: "cents", value: "amount * 100", type: "Decimal64(0)" },
      ],
      sortKey: ["order_id"],
    },
    inputs,
    steps: [
      {
        ...row(5, { id: 1, name: "a", amount: 1.25 }),
        expect: { rows: { written: [{ value: { order_id: 1, label: "a!", cents: 125 } }] } },
      },
    ],
  },
  {
    name: "sends a row whose value cannot be computed to error",
    params: { table: "orders", columns: [{ name: "n", value: "CAST(name AS INT)" }] },
    inputs,
    steps: [{ ...row(5, { id: 1, name: "x" }), expect: { rows: { written: [] }, counters: { errors: 1 } } }],
  },
  {
    name: "refuses a table's name that ClickHouse would not take",
    params: { table: "orders-0820" },
    inputs,
    invalid:
      'table: expected a letter or underscore, then letters, digits and underscores (at most 128), got "orders-0820". Try "visitor_stats".',
  },
  {
    name: "refuses a sort key that is not written",
    params: { table: "orders", sortKey: ["stt"] },
    inputs,
    invalid: 'sortKey[0]: "stt" is not among the columns that are written; they are "id", "name", "amount". Take one of them, or add it.',
  },
  {
    name: "refuses a column twice",
    params: {
      table: "orders",
      columns: [
        { name: "n", value: "id" },
        { name: "n", value: "name" },
      ],
    },
    inputs,
    invalid: "columns: expected each column once, got [… 2].",
  },
];
