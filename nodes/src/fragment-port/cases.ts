import { type NodeCase, row } from "@millrace/engine/node";

export const cases: readonly NodeCase[] = [
  {
    name: "lets rows through as they came",
    params: {},
    inputs: { in: "mid STRING" },
    steps: [row(1, { mid: "a" }), row(2, { mid: null })],
    emits: [
      ["out", { mid: "a" }, 1],
      ["out", {}, 2],
    ],
  },
  {
    name: "passes watermarks and the end of input on",
    params: {},
    inputs: { in: "n INT" },
    steps: [
      { watermark: { in: 7 }, expect: { watermark: { out: 7 } } },
      { end: true, expect: { watermark: { out: "max" } } },
    ],
  },
];
