import { type NodeCase, row, watermark } from "@millrace/engine/node";

const logs = { in: "`start` ROW<entry STRING>, page ROW<page_id STRING>" };
const startOrPage = [
  { name: "start", when: "`start` IS NOT NULL" },
  { name: "page", when: "page IS NOT NULL" },
];
const steps = [
  row(1, { start: { entry: "icon" } }),
  row(2, { page: { page_id: "home" } }),
  row(3, { start: { entry: "notice" }, page: { page_id: "cart" } }),
  row(4, { other: 1 }),
];

export const cases: readonly NodeCase[] = [
  {
    name: "sends a row to the first case that is true, others to the default port",
    params: { cases: startOrPage },
    inputs: logs,
    steps,
    emits: [
      ["start", { start: { entry: "icon" } }, 1],
      ["page", { page: { page_id: "home" } }, 2],
      ["start", { start: { entry: "notice" }, page: { page_id: "cart" } }, 3],
      ["default", { other: 1 }, 4],
    ],
  },
  {
    name: "sends a row to every case that is true",
    params: { cases: startOrPage, mode: "every" },
    inputs: logs,
    steps,
    emits: [
      ["start", { start: { entry: "icon" } }],
      ["page", { page: { page_id: "home" } }],
      ["start", { start: { entry: "notice" }, page: { page_id: "cart" } }],
      ["page", { start: { entry: "notice" }, page: { page_id: "cart" } }],
      ["default", { other: 1 }],
    ],
  },
  {
    name: "drops and counts rows without a match when asked to",
    params: { cases: startOrPage, otherwise: "drop" },
    inputs: logs,
    steps: [{ ...row(4, { other: 1 }), expect: { rows: { start: [], page: [] }, counters: { "dropped.unmatched": 1 } } }],
  },
  {
    name: "sends rows without a match to the error port when asked to",
    params: { cases: startOrPage, otherwise: "error" },
    inputs: logs,
    steps: [
      {
        ...row(4, { other: 1 }),
        expect: {
          rows: {
            error: [
              {
                value: {
                  node: "node",
                  code: "split.unmatched",
                  message: "No case is true for this row (tried start, page). Add a case, or send such rows to the default port.",
                  text: '{"other":1}',
                },
              },
            ],
          },
          counters: { errors: 1 },
        },
      },
    ],
  },
  {
    name: "takes NULL for no match",
    params: { cases: [{ name: "dear", when: "price >= 100" }] },
    inputs: { in: "price BIGINT" },
    steps: [row(1, { price: null }), row(2, {}), row(3, { price: 99 }), row(4, { price: 100 })],
    emits: [
      ["default", {}],
      ["default", {}],
      ["default", { price: 99 }],
      ["dear", { price: 100 }],
    ],
  },
  {
    name: "sends a row nowhere else when one of its conditions cannot be computed",
    params: {
      mode: "every",
      cases: [
        { name: "all", when: "TRUE" },
        { name: "share", when: "10 / n > 1" },
      ],
    },
    inputs: { in: "n BIGINT" },
    steps: [
      {
        ...row(1, { n: 0 }),
        expect: { rows: { all: [], share: [], default: [], error: [{ value: { code: "expression.division-by-zero" }, exact: false }] } },
      },
    ],
  },
  {
    name: "takes names for ports that JavaScript knows otherwise",
    params: {
      cases: [
        { name: "constructor", when: "n = 1" },
        { name: "toString", when: "n = 2" },
      ],
    },
    inputs: { in: "n BIGINT" },
    steps: [row(1, { n: 1 }), row(2, { n: 2 }), row(3, { n: 3 })],
    emits: [
      ["constructor", { n: 1 }],
      ["toString", { n: 2 }],
      ["default", { n: 3 }],
    ],
  },
  {
    name: "passes watermarks and the end of input to all outputs",
    params: { cases: startOrPage },
    inputs: logs,
    steps: [
      { ...watermark(500), expect: { watermark: { out: 500 } } },
      { ...row(100, { page: { page_id: "late" } }), expect: { rows: { page: [{ value: { page: { page_id: "late" } }, time: 100 }] } } },
      { end: true, expect: { watermark: { out: "max" } } },
    ],
  },
  {
    name: "refuses to be without cases",
    params: { cases: [] },
    invalid: "cases: expected a list with at least one entry, got [].",
  },
  {
    name: "refuses a name that no port can have",
    params: { cases: [{ name: "Start page", when: "TRUE" }] },
    invalid:
      'cases[0].name: expected a small letter, then letters, digits or _ (at most 64), other than "default" and "error", got "Start page". Try "start" or "page".',
  },
  {
    name: "refuses a case named like a port that is there anyway",
    params: { cases: [{ name: "error", when: "TRUE" }] },
    invalid:
      'cases[0].name: expected a small letter, then letters, digits or _ (at most 64), other than "default" and "error", got "error". Try "start" or "page".',
  },
  {
    name: "refuses two cases of one name",
    params: {
      cases: [
        { name: "a", when: "TRUE" },
        { name: "a", when: "FALSE" },
      ],
    },
    invalid: 'cases[1].name: two cases are named "a". Rename one: each name is a port of its own.',
  },
  {
    name: "refuses a mode that it does not know",
    params: { cases: startOrPage, mode: "all" },
    inputs: logs,
    invalid: 'mode: expected one of "first", "every", got "all".',
  },
];
