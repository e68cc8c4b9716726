/** Whatever comes and whenever the watermark rises: each row leaves once, in order, or is late, and what has left is never put right. */
import type { NodeType, OperatorContext, Step } from "@millrace/engine/node";
import { NodeRun, playCase } from "@millrace/engine/testing";
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

const options = { params: {}, inputs: { in: { schema: "id INT, text STRING" } } };
const left = (run: NodeRun) => run.take().flatMap((one) => ("row" in one ? [`${one.port} ${one.row.id}@${one.time}`] : []));

it("writes with a checkpoint what came and left, and not all that waits, though there is no key", () => {
  const bytes = (run: NodeRun, all: boolean) =>
    run.snapshot(all).reduce((sum, entry) => sum + ("key" in entry ? entry.key.key.length + (entry.key.state?.length ?? 0) : 0), 0);
  const run = new NodeRun(node, options);
  for (let i = 0; i < 2_000; i++) run.push("in", { id: i, text: "x".repeat(100) }, 1_000 + i);
  expect(bytes(run, false)).toBeGreaterThan(200_000);
  run.push("in", { id: -1, text: "x" }, 1_500);
  run.watermark("in", 1_003);
  expect(bytes(run, false)).toBeLessThan(1_000);
  expect(bytes(run, true)).toBeGreaterThan(190_000);
  expect(left(run)).toEqual([0, 1, 2, 3].map((id) => `out ${id}@${1_000 + id}`));
});

it("lets out what an older savepoint has under its key, together with what came since", () => {
  /** As it kept rows before keys had parts. */
  const older = {
    ...node,
    createOperator(_params: unknown, { state, timers, schemas }: OperatorContext) {
      const place = { type: "ROW", fields: [] } as const;
      const element = {
        type: "ROW",
        fields: [
          { name: "place", dataType: place },
          { name: "row", dataType: schemas.inputs.in },
        ],
      } as never;
      const waiting = state.map("waiting", { key: { type: "BIGINT" }, value: { type: "ARRAY", element } });
      state.value("last given", { type: "BIGINT" });
      const ofKey = state.value("rows", { type: "BIGINT" });
      const count = state.counter("rows held");
      return {
        onRow(row: object, time: number) {
          const rows = (waiting.get(time) ?? []) as readonly never[];
          waiting.set(time, [...rows, { place: {}, row }] as never);
          timers.atEventTime(time);
          ofKey.set(Number(ofKey.get() ?? 0) + 1);
          count.add(1);
        },
      };
    },
  } as unknown as NodeType;
  const before = new NodeRun(older, options);
  for (const [id, time] of [
    [1, 5],
    [2, 7],
    [3, 5],
  ] as const)
    before.push("in", { id, text: "" }, time);
  const run = new NodeRun(node, options);
  run.restore(before.snapshot(true), before.stateSchemas);
  expect(run.holdings()).toEqual({ rows: 3 });
  for (const [id, time] of [
    [4, 5],
    [5, 6],
    [6, 7],
  ] as const)
    run.push("in", { id, text: "" }, time);
  run.watermark("in", 6);
  expect(left(run)).toEqual(["out 1@5", "out 3@5", "out 4@5", "out 5@6"]);
  run.restart();
  run.push("in", { id: 7, text: "" }, 6);
  run.watermark("in", 7);
  expect(left(run)).toEqual(["late 7@6", "out 2@7", "out 6@7"]);
  expect(run.holdings()).toEqual({ rows: 0 });
});
