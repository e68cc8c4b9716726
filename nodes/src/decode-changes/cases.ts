import { type NodeCase, row } from "@millrace/engine/node";

const message = { in: "" };
const maxwell = (more: object) => ({ database: "gmall", table: "base_trademark", type: "insert", ts: 1_613_959_202, ...more });
const canal = (more: object) => ({
  data: [{ id: "12", amount: "5.0", name: "12" }],
  database: "gmall",
  es: 1_613_959_202_500,
  isDdl: false,
  mysqlType: { id: "bigint(20)", amount: "decimal(10,2)", name: "varchar(100)" },
  old: null,
  pkNames: ["id"],
  table: "t",
  type: "INSERT",
  ...more,
});
const debezium = (more: object) => ({
  before: null,
  after: { id: 1, name: "a" },
  source: { db: "gmall", table: "t", ts_ms: 1_613_959_202_000 },
  op: "c",
  ts_ms: 1_613_959_203_000,
  ...more,
});
const course = (more: object) => ({ database: "gmall", tableName: "t", before: {}, after: { id: 1, name: "a" }, type: "insert", ...more });
const TS = "2021-02-22 02:00:02Z";
const change = (more: object) => ({ database: "gmall", table: "t", type: "insert", ts: TS, data: { id: 1, name: "a" }, ...more });

/** A message that is refused, with the whole reason. */
const refused = (
  name: string,
  params: NodeCase["params"],
  value: object,
  reason: string,
  code = "decode-changes.not-a-change",
): NodeCase => ({
  name,
  params,
  steps: [
    {
      ...row(5, value as Record<string, unknown>),
      expect: { rows: { out: [], error: [{ value: { code, message: reason }, exact: false }] } },
    },
  ],
});

export const cases: readonly NodeCase[] = [
  {
    name: "reads Maxwell's messages, seconds as a moment and columns as they are",
    params: {},
    steps: [
      row(5, maxwell({ xid: 8812, xoffset: 0, data: { id: 9_007_199_254_740_993n, price: "5.10", name: null } })),
      row(6, maxwell({ type: "update", xid: 8812, commit: true, data: { id: 12, name: "b" }, old: { name: "a" } })),
    ],
    emits: [
      [
        "out",
        {
          database: "gmall",
          table: "base_trademark",
          type: "insert",
          ts: TS,
          data: { id: 9_007_199_254_740_993n, price: "5.10", name: null },
          xid: 8812,
          xoffset: 0,
        },
        5,
      ],
      [
        "out",
        {
          database: "gmall",
          table: "base_trademark",
          type: "update",
          ts: TS,
          data: { id: 12, name: "b" },
          old: { name: "a" },
          xid: 8812,
          commit: true,
        },
        6,
      ],
    ],
  },
  {
    name: "passes the begin, the rows and the end of a bootstrap on, each by its own type",
    params: { columns: "id BIGINT" },
    steps: [
      row(5, maxwell({ type: "bootstrap-start", data: {} })),
      row(5, maxwell({ type: "bootstrap-insert", data: { id: 1 } })),
      row(5, maxwell({ type: "bootstrap-complete", data: {} })),
    ],
    emits: [
      ["out", { ...change({ table: "base_trademark", type: "bootstrap-start", data: {} }) }],
      ["out", { ...change({ table: "base_trademark", type: "bootstrap-insert", data: { id: 1 } }) }],
      ["out", { ...change({ table: "base_trademark", type: "bootstrap-complete", data: {} }) }],
    ],
  },
  {
    name: "makes of one of Canal's messages a row for each of its rows, numbers by their columns' types",
    params: { format: "canal" },
    steps: [
      row(
        5,
        canal({
          data: [
            { id: "12", amount: "5.0", name: "12" },
            { id: "13", amount: null, name: "" },
          ],
        }),
      ),
      row(6, canal({ type: "UPDATE", old: [{ amount: "4" }] })),
      row(7, canal({ type: "DELETE" })),
    ],
    emits: [
      ["out", change({ ts: "2021-02-22 02:00:02.500Z", data: { id: 12, amount: 5, name: "12" }, keys: ["id"] }), 5],
      ["out", change({ ts: "2021-02-22 02:00:02.500Z", data: { id: 13, amount: null, name: "" }, keys: ["id"] }), 5],
      [
        "out",
        change({
          type: "update",
          ts: "2021-02-22 02:00:02.500Z",
          data: { id: 12, amount: 5, name: "12" },
          old: { amount: 4 },
          keys: ["id"],
        }),
        6,
      ],
      ["out", change({ type: "delete", ts: "2021-02-22 02:00:02.500Z", data: { id: 12, amount: 5, name: "12" }, keys: ["id"] }), 7],
    ],
  },
  {
    name: "reads Debezium's messages without a schema; of an update the columns that changed are old",
    params: { format: "debezium" },
    steps: [
      row(5, debezium({})),
      row(5, debezium({ op: "r" })),
      row(5, debezium({ op: "u", before: { id: 1, name: "z" } })),
      row(5, debezium({ op: "d", before: { id: 1, name: "a" }, after: null })),
    ],
    emits: [
      ["out", change({})],
      ["out", change({ type: "bootstrap-insert" })],
      ["out", change({ type: "update", old: { name: "z" } })],
      ["out", change({ type: "delete" })],
    ],
  },
  {
    name: "reads days, moments and decimals of Debezium by the schema around the payload",
    params: { format: "debezium" },
    steps: [
      row(5, {
        schema: {
          type: "struct",
          fields: [
            {
              field: "after",
              type: "struct",
              fields: [
                { field: "id", type: "int64" },
                { field: "price", type: "bytes", name: "org.apache.kafka.connect.data.Decimal", parameters: { scale: "2" } },
                { field: "debt", type: "bytes", name: "org.apache.kafka.connect.data.Decimal", parameters: { scale: "3" } },
                { field: "day", type: "int32", name: "io.debezium.time.Date" },
                { field: "at", type: "int64", name: "io.debezium.time.Timestamp" },
                { field: "at6", type: "int64", name: "io.debezium.time.MicroTimestamp" },
                { field: "clock", type: "int64", name: "io.debezium.time.MicroTime" },
              ],
            },
          ],
        },
        payload: debezium({
          after: { id: 1, price: "AhUU", debt: "/w==", day: 18_680, at: 1_613_959_202_000, at6: -1, clock: 36_000_500_000 },
        }),
      }),
    ],
    emits: [
      [
        "out",
        change({
          data: {
            id: 1,
            price: 1364.68,
            debt: -0.001,
            day: "2021-02-22",
            at: "2021-02-22 02:00:02",
            at6: "1969-12-31 23:59:59.999999",
            clock: "10:00:00.5",
          },
        }),
      ],
    ],
  },
  {
    name: "reads the envelope of the course's later editions",
    params: { format: "before-after" },
    steps: [
      row(5, course({})),
      row(5, course({ type: "read" })),
      row(5, course({ type: "update", before: { id: 1, name: "z" } })),
      row(5, course({ type: "delete", before: { id: 1, name: "a" }, after: {} })),
    ],
    emits: [
      ["out", { database: "gmall", table: "t", type: "insert", data: { id: 1, name: "a" } }],
      ["out", { database: "gmall", table: "t", type: "bootstrap-insert", data: { id: 1, name: "a" } }],
      ["out", { database: "gmall", table: "t", type: "update", data: { id: 1, name: "a" }, old: { name: "z" } }],
      ["out", { database: "gmall", table: "t", type: "delete", data: { id: 1, name: "a" } }],
    ],
  },
  {
    name: "reads a message that stands in a field as text",
    params: { field: "text", columns: "id BIGINT, name STRING" },
    inputs: { in: "text STRING" },
    steps: [
      row(5, { text: '{"database":"gmall","table":"t","type":"insert","ts":1613959202,"data":{"id":1,"name":"a","more":[1]}}' }),
      {
        ...row(5, { text: '{"database":' }),
        expect: { rows: { out: [], error: [{ value: { code: "codec.not-json", text: '{"text":"{\\"database\\":"}' }, exact: false }] } },
      },
      { ...row(5, {}), expect: { rows: { out: [], error: [{ value: { code: "decode-changes.null" }, exact: false }] } } },
    ],
    emits: [["out", change({ data: { id: 1, name: "a", more: [1] } })]],
  },
  {
    name: "drops what changes a table's definition",
    params: {},
    steps: [
      {
        ...row(5, { type: "table-alter", database: "gmall", table: "t", sql: "ALTER TABLE t ADD b INT", ts: 1 }),
        expect: { counters: { "dropped.definition": 1 } },
      },
    ],
    emits: [],
  },
  {
    name: "drops Canal's and Debezium's messages about definitions too",
    params: { format: "canal" },
    steps: [
      {
        ...row(5, canal({ isDdl: true, type: "TRUNCATE", data: null, mysqlType: null })),
        expect: { counters: { "dropped.definition": 1, errors: 0 } },
      },
    ],
    emits: [],
  },
  refused(
    "sends a message of another format to the error port",
    {},
    canal({}),
    'type: expected one of insert, update, delete, bootstrap-start, bootstrap-insert, bootstrap-complete, got "INSERT". Choose the format that the topic has, or mend what writes it.',
  ),
  refused(
    "sends a message without its type to the error port",
    { format: "debezium" },
    maxwell({ data: {} }),
    'the message has no member "op", which every change of Debezium has. Choose the format that the topic has, or mend what writes it.',
  ),
  refused(
    "sends rows that are none to the error port, with all others of their message",
    { format: "canal" },
    canal({ data: [{ id: "1" }, [2]] }),
    'data[1]: expected an object, got "[2]". Choose the format that the topic has, or mend what writes it.',
  ),
  refused(
    "sends a moment that is none to the error port",
    {},
    maxwell({ ts: 1_613_959_202_000_000, data: {} }),
    'ts: expected seconds since 1970, before the year 10000, got "1613959202000000". Choose the format that the topic has, or mend what writes it.',
  ),
  refused(
    "sends a column that is not of its declared type to the error port",
    { columns: "id BIGINT" },
    maxwell({ data: { id: "twelve" } }),
    'data.id: expected BIGINT, got "twelve". Declare the type that it has, or mend what writes it.',
    "codec.wrong-type",
  ),
  {
    name: "refuses a text field that is no text",
    params: { field: "n" },
    inputs: { in: "n BIGINT" },
    invalid: 'field: field "n": expected STRING, got BIGINT. Choose another field or convert it first.',
  },
  {
    name: "refuses columns that are none",
    params: { columns: "order_info" },
    inputs: message,
    invalid: 'columns: the pipeline declares no schema "order_info". Declare it under schemas, or write the fields here.',
  },
];
