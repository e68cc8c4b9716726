import { type NodeCase, row, watermark } from "@millrace/engine/node";

export const cases: readonly NodeCase[] = [
  {
    name: "passes rows on in the order they arrive",
    params: {},
    inputs: { in: "id BIGINT" },
    steps: [
      {
        rows: {
          in: [
            { value: { id: 2 }, time: 9 },
            { value: { id: 1 }, time: 3 },
            { value: { id: 3 }, time: 3 },
          ],
        },
        expect: {
          rows: {
            out: [
              { value: { id: 2 }, time: 9 },
              { value: { id: 1 }, time: 3 },
              { value: { id: 3 }, time: 3 },
            ],
          },
          ordered: true,
        },
      },
    ],
  },
  {
    name: "keeps NULLs, missing fields and members that no schema knows",
    params: {},
    inputs: { in: "id BIGINT, name STRING" },
    steps: [row(1, { id: null }), row(2, { name: "x", extra: [1] })],
    emits: [
      ["out", {}],
      ["out", { name: "x", extra: [1] }],
    ],
  },
  {
    name: "passes kinds, watermarks and the end of input on",
    params: {},
    inputs: { in: "id BIGINT" },
    steps: [
      { rows: { in: [{ value: { id: 1 }, kind: "-U" }] }, expect: { rows: { out: [{ value: { id: 1 }, kind: "-U" }] } } },
      { ...watermark(100), expect: { watermark: { out: 100 } } },
      { ...row(50, { id: 2 }), expect: { rows: { out: [{ value: { id: 2 }, time: 50 }] } } },
      { idle: { in: true }, expect: { watermark: { out: 100 } } },
      { end: true, expect: { watermark: { out: "max" } } },
    ],
  },
  {
    name: "refuses params, for it has none",
    params: { fields: [] },
    invalid: 'fields: unknown member "fields". Known here: none. Remove it.',
  },
];
