import type { Step } from "@millrace/engine/node";
import { playCase } from "@millrace/engine/testing";
import fc from "fast-check";
import { expect, it } from "vitest";
import { node } from "./index.ts";
import { type JoinHistory, plainJoin } from "./reference.testing.ts";

/** `pnpm verify:long` asks for more. */
const SEEDS = Number(process.env["MILLRACE_SEEDS"] ?? 500);

const event = fc.record({
  side: fc.constantFrom("left" as const, "right" as const),
  key: fc.constantFrom("a", "a", "b", null),
  time: fc.integer({ min: 0, max: 12 }),
});
const history = fc
  .array(fc.oneof({ weight: 4, arbitrary: event }, { weight: 1, arbitrary: fc.record({ watermark: fc.integer({ min: 0, max: 14 }) }) }), {
    maxLength: 24,
  })
  .map((events): JoinHistory => events.map((one, id) => ("watermark" in one ? one : { ...one, id })));
const bounds = fc.tuple(fc.integer({ min: -4, max: 4 }), fc.integer({ min: 0, max: 5 }));

function play(events: JoinHistory, lower: number, upper: number, restartBefore: number) {
  const steps = events.map(
    (one): Step =>
      "watermark" in one
        ? { watermark: { left: one.watermark, right: one.watermark } }
        : { rows: { [one.side]: [{ value: { k: one.key, id: one.id }, time: one.time }] } },
  );
  const params = {
    leftKey: ["k"],
    rightKey: ["k"],
    lower: `${lower} ms`,
    upper: `${upper} ms`,
    joined: {
      as: "select",
      fields: [
        { name: "l", from: "left", value: "id" },
        { name: "r", from: "right", value: "id" },
      ],
    },
  };
  const inputs = { left: "k STRING, id INT", right: "k STRING, id INT" };
  const result = playCase(node, { name: "law", params, inputs, steps: [...steps, { end: true }] }, { restartBefore });
  expect(result.failures).toEqual([]);
  const seen = (port: string) =>
    (result.rows[`node.${port}`] ?? []).map(({ text, time }) => ({ ...(JSON.parse(text) as { l: number; r: number; id: number }), time }));
  return {
    joined: seen("joined")
      .map(({ l, r, time }) => `${l}-${r}@${time}`)
      .sort(),
    late: [...seen("lateLeft"), ...seen("lateRight")].map(({ id }) => String(id)).sort(),
    unmatched: [...seen("unmatchedLeft"), ...seen("unmatchedRight")].map(({ id, time }) => `${id}@${time}`).sort(),
  };
}

it(
  "gives what the plain reference gives, for any bounds, order, watermarks and restart",
  () => {
    fc.assert(
      fc.property(history, bounds, fc.nat({ max: 24 }), (events, [lower, width], restartBefore) => {
        expect(play(events, lower, lower + width, restartBefore)).toEqual(plainJoin(events, lower, lower + width));
      }),
      { numRuns: SEEDS },
    );
  },
  Math.max(20_000, SEEDS * 20),
);
