/** Whatever comes and whenever the watermark rises: each row leaves once, in order, or is late, and what has left is never put right. */
import type { Step } from "@millrace/engine/node";
import { playCase } from "@millrace/engine/testing";
import fc from "fast-check";
import { expect, it } from "vitest";
import { node } from "./index.ts";

/** `pnpm verify:long` asks for more. */
const SEEDS = Number(process.env["MILLRACE_SEEDS"] ?? 500);

type Event = { readonly k: string; readonly time: number; readonly v: number } | { readonly watermark: number };

const events = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ k: fc.constantFrom("a", "b"), time: fc.integer({ min: 0, max: 12 }), v: fc.integer({ min: 0, max: 3 }) }),
    },
    { weight: 1, arbitrary: fc.record({ watermark: fc.integer({ min: 0, max: 14 }) }) },
  ),
  { maxLength: 30 },
);

/** Of each row, by its number: "late", or what left with it; then the numbers of each key in the order in which they left. */
function plain(given: readonly Event[], byValue: boolean): { late: number[]; out: Record<string, number[]> } {
  const late: number[] = [];
  const out: Record<string, number[]> = { a: [], b: [] };
  let waiting: { id: number; k: string; time: number; v: number }[] = [];
  const last: Record<string, number> = {};
  let top = Number.NEGATIVE_INFINITY;
  const rise = (to: number) => {
    if (to <= top) return;
    top = to;
    const due = waiting.filter(({ time }) => time <= to).sort((a, b) => a.time - b.time || (byValue ? b.v - a.v : 0) || a.id - b.id);
    waiting = waiting.filter(({ time }) => time > to);
    for (const { id, k, time } of due) {
      out[k]?.push(id);
      last[k] = time;
    }
  };
  for (const [id, event] of given.entries()) {
    if ("watermark" in event) rise(event.watermark);
    else if (event.time <= (last[event.k] ?? Number.NEGATIVE_INFINITY)) late.push(id);
    else waiting.push({ id, ...event });
  }
  rise(Number.POSITIVE_INFINITY);
  return { late, out };
}

it(
  "lets each row out in its place",
  () => {
    fc.assert(
      fc.property(events, fc.boolean(), fc.nat(30), (given, byValue, restartBefore) => {
        const steps = given.map(
          (event, id): Step =>
            "watermark" in event
              ? { watermark: { in: event.watermark } }
              : { rows: { in: [{ value: { k: event.k, v: event.v, id }, time: event.time }] } },
        );
        const params = { key: ["k"], orderBy: byValue ? [{ value: "v", direction: "descending" }] : [] };
        const result = playCase(
          node,
          { name: "law", params, inputs: { in: "k STRING, v INT, id INT" }, steps: [...steps, { end: true }] },
          restartBefore <= given.length ? { restartBefore } : {},
        );
        expect(result.failures).toEqual([]);
        const seen = (port: string) => (result.rows[`node.${port}`] ?? []).map(({ text }) => JSON.parse(text) as { k: string; id: number });
        const ofKey = (key: string) => seen("out").flatMap(({ k, id }) => (k === key ? [id] : []));
        expect({ late: seen("late").map(({ id }) => id), out: { a: ofKey("a"), b: ofKey("b") } }).toEqual(plain(given, byValue));
      }),
      { numRuns: SEEDS },
    );
  },
  Math.max(20_000, SEEDS * 20),
);
