import { type NodeCase, row, watermark } from "@millrace/engine/node";

const log = {
  in: "page ROW<page_id STRING>, displays ARRAY<ROW<display_type STRING, item STRING, `order` BIGINT>>, tags ARRAY<STRING>, ts BIGINT",
};
const displays = { array: "displays", fields: [{ name: "page_id", value: "page.page_id" }] };
const record = {
  page: { page_id: "home" },
  displays: [
    { display_type: "activity", item: "1", order: 1, pos_id: 2 },
    { display_type: "query", item: "6", order: 2, pos_id: 4 },
  ],
  tags: ["a", null, "b"],
  ts: 5,
};

export const cases: readonly NodeCase[] = [
  {
    name: "makes a row of each element, in order, with fields of the whole row",
    params: displays,
    inputs: log,
    steps: [
      {
        ...row(5, record),
        expect: {
          rows: {
            out: [
              { value: { display_type: "activity", item: "1", order: 1, pos_id: 2, page_id: "home" }, time: 5 },
              { value: { display_type: "query", item: "6", order: 2, pos_id: 4, page_id: "home" }, time: 5 },
            ],
          },
          ordered: true,
        },
      },
    ],
  },
  {
    name: "keeps members of elements that no schema knows",
    params: { array: "displays" },
    inputs: { in: "displays ARRAY<ROW<item STRING>>" },
    steps: [row(5, record)],
    emits: [
      ["out", { display_type: "activity", item: "1", order: 1, pos_id: 2 }],
      ["out", { display_type: "query", item: "6", order: 2, pos_id: 4 }],
    ],
  },
  {
    name: "replaces a member by a field of the whole row of the same name",
    params: { array: "displays", fields: [{ name: "order", value: "ts" }] },
    inputs: log,
    steps: [row(5, { displays: [{ item: "1", order: 9 }], ts: 5 })],
    emits: [["out", { item: "1", order: 5 }]],
  },
  {
    name: "gives elements that are no rows a field of their own",
    params: { array: "tags", element: "tag", position: "place", fields: [{ name: "ts", value: "ts" }] },
    inputs: log,
    steps: [row(5, record)],
    emits: [
      ["out", { tag: "a", place: 1, ts: 5 }],
      ["out", { place: 2, ts: 5 }],
      ["out", { tag: "b", place: 3, ts: 5 }],
    ],
  },
  {
    name: "drops and counts rows whose array is empty, NULL or missing",
    params: displays,
    inputs: log,
    steps: [
      row(1, { displays: [] }),
      row(2, { displays: null }),
      { ...row(3, { page: { page_id: "cart" } }), expect: { rows: { out: [] }, counters: { in: 3, "dropped.empty": 3 } } },
    ],
    emits: [],
  },
  {
    name: "keeps rows with an empty array when asked to, with a NULL element",
    params: { ...displays, position: "place", whenEmpty: "keep" },
    inputs: log,
    steps: [
      row(1, { page: { page_id: "cart" }, displays: [] }),
      row(2, { page: { page_id: "cart" } }),
      row(3, { displays: [{ item: "1" }] }),
    ],
    emits: [
      ["out", { page_id: "cart" }],
      ["out", { page_id: "cart" }],
      ["out", { item: "1", place: 1 }],
    ],
  },
  {
    name: "takes a NULL element for a row of NULLs",
    params: displays,
    inputs: log,
    steps: [row(1, { page: { page_id: "home" }, displays: [null, { item: "1" }] })],
    emits: [
      ["out", { page_id: "home" }],
      ["out", { item: "1", page_id: "home" }],
    ],
  },
  {
    name: "finds an array inside of a row",
    params: { array: "page.items" },
    inputs: { in: "page ROW<items ARRAY<ROW<sku BIGINT>>>" },
    steps: [row(1, { page: { items: [{ sku: 1 }, { sku: 2 }] } }), row(2, { page: null })],
    emits: [
      ["out", { sku: 1 }],
      ["out", { sku: 2 }],
    ],
  },
  {
    name: "sends the whole row to the error port when a field of it cannot be computed",
    params: { array: "tags", fields: [{ name: "n", value: "10 / ts" }] },
    inputs: log,
    steps: [
      {
        ...row(1, { tags: ["a", "b"], ts: 0 }),
        expect: {
          rows: { out: [], error: [{ value: { code: "expression.division-by-zero", text: '{"tags":["a","b"],"ts":0}' }, exact: false }] },
        },
      },
    ],
  },
  {
    name: "gives each row the kind of the whole one",
    params: { array: "tags" },
    inputs: log,
    steps: [
      {
        rows: { in: [{ value: { tags: ["a", "b"] }, kind: "-D" }] },
        expect: {
          rows: {
            out: [
              { value: { value: "a" }, kind: "-D" },
              { value: { value: "b" }, kind: "-D" },
            ],
          },
        },
      },
    ],
  },
  {
    name: "passes watermarks and the end of input on",
    params: { array: "tags" },
    inputs: log,
    steps: [
      { ...watermark(10), expect: { watermark: { out: 10 } } },
      { end: true, expect: { watermark: { out: "max" } } },
    ],
  },
  {
    name: "refuses a field that is no array",
    params: { array: "page" },
    inputs: log,
    invalid: 'array: field "page": expected ARRAY, got ROW<page_id STRING>. Choose another field or convert it first.',
  },
  {
    name: "refuses a field that is not there",
    params: { array: "display" },
    inputs: log,
    invalid: 'array: unknown field "display"; did you mean "displays"?',
  },
  {
    name: "refuses a position of the name of another field",
    params: { array: "tags", position: "ts", fields: [{ name: "ts", value: "ts" }] },
    inputs: log,
    invalid: 'position: two fields would be named "ts". Rename one of them.',
  },
];
