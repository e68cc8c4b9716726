import { type NodeCase, row } from "@millrace/engine/node";

const inputs = { in: "id BIGINT, name STRING, type STRING" };

export const cases: readonly NodeCase[] = [
  {
    name: "keeps a row under its key, with members that no schema knows",
    params: { table: "dim_sku_info", key: "id" },
    inputs,
    steps: [
      {
        ...row(5, { id: 1, name: "小米10", spu_id: 7 }),
        expect: { rows: { written: [{ value: { id: 1, name: "小米10", spu_id: 7 }, key: "1" }] } },
      },
    ],
  },
  {
    name: "deletes for a deletion, and for a row that says so; an update-before does nothing",
    params: { table: "t", key: "id", deleteWhen: "type = 'delete'" },
    inputs,
    steps: [
      { rows: { in: [{ value: { id: 1 }, kind: "-D" }] }, expect: { rows: { written: [{ value: null, key: "1" }] } } },
      { rows: { in: [{ value: { id: 2, type: "delete" } }] }, expect: { rows: { written: [{ value: null, key: "2" }] } } },
      { rows: { in: [{ value: { id: 3, name: "old" }, kind: "-U" }] }, expect: { rows: { written: [] } } },
      {
        rows: { in: [{ value: { id: 3, name: "new" }, kind: "+U" }] },
        expect: { rows: { written: [{ value: { id: 3, name: "new" }, key: "3" }] } },
      },
    ],
  },
  {
    name: "chooses the table by an expression, and sends a row without one, or without a key, to error",
    params: { tableExpression: "LOWER(type)", key: "CONCAT_WS('|', CAST(id AS STRING), name)" },
    inputs,
    steps: [
      {
        ...row(0, { id: 1, name: "a", type: "DIM_A" }),
        expect: { rows: { written: [{ value: { id: 1, name: "a", type: "DIM_A" }, key: "1|a", target: "dim_a" }] } },
      },
      { ...row(0, { id: 1, name: "a" }), expect: { rows: { written: [] }, counters: { errors: 1 } } },
    ],
  },
  {
    name: "keeps a row in the row, deletes, and makes the table of one without, by its definition",
    params: { tableExpression: "target", key: "key", part: "data", definition: "definition", deleteWhen: "type = 'delete'" },
    inputs: {
      in: "target STRING, key STRING, type STRING, data ROW<id BIGINT>, definition ROW<columns ARRAY<STRING>, `key` STRING, extend STRING>",
    },
    steps: [
      {
        ...row(5, { target: "dim_sku", key: "1", type: "insert", data: { id: 1, name: "小米10" } }),
        expect: { rows: { written: [{ value: { id: 1, name: "小米10" }, key: "1", target: "dim_sku" }] } },
      },
      {
        ...row(5, { target: "dim_sku", key: "1", type: "delete", data: { id: 1 } }),
        expect: { rows: { written: [{ value: null, key: "1", target: "dim_sku" }] } },
      },
      {
        ...row(5, { target: "dim_new", type: "create", definition: { columns: ["id"], key: "id" } }),
        expect: { rows: { written: [{ value: null, target: "dim_new" }] }, counters: { errors: 0 } },
      },
      { ...row(5, { target: "dim_sku", type: "insert", data: { id: 1 } }), expect: { rows: { written: [] }, counters: { errors: 1 } } },
    ],
  },
  {
    name: "sends a row whose key is NULL to error",
    params: { table: "t", key: "name" },
    inputs,
    steps: [{ ...row(0, { id: 1 }), expect: { rows: { written: [], error: [{ value: { code: "sink.no-key" }, exact: false }] } } }],
  },
  {
    name: "refuses a table's name that a store would not take",
    params: { table: "dim sku", key: "id" },
    inputs,
    invalid:
      'table: expected a letter, then letters, digits, underscores, dots and colons (at most 128), got "dim sku". Try "dim_sku_info".',
  },
  {
    name: "refuses neither a table nor an expression",
    params: { key: "id" },
    inputs,
    invalid: 'table: expected a table, or an expression that computes it, got nothing. Try "dim_sku_info".',
  },
];
