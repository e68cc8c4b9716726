import { type NodeCase, row, watermark } from "@millrace/engine/node";

const line = { in: "line STRING, host STRING" };
const json = { field: "line", as: { format: "json", schema: "mid STRING, ts BIGINT" } };
const access = { format: "regex", pattern: "^(?<ip>\\S+) (?<status>\\d{3})(?: (?<ms>\\d*))?$" };
const pairs = { format: "key-value", schema: "user STRING, n INT, price DECIMAL(10, 2)" };
const failed = (code: string, message: string, text: string) => ({ value: { node: "node", code, message, text } });

export const cases: readonly NodeCase[] = [
  {
    name: "makes the JSON in a field the row, with members that no schema knows",
    params: json,
    inputs: line,
    steps: [row(5, { line: '{"mid":"a","ts":9007199254740993,"page":{"id":1}}', host: "h" })],
    emits: [["out", { mid: "a", ts: 9007199254740993n, page: { id: 1 } }, 5]],
  },
  {
    name: "adds the parsed fields to the incoming row",
    params: { ...json, keep: "all" },
    inputs: line,
    steps: [row(5, { line: '{"mid":"a"}', host: "h" })],
    emits: [["out", { line: '{"mid":"a"}', host: "h", mid: "a" }]],
  },
  {
    name: "puts the parsed fields into one field",
    params: { ...json, keep: "all", into: "log" },
    inputs: line,
    steps: [row(5, { line: '{"mid":"a","ts":1}', host: "h" })],
    emits: [["out", { line: '{"mid":"a","ts":1}', host: "h", log: { mid: "a", ts: 1 } }]],
  },
  {
    name: "reads JSON by a schema that the pipeline declares",
    params: { field: "line", as: { format: "json", schema: "app_log" }, into: "log" },
    inputs: line,
    schemas: { app_log: "mid STRING, ts BIGINT" },
    steps: [row(5, { line: '{"mid":"a","ts":1}' })],
    emits: [["out", { log: { mid: "a", ts: 1 } }]],
  },
  {
    name: "sends broken texts and NULL to the error port",
    params: json,
    inputs: line,
    steps: [
      {
        ...row(5, { line: '{"common":', host: "h" }),
        expect: {
          rows: { out: [], error: [{ value: { code: "codec.not-json", text: '{"line":"{\\"common\\":","host":"h"}' }, exact: false }] },
        },
      },
      { ...row(5, { line: "" }), expect: { rows: { out: [], error: [{ value: { code: "codec.not-json" }, exact: false }] } } },
      {
        ...row(5, { line: '{"ts":"soon"}' }),
        expect: { rows: { out: [], error: [{ value: { code: "codec.wrong-type" }, exact: false }] } },
      },
      {
        ...row(5, { host: "h" }),
        expect: {
          rows: { out: [], error: [failed("parse.null", 'The field "line" is NULL for this row; expected a text.', '{"host":"h"}')] },
          counters: { errors: 4 },
        },
      },
    ],
  },
  {
    name: "reads a line of CSV, cells in the order of the fields",
    params: { field: "line", as: { format: "csv", schema: "name STRING, n INT, note STRING", separator: ";" } },
    inputs: line,
    steps: [row(5, { line: '"Ann; ""A""";3;' }), row(6, { line: "Bob;;x" })],
    emits: [
      ["out", { name: 'Ann; "A"', n: 3 }],
      ["out", { name: "Bob", note: "x" }],
    ],
  },
  {
    name: "sends a line of CSV with too few cells to the error port",
    params: { field: "line", as: { format: "csv", schema: "name STRING, n INT" } },
    inputs: line,
    steps: [
      {
        ...row(5, { line: "Ann" }),
        expect: {
          rows: {
            error: [
              failed(
                "codec.wrong-count",
                "line: the record has 1 cells, expected 2 as the schema has fields. Correct the schema, the separator or the file.",
                '{"line":"Ann"}',
              ),
            ],
          },
        },
      },
    ],
  },
  {
    name: "makes fields of a pattern's named groups, as text",
    params: { field: "line", as: access },
    inputs: line,
    steps: [row(5, { line: "10.0.0.1 200 35" }), row(6, { line: "10.0.0.2 404" })],
    emits: [
      ["out", { ip: "10.0.0.1", status: "200", ms: "35" }],
      ["out", { ip: "10.0.0.2", status: "404" }],
    ],
  },
  {
    name: "gives groups the types asked for; an empty text is NULL where a number is wanted",
    params: { field: "line", as: { ...access, schema: "status INT, ms BIGINT" }, keep: "all" },
    inputs: line,
    steps: [row(5, { line: "10.0.0.1 200 35", host: "h" }), row(6, { line: "10.0.0.1 200 " })],
    emits: [
      ["out", { line: "10.0.0.1 200 35", host: "h", status: 200, ms: 35 }],
      ["out", { line: "10.0.0.1 200 ", status: 200 }],
    ],
  },
  {
    name: "sends a text that does not match the pattern to the error port",
    params: { field: "line", as: access },
    inputs: line,
    steps: [
      {
        ...row(5, { line: "10.0.0.1 OK" }),
        expect: {
          rows: {
            out: [],
            error: [
              failed(
                "parse.no-match",
                'line: the text "10.0.0.1 OK" does not match the pattern. Widen the pattern, or route such texts elsewhere.',
                '{"line":"10.0.0.1 OK"}',
              ),
            ],
          },
        },
      },
    ],
  },
  {
    name: "is not held up by a pattern and a text that are meant to",
    params: { field: "line", as: { format: "regex", pattern: "^(?<all>(a+)+)$" } },
    inputs: line,
    steps: [{ ...row(5, { line: `${"a".repeat(5_000)}!` }), expect: { rows: { out: [] }, counters: { errors: 1 } } }],
  },
  {
    name: "reads key=value pairs in any order, the last of a key",
    params: { field: "line", as: pairs },
    inputs: line,
    steps: [row(5, { line: "price=1.50&user=ann&other=1&n=1&n=2&" }), row(6, { line: "user=&n=" }), row(7, { line: "" })],
    emits: [
      ["out", { user: "ann", n: 2, price: 1.5 }],
      ["out", { user: "" }],
      ["out", {}],
    ],
  },
  {
    name: "reads pairs with separators of one's own",
    params: { field: "line", as: { ...pairs, pairSeparator: " ", keySeparator: ": " } },
    inputs: line,
    steps: [{ ...row(5, { line: "user: ann" }), expect: { rows: { error: [{ value: { code: "parse.not-key-value" }, exact: false }] } } }],
    emits: [],
  },
  {
    name: "sends pairs that cannot be read to the error port",
    params: { field: "line", as: pairs },
    inputs: line,
    steps: [
      {
        ...row(5, { line: "user=ann&flag" }),
        expect: {
          rows: {
            error: [
              failed(
                "parse.not-key-value",
                'line: "flag" has no "=" between key and value. Correct the separators, or what writes the text.',
                '{"line":"user=ann&flag"}',
              ),
            ],
          },
        },
      },
      {
        ...row(5, { line: "n=many" }),
        expect: {
          rows: {
            error: [
              failed(
                "codec.wrong-type",
                'line: n: expected INT, got "many". Declare the type that it has, or mend what writes it.',
                '{"line":"n=many"}',
              ),
            ],
          },
        },
      },
    ],
  },
  {
    name: "passes kinds, watermarks and the end of input on",
    params: json,
    inputs: line,
    steps: [
      { ...watermark(10), expect: { watermark: { out: 10 } } },
      { end: true, expect: { watermark: { out: "max" } } },
    ],
  },
  {
    name: "refuses a field that is no text",
    params: { ...json, field: "n" },
    inputs: { in: "n BIGINT" },
    invalid: 'field: field "n": expected STRING, got BIGINT. Choose another field or convert it first.',
  },
  {
    name: "refuses a schema that the pipeline does not declare",
    params: { field: "line", as: { format: "json", schema: "app_log" } },
    inputs: line,
    invalid: 'as.schema: the pipeline declares no schema "app_log". Declare it under schemas, or write the fields here.',
  },
  {
    name: "refuses a pattern that is none",
    params: { field: "line", as: { format: "regex", pattern: "(?<a>x" } },
    inputs: line,
    invalid:
      "as.pattern: not a pattern that can be used: missing closing ): `(?<a>x`. Correct it; look-ahead and back references are not there.",
  },
  {
    name: "refuses a pattern without named groups",
    params: { field: "line", as: { format: "regex", pattern: "(\\d+)" } },
    inputs: line,
    invalid: 'as.pattern: expected at least one named group, got "(\\\\d+)". Write (?<name>…) around what should be a field.',
  },
  {
    name: "refuses a field that no group gives",
    params: { field: "line", as: { ...access, schema: "state INT" } },
    inputs: line,
    invalid: 'as.schema: the pattern has no group "state". Its groups: ip, status, ms. Rename the field or the group.',
  },
  {
    name: "refuses a format that it does not know",
    params: { field: "line", as: { format: "xml" } },
    inputs: line,
    invalid: 'as.format: expected one of "json", "csv", "regex", "key-value", got "xml".',
  },
];
