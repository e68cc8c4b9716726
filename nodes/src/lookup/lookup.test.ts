import type { Step } from "@millrace/engine/node";
import { playCase } from "@millrace/engine/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LookupCache } from "../lookup-cache.ts";
import { node } from "./index.ts";

const KEYS = ["a", "b", "c", "d"] as const;
const event = fc.oneof(
  { weight: 4, arbitrary: fc.record({ key: fc.constantFrom(...KEYS) }) },
  { weight: 1, arbitrary: fc.constant("watermark" as const) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 40 }).map((ms) => ({ ms })) },
);
const delays = fc.record({
  a: fc.integer({ min: 0, max: 60 }),
  b: fc.integer({ min: 0, max: 60 }),
  c: fc.integer({ min: 0, max: 60 }),
  d: fc.integer({ min: 0, max: 60 }),
});

function play(
  events: readonly fc.Arbitrary<unknown>[] | readonly unknown[],
  delay: Record<string, number>,
  order: string,
  capacity: number,
  restartBefore: number,
) {
  let clock = 0;
  let time = 0;
  const marks: number[] = [];
  const steps = (events as readonly ({ key: string } | { ms: number } | "watermark")[]).map((one): Step => {
    if (one === "watermark") {
      marks.push(time);
      return { watermark: { in: time } };
    }
    if ("ms" in one) {
      clock += one.ms;
      return { clock };
    }
    time += 10;
    return { rows: { in: [{ value: { k: one.key }, time }] } };
  });
  const params = { table: "t", key: "k", schema: "v STRING", fields: [{ name: "v", field: "v" }], order, capacity, cacheRows: 2 };
  const answers: Step = { answers: { lookup: { rows: { a: { v: "A" }, b: { v: "B" }, c: { v: "C" } }, delay } } };
  // Several waves, where few may be under way at once.
  const waves = Array.from({ length: events.length + 1 }, (_, i): Step => ({ clock: clock + 61 * (i + 1) }));
  const { rows, failures } = playCase(
    node,
    { name: "law", params, inputs: { in: "k STRING" }, steps: [answers, ...steps, { end: true }, ...waves] },
    { restartBefore: restartBefore + 1 },
  );
  expect(failures).toEqual([]);
  const out = (rows["node.out"] ?? []).map((row) => ({ ...(row.value as { k: string; v?: string }), time: row.time as number }));
  return { out, marks, sent: time / 10 };
}

describe("a lookup", () => {
  it("lets each row out once with what is there, in order, whatever answers take and wherever it is restarted", () => {
    fc.assert(
      fc.property(
        fc.array(event, { maxLength: 20 }),
        delays,
        fc.integer({ min: 1, max: 4 }),
        fc.nat({ max: 20 }),
        (events, delay, capacity, cut) => {
          const { out, sent } = play(events, delay, "ordered", capacity, cut);
          expect(out.map(({ time }) => time)).toEqual(Array.from({ length: sent }, (_, i) => (i + 1) * 10));
          for (const { k, v } of out) expect(v).toBe(k === "d" ? undefined : k.toUpperCase());
        },
      ),
      { numRuns: 200 },
    );
  });

  it("lets no row across a watermark when rows leave as they are answered", () => {
    fc.assert(
      fc.property(
        fc.array(event, { maxLength: 20 }),
        delays,
        fc.integer({ min: 1, max: 4 }),
        fc.nat({ max: 20 }),
        (events, delay, capacity, cut) => {
          const { out, marks, sent } = play(events, delay, "unordered", capacity, cut);
          const times = out.map(({ time }) => time);
          expect([...times].sort((a, b) => a - b)).toEqual(Array.from({ length: sent }, (_, i) => (i + 1) * 10));
          for (const mark of marks) {
            const before = times.filter((time) => time <= mark).length;
            expect(times.slice(0, before).every((time) => time <= mark)).toBe(true);
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe("what a lookup remembers", () => {
  const cache = (more = {}) => {
    let now = 0;
    const asked: { key: string; answer(found: string | undefined): void }[] = [];
    const held = new LookupCache<string>({ rows: 2, forMs: 100, misses: true, now: () => now, ...more });
    const got: (string | undefined)[] = [];
    const get = (key: string) =>
      held.get(
        key,
        (asking, onFound) => void asked.push({ key: asking, answer: onFound }),
        (answer) => got.push("found" in answer ? answer.found : "failed"),
      );
    return { held, get, got, asked, advance: (ms: number) => (now += ms) };
  };

  it("is asked for once for rows that come while an answer is under way", () => {
    const { get, got, asked } = cache();
    get("a");
    get("a");
    expect(asked).toHaveLength(1);
    asked[0]?.answer("A");
    expect(got).toEqual(["A", "A"]);
  });

  it("holds exactly as long as asked, and the rows used last", () => {
    const { get, asked, advance } = cache();
    for (const key of ["a", "b"]) {
      get(key);
      asked.at(-1)?.answer(key);
    }
    advance(99);
    get("a");
    expect(asked).toHaveLength(2);
    get("c");
    asked.at(-1)?.answer("c");
    // b was used longest ago.
    get("a");
    expect(asked).toHaveLength(3);
    get("b");
    expect(asked).toHaveLength(4);
    advance(1);
    get("a");
    expect(asked).toHaveLength(5);
  });

  it("does not hold an answer that was under way when its key changed, and asks anew", () => {
    const { held, get, got, asked } = cache();
    get("a");
    held.forget(["a"]);
    get("a");
    expect(asked).toHaveLength(2);
    asked[0]?.answer("old");
    get("a");
    asked[1]?.answer("new");
    get("a");
    expect(got).toEqual(["old", "new", "new", "new"]);
  });

  it("does not hold that nothing is there, unless asked to, and nothing at all with no room", () => {
    for (const more of [{ misses: false }, { rows: 0 }]) {
      const { get, asked } = cache(more);
      get("a");
      asked[0]?.answer(undefined);
      get("a");
      expect(asked).toHaveLength(2);
    }
  });
});
