import type { Step } from "@millrace/engine/node";
import { type PlayOptions, playCase, type SeenRow } from "@millrace/engine/testing";
import fc from "fast-check";
import { expect, it } from "vitest";
import { node } from "./index.ts";
import { type PlainRules, type PlainShape, plainWindows, type WindowEvent } from "./reference.testing.ts";

/** `pnpm verify:long` asks for more. */
const SEEDS = Number(process.env["MILLRACE_SEEDS"] ?? 500);

const event = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      key: fc.constantFrom("a", "a", "b", null),
      time: fc.integer({ min: -3, max: 25 }),
      n: fc.constantFrom(1, 2, 2, 3, null),
    }),
  },
  { weight: 1, arbitrary: fc.record({ watermark: fc.integer({ min: -2, max: 30 }) }) },
);
const events = fc.array(event, { maxLength: 24 });
const length = (max: number) => fc.integer({ min: 1, max });
const aligned = fc.oneof(
  length(8).chain((size) =>
    fc.record({ kind: fc.constant("tumbling" as const), size: fc.constant(size), offset: fc.integer({ min: 1 - size, max: size - 1 }) }),
  ),
  fc.tuple(length(8), length(8)).chain(([size, every]) =>
    fc.record({
      kind: fc.constant("sliding" as const),
      size: fc.constant(size),
      every: fc.constant(every),
      offset: fc.integer({ min: 1 - every, max: every - 1 }),
    }),
  ),
  fc.tuple(length(3), length(4)).chain(([step, steps]) =>
    fc.record({
      kind: fc.constant("cumulating" as const),
      size: fc.constant(step * steps),
      step: fc.constant(step),
      offset: fc.integer({ min: 1 - step * steps, max: step * steps - 1 }),
    }),
  ),
);
const sessions = fc.record({ kind: fc.constant("session" as const), gap: length(6) });
const lateness = fc.constantFrom(0, 0, 1, 4);
/** What goes with what: the rest is refused. */
const scenario: fc.Arbitrary<readonly [PlainShape, PlainRules]> = fc.oneof(
  fc.tuple(aligned, fc.record({ rules: fc.constant("stream" as const), lateness, early: fc.constantFrom(0, 0, 1, 3) })),
  fc.tuple(sessions, fc.record({ rules: fc.constant("stream" as const), lateness, early: fc.constant(0) })),
  fc.tuple(
    fc.oneof(
      aligned.filter((shape) => shape.kind !== "sliding" || shape.size % shape.every === 0),
      sessions,
    ),
    fc.record({ rules: fc.constant("tvf" as const), lateness: fc.constant(0), early: fc.constant(0) }),
  ),
  fc.tuple(aligned, fc.record({ rules: fc.constant("group-window" as const), lateness, early: fc.constant(0) })),
  fc.tuple(sessions, fc.record({ rules: fc.constant("group-window" as const), lateness: fc.constant(0), early: fc.constant(0) })),
);

function play(given: readonly WindowEvent[], shape: PlainShape, { rules, lateness, early }: PlainRules, options: PlayOptions): string[] {
  const { kind, ...lengths } = shape;
  const params = {
    key: [{ name: "k", value: "k" }],
    window: { kind, ...Object.fromEntries(Object.entries(lengths).map(([name, millis]) => [name, `${millis} ms`])) },
    rules,
    ...(lateness > 0 && { lateness: `${lateness} ms` }),
    ...(early > 0 && { early: `${early} ms` }),
    fields: [
      { name: "all", value: "COUNT(*)" },
      { name: "sum", value: "SUM(n)" },
      { name: "different", value: "COUNT(DISTINCT n)" },
      { name: "list", value: "LISTAGG(CAST(n AS STRING), '+')" },
      { name: "start", value: "window_start" },
      { name: "end", value: "window_end" },
    ],
  };
  const steps = given.map(
    (one): Step =>
      "watermark" in one ? { watermark: { in: one.watermark } } : { rows: { in: [{ value: { k: one.key, n: one.n }, time: one.time }] } },
  );
  const result = playCase(node, { name: "law", params, inputs: { in: "k STRING, n INT" }, timeZone: "UTC", steps }, options);
  expect(result.failures).toEqual([]);
  return [...(result.rows["node.out"] ?? []).map(resultText), ...(result.rows["node.late"] ?? []).map(lateText)].sort();
}

function resultText({ value, time, kind }: SeenRow): string {
  const { k = null, all, sum = null, different, list = null, start, end } = value as Record<string, unknown>;
  const millis = (text: unknown) => Date.parse(`${String(text).replace(" ", "T")}Z`);
  return `${kind} ${k} ${all} ${sum} ${different} ${list} ${millis(start)}-${millis(end)}@${time}`;
}

function lateText({ value, time }: SeenRow): string {
  const { k = null, n = null } = value as Record<string, unknown>;
  return `late ${k} ${n}@${time}`;
}

it(
  "gives what the plain reference gives, for any windows, rules, order and watermarks, restarted and rescaled anywhere",
  () => {
    fc.assert(
      fc.property(events, scenario, fc.nat({ max: 24 }), fc.nat({ max: 24 }), (given, [shape, rules], restartBefore, step) => {
        const options = { restartBefore, rescaleBefore: { step, parallelism: 3 } };
        expect(play(given, shape, rules, options)).toEqual(plainWindows(given, shape, rules).flat().sort());
      }),
      { numRuns: SEEDS },
    );
  },
  Math.max(60_000, SEEDS * 60),
);
