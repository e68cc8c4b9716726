import { type NodeCase, row } from "@millrace/engine/node";

export const cases: readonly NodeCase[] = [
  {
    name: "shows a test of the fragment what would leave",
    params: {},
    inputs: { in: "mid STRING" },
    steps: [row(5, { mid: "mid_1" })],
    emits: [["written", { mid: "mid_1" }, 5]],
  },
  {
    name: "takes rows of every kind",
    params: {},
    inputs: { in: "id BIGINT" },
    steps: [{ rows: { in: [{ value: { id: 1 }, kind: "-D", time: 1 }] }, expect: { counters: { in: 1, errors: 0 } } }],
  },
  {
    name: "refuses params, for it has none",
    params: { to: "nowhere" },
    invalid: 'to: unknown member "to". Known here: none. Remove it.',
  },
];
