import { type NodeCase, row } from "@millrace/engine/node";

export const cases: readonly NodeCase[] = [
  {
    name: "counts rows and lets them go",
    params: {},
    steps: [row(1, { id: 1 }), { ...row(2, { id: null }), expect: { counters: { in: 2, errors: 0 } } }],
  },
  {
    name: "takes rows of every kind, late ones and the end of input",
    params: {},
    inputs: { in: "id BIGINT" },
    steps: [
      { watermark: { in: 10 } },
      {
        rows: {
          in: [
            { value: { id: 1 }, kind: "-D", time: 1 },
            { value: { id: 1 }, kind: "+U", time: 2 },
          ],
        },
      },
      { end: true, expect: { counters: { in: 2 }, watermark: { out: "max" } } },
    ],
  },
  {
    name: "refuses params, for it has none",
    params: { to: "nowhere" },
    invalid: 'to: unknown member "to". Known here: none. Remove it.',
  },
];
