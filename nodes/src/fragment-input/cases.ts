import type { NodeCase } from "@millrace/engine/node";

export const cases: readonly NodeCase[] = [
  {
    name: "gives a test of the fragment its rows",
    params: { schema: "mid STRING" },
    steps: [{ rows: { in: [{ value: { mid: "mid_1" }, time: 3 }] } }],
    emits: [["out", { mid: "mid_1" }, 3]],
  },
  {
    name: "refuses a schema that the fragment does not declare",
    params: { schema: "app_log" },
    invalid: 'schema: the pipeline declares no schema "app_log". Declare it under schemas, or write the fields here.',
  },
  {
    name: "counts a record without a value and lets it go",
    params: {},
    steps: [{ rows: { in: [{ value: null }] }, expect: { rows: { out: [] }, counters: { "dropped.tombstone": 1 } } }],
  },
];
