import { NodeRun } from "@millrace/engine/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { node } from "./index.ts";
import { type PlainRow, type PlainStep, plainMatches } from "./reference.testing.ts";

/** `pnpm verify:long` asks for more. */
const SEEDS = Number(process.env["MILLRACE_SEEDS"] ?? 500);

const step = fc
  .record({
    follows: fc.constantFrom("next" as const, "followed-by" as const, "followed-by-any" as const),
    letters: fc.constantFrom("a", "b", "ab"),
    repeat: fc.constantFrom("once", "once", "two", "some", "more"),
    between: fc.constantFrom("strict" as const, "relaxed" as const, "any" as const),
    optional: fc.boolean(),
    until: fc.constantFrom(undefined, undefined, "c"),
    noneAfter: fc.constantFrom(undefined, undefined, "d"),
  })
  .map(({ repeat, until, optional, noneAfter, ...rest }): Omit<PlainStep, "name"> => {
    const [least, most] = { once: [1, 1], two: [2, 2], some: [1, 2], more: [1, Number.POSITIVE_INFINITY] }[repeat] as [number, number];
    return {
      ...rest,
      least,
      most,
      // Only loops end so, and nothing may be forbidden after what may be missing. Within a range Flink looks for what is forbidden only until it has passed a row over.
      until: repeat === "more" ? until : undefined,
      noneAfter: optional || repeat === "some" ? undefined : noneAfter,
      optional,
    };
  });

const scenario = fc.record({
  steps: fc.array(step, { minLength: 1, maxLength: 3 }),
  rows: fc.array(fc.record({ letter: fc.constantFrom("a", "a", "b", "b", "c", "d"), after: fc.integer({ min: 0, max: 3 }) }), {
    maxLength: 8,
  }),
  within: fc.constantFrom(0, 0, 4, 8),
  seed: fc.nat(),
  cuts: fc.array(fc.nat(8), { maxLength: 3 }),
});

/** What must not come before a range, or before a step that may be missing, Flink looks for in some of their states and not in others; its recorded answers tell. */
function isUneven(step: Omit<PlainStep, "name"> | undefined): boolean {
  return step === undefined || step.optional || (step.least < step.most && Number.isFinite(step.most));
}

function paramsOf(steps: readonly PlainStep[], within: number) {
  const where = (letters: string) => `letter IN (${[...letters].map((letter) => `'${letter}'`).join(", ")})`;
  return {
    key: ["k"],
    steps: steps.flatMap(({ name, follows, letters, least, most, between, optional, until, noneAfter }, i) => [
      {
        is: "row",
        name,
        follows,
        where: where(letters),
        optional,
        ...(most > 1 && {
          repeat: Number.isFinite(most)
            ? { do: "times", least, most, between }
            : { do: "or-more", least, between, ...(until && { until: where(until) }) },
        }),
      },
      ...(noneAfter !== undefined && i < steps.length - 1 ? [{ is: "none", name: `no ${name}`, where: where(noneAfter) }] : []),
    ]),
    ...(within > 0 && { within: `${within} ms` }),
    output: { do: "fields", fields: steps.map(({ name }) => ({ name, value: `LISTAGG(CAST(${name}.n AS STRING), ',')` })) },
  };
}

/** Rows come shuffled within the disorder that the watermark allows, with restarts, beside rows of another key. */
function play(steps: readonly PlainStep[], rows: readonly PlainRow[], within: number, cuts: readonly number[]): string[] {
  const run = new NodeRun(node, { params: paramsOf(steps, within), inputs: { in: { schema: "k STRING, letter STRING, n INT" } } });
  const found: string[] = [];
  const take = () => {
    for (const one of run.take()) {
      if ("error" in one) throw new Error(one.error);
      if ("port" in one && one.port === "match") found.push(steps.map(({ name }) => `${name}=${one.row[name] ?? ""}`).join(" "));
    }
  };
  // Times fall back by no more than 4, and those of equal rows keep their order.
  const blocks = new Map<number, number[]>();
  for (const [i, { time }] of rows.entries()) {
    const block = Math.floor(time / 5);
    blocks.set(block, [...(blocks.get(block) ?? []), i]);
  }
  for (const [block, members] of blocks) {
    const byTime = Map.groupBy(members, (i) => (rows[i] as PlainRow).time);
    for (const list of [...byTime.values()].reverse())
      for (const i of list) {
        const { letter, time } = rows[i] as PlainRow;
        run.push("in", { k: "mine", letter, n: i }, time);
        run.push("in", { k: "other", letter: "x", n: -1 }, time);
        if (cuts.includes(i)) run.restart();
      }
    run.watermark("in", block * 5 + 4);
    take();
  }
  run.watermark("in", Number.POSITIVE_INFINITY);
  take();
  return found.sort();
}

describe("a pattern", () => {
  it(
    `matches what a plain reading of it does (${SEEDS} of them)`,
    () => {
      fc.assert(
        fc.property(scenario, ({ steps: given, rows: gaps, within, cuts }) => {
          const steps = given.map((one, i) => ({ ...one, name: `s${i}`, noneAfter: isUneven(given[i + 1]) ? undefined : one.noneAfter }));
          let time = 0;
          const rows = gaps.map(({ letter, after }) => {
            time += after;
            return { letter, time };
          });
          expect(play(steps, rows, within, cuts)).toEqual(plainMatches(steps, rows, within));
        }),
        { numRuns: SEEDS },
      );
    },
    Math.max(30_000, SEEDS * 40),
  );

  it("counts what is held, after a restart too, and holds nothing for keys that are done", () => {
    const params = {
      key: ["k"],
      steps: [
        { is: "row", name: "a", where: "letter = 'a'" },
        { is: "row", name: "b", where: "letter = 'b'", follows: "followed-by" },
      ],
      within: "10 ms",
    };
    const run = new NodeRun(node, { params, inputs: { in: { schema: "k STRING, letter STRING" } } });
    for (const k of ["x", "y"]) for (const time of [1, 2]) run.push("in", { k, letter: "a" }, time);
    run.watermark("in", 2);
    expect(run.holdings()).toEqual({ "partial matches": 4, "matched rows": 4 });
    run.restart();
    expect(run.holdings()).toEqual({ "partial matches": 4, "matched rows": 4 });
    run.push("in", { k: "x", letter: "b" }, 3);
    run.watermark("in", 3);
    expect(run.holdings()).toEqual({ "partial matches": 2, "matched rows": 2 });
    run.watermark("in", 12);
    expect(run.holdings()).toEqual({ "partial matches": 0, "matched rows": 0 });
    expect(run.keys).toBe(0);
  });
});
