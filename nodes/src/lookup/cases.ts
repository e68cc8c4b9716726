import { type LookupAnswers, type NodeCase, row, type Step, watermark } from "@millrace/engine/node";
import { gmallCases } from "./gmall-cases.ts";

const inputs = { in: "id INT, sku BIGINT" };
const find = {
  table: "dim_sku_info",
  key: "sku",
  schema: "name STRING, spu ROW<id BIGINT>",
  fields: [
    { name: "sku_name", field: "name" },
    { name: "spu_id", field: "spu.id" },
  ],
};
const found: Readonly<Record<string, unknown>> = { 1: { name: "小米10", spu: { id: 7 } }, 26: { name: "口红" } };
const answers = (more: LookupAnswers): Step => ({ answers: { lookup: more } });
const rows = answers({ rows: found });
const ask = (id: number, sku: number | null, time = id): Step => row(time, { id, sku });
const gives = (step: Step, ...out: readonly (readonly [id: number, sku: number | null, name: string | null])[]): Step => ({
  ...step,
  expect: {
    ...step.expect,
    rows: { ...step.expect?.rows, out: out.map(([id, sku, sku_name]) => ({ value: { id, sku, sku_name }, exact: false })) },
    ordered: true,
  },
});
const nothing = (step: Step) => gives(step);
const at = (clock: number): Step => ({ clock });

export const cases: readonly NodeCase[] = [
  {
    name: "adds fields of the row with the key, nested ones too, and keeps members that no schema knows",
    params: find,
    inputs,
    steps: [
      rows,
      {
        ...row(1, { id: 1, sku: 1, note: "x" }),
        expect: { rows: { out: [{ value: { id: 1, sku: 1, note: "x", sku_name: "小米10", spu_id: 7 }, time: 1 }] } },
      },
    ],
  },
  {
    name: "passes rows that find nothing on with NULL, and those whose key is NULL",
    params: find,
    inputs,
    steps: [rows, gives(ask(1, 2), [1, 2, null]), gives(ask(2, null), [2, null, null])],
  },
  {
    name: "lets rows that find nothing out by a port of their own, as they came",
    params: { ...find, missing: "port" },
    inputs,
    steps: [
      rows,
      {
        ...row(1, { id: 1, sku: 2, note: "x" }),
        expect: { rows: { out: [], missing: [{ value: { id: 1, sku: 2, note: "x" }, time: 1 }] } },
      },
    ],
  },
  {
    name: "puts the whole row into one field, as it is",
    params: { table: "t", key: "sku", into: "dim" },
    inputs,
    steps: [rows, ask(1, 1)],
    emits: [["out", { id: 1, sku: 1, dim: { name: "小米10", spu: { id: 7 } } }]],
  },
  {
    name: "lets rows out in order: a slow answer holds up those behind it",
    params: find,
    inputs,
    steps: [
      answers({ rows: found, delay: { 1: 100, 26: 50 } }),
      nothing(ask(1, 1)),
      nothing(ask(2, 26)),
      nothing(at(50)),
      nothing(at(99)),
      gives(at(100), [1, 1, "小米10"], [2, 26, "口红"]),
    ],
  },
  {
    name: "lets rows out as they are answered, when asked to",
    params: { ...find, order: "unordered" },
    inputs,
    steps: [
      answers({ rows: found, delay: { 1: 100, 26: 50 } }),
      nothing(ask(1, 1)),
      nothing(ask(2, 26)),
      gives(at(50), [2, 26, "口红"]),
      gives(at(100), [1, 1, "小米10"]),
    ],
  },
  {
    name: "lets no row across a watermark, in either direction",
    params: { ...find, order: "unordered" },
    inputs,
    steps: [
      answers({ rows: found, delay: { 1: 100, 26: 50 } }),
      ask(1, 1),
      { ...watermark(5), expect: { watermark: { out: "none" } } },
      ask(6, 26),
      { ...nothing(at(50)), expect: { rows: { out: [] }, watermark: { out: "none" } } },
      { ...gives(at(100), [1, 1, "小米10"], [6, 26, "口红"]) },
      { check: true, expect: { watermark: { out: 5 } } },
    ],
  },
  {
    name: "holds the end of input back until all are answered",
    params: find,
    inputs,
    steps: [
      answers({ rows: found, delay: 100 }),
      ask(1, 1),
      { ...nothing({ end: true }), expect: { rows: { out: [] }, watermark: { out: "none" } } },
      { ...gives(at(100), [1, 1, "小米10"]) },
      { check: true, expect: { watermark: { out: "max" } } },
    ],
  },
  {
    name: "asks for so many at once, and for the others as answers come",
    params: { ...find, capacity: 1 },
    inputs,
    steps: [
      answers({ rows: found, delay: 100 }),
      ask(1, 1),
      ask(2, 26),
      gives(at(100), [1, 1, "小米10"]),
      nothing(at(199)),
      gives(at(200), [2, 26, "口红"]),
    ],
  },
  {
    name: "remembers answers, and what is not there, until they are too old",
    changedByRestart: "answers are remembered in memory alone",
    params: { ...find, cacheFor: "10 s" },
    inputs,
    steps: [
      rows,
      ask(1, 1),
      ask(2, 2),
      // The store answers no more: what is known comes from memory.
      answers({ fails: true }),
      gives(ask(3, 1), [3, 1, "小米10"]),
      gives({ ...at(9_999), ...ask(4, 2) }, [4, 2, null]),
      answers({ fails: false, rows: {} }),
    ],
  },
  {
    name: "forgets what has changed when the store tells it",
    params: find,
    inputs,
    steps: [
      rows,
      gives(ask(1, 1), [1, 1, "小米10"]),
      answers({ rows: { 1: { name: "小米11" } } }),
      gives(ask(2, 1), [2, 1, "小米11"]),
      answers({ rows: { 1: null } }),
      gives(ask(3, 1), [3, 1, null]),
    ],
  },
  {
    name: "asks again where nothing is to be remembered",
    params: { ...find, cacheRows: 0, attempts: 1, onFailure: "pass" },
    inputs,
    steps: [
      rows,
      gives(ask(1, 1), [1, 1, "小米10"]),
      answers({ fails: 1 }),
      gives(ask(2, 1), [2, 1, null]),
      gives(ask(3, 1), [3, 1, "小米10"]),
    ],
  },
  {
    name: "retries a failure after a pause, each twice as long as the one before",
    changedByRestart: "after a restart a row is asked for at once",
    params: { ...find, retryAfter: "100 ms" },
    inputs,
    steps: [
      answers({ rows: found, fails: 2 }),
      nothing(ask(1, 1)),
      nothing(at(99)),
      nothing(at(100)),
      nothing(at(299)),
      gives(at(300), [1, 1, "小米10"]),
    ],
  },
  {
    name: "retries where nothing is found, when asked to, for a row that comes before its dimension",
    changedByRestart: "after a restart a row is asked for at once",
    params: { ...find, retryMisses: true, retryAfter: "100 ms" },
    inputs,
    steps: [nothing(ask(1, 1)), rows, gives(at(100), [1, 1, "小米10"])],
  },
  {
    name: "takes the last result where retries are used up: nothing found is an answer",
    changedByRestart: "after a restart attempts are counted anew",
    params: { ...find, retryMisses: true, retryAfter: "100 ms", attempts: 2 },
    inputs,
    steps: [nothing(ask(1, 1)), gives(at(100), [1, 1, null])],
  },
  {
    name: "sends a row without an answer to error, when asked to, with what was asked for where",
    params: { ...find, attempts: 1, onFailure: "error" },
    inputs,
    steps: [
      answers({ fails: true }),
      {
        ...nothing(ask(1, 1)),
        expect: {
          rows: {
            out: [],
            error: [
              {
                value: {
                  node: "node",
                  code: "lookup.failed",
                  message: 'Looking up key "1" in "dim_sku_info" failed: the mock is down',
                  text: '{"id":1,"sku":1}',
                },
              },
            ],
          },
        },
      },
    ],
  },
  {
    name: "gives up on an answer that takes too long, exactly at the timeout, and ignores it when it comes",
    changedByRestart: "after a restart the timeout begins anew",
    params: { ...find, timeout: "1 s", onFailure: "error" },
    inputs,
    steps: [
      answers({ rows: found, delay: 1_500 }),
      ask(1, 1),
      { ...at(999), expect: { rows: { out: [], error: [] } } },
      { ...at(1_000), expect: { rows: { out: [], error: [{ value: { message: "No answer came within 1000 ms." }, exact: false }] } } },
      { ...at(1_500), expect: { rows: { out: [], error: [] } } },
    ],
  },
  {
    name: "counts retries in the timeout, and says what the last one said",
    changedByRestart: "after a restart the timeout begins anew",
    params: { ...find, timeout: "1 s", retryAfter: "700 ms", onFailure: "error" },
    inputs,
    steps: [
      answers({ fails: true }),
      ask(1, 1),
      at(700),
      {
        ...at(1_000),
        expect: {
          rows: {
            error: [
              {
                value: {
                  message:
                    'No answer came within 1000 ms, after 2 attempts; the last one said: Looking up key "1" in "dim_sku_info" failed: the mock is down',
                },
                exact: false,
              },
            ],
          },
        },
      },
    ],
  },
  {
    name: "sends a row to error where what was found cannot be read",
    params: find,
    inputs,
    steps: [
      answers({ rows: { 1: "<html>" } }),
      { ...ask(1, 1), expect: { rows: { out: [], error: [{ value: { code: "lookup.unreadable" }, exact: false }] } } },
    ],
  },
  {
    name: "keeps what is under way over a restart, with the watermark behind it, and asks again",
    params: find,
    inputs,
    steps: [
      answers({ rows: found, delay: 100 }),
      row(1, { id: 1, sku: 1, note: "x" }),
      watermark(5),
      ask(6, 26),
      { restart: true },
      {
        ...at(100),
        expect: {
          rows: {
            out: [
              { value: { id: 1, sku: 1, note: "x", sku_name: "小米10", spu_id: 7 }, time: 1 },
              { value: { id: 6, sku: 26, sku_name: "口红" }, time: 6 },
            ],
          },
          ordered: true,
          watermark: { out: 5 },
        },
      },
    ],
  },
  {
    name: "keeps the kind of a row",
    params: find,
    inputs,
    steps: [
      rows,
      {
        rows: { in: [{ value: { id: 1, sku: 1 }, kind: "-U" }] },
        expect: { rows: { out: [{ value: { id: 1 }, exact: false, kind: "-U" }] } },
      },
    ],
  },
  {
    name: "forgets keys that a second input tells of",
    changedByRestart: "answers are remembered in memory alone",
    params: { ...find, changeKey: "sku_id" },
    inputs: { ...inputs, changes: "sku_id BIGINT" },
    steps: [
      rows,
      gives(ask(1, 1), [1, 1, "小米10"]),
      answers({ fails: 1 }),
      gives(ask(2, 1), [2, 1, "小米10"]),
      row(0, { sku_id: 1 }, "changes"),
      nothing(ask(3, 1)),
      gives(at(1_000), [3, 1, "小米10"]),
    ],
  },
  ...gmallCases,
  {
    name: "refuses to take nothing over",
    params: { table: "t", key: "sku" },
    inputs,
    invalid: "fields: expected at least one field to take over, or a field for the whole row, got nothing.",
  },
  {
    name: "refuses a field that the table does not have",
    params: { ...find, fields: [{ name: "n", field: "nam" }] },
    inputs,
    invalid: 'fields[0].field: unknown field "nam"; did you mean "name"?',
  },
];
