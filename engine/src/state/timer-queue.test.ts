import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createMemorySpill } from "./memory-spill.testing.ts";
import { addTime, hasTime, removeTime } from "./sorted-times.ts";
import { SPACE } from "./spill-store.ts";
import { TimerQueue } from "./timer-queue.ts";

type Step = { add: number } | { take: number } | { spill: true };

const time = fc.oneof(
  fc.integer({ min: -20, max: 20 }),
  fc.constantFrom(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, -0, 0.5, -0.5, 1e15, -1e15),
);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ add: time }) },
  { weight: 2, arbitrary: fc.record({ take: time }) },
  { weight: 2, arbitrary: fc.record({ spill: fc.constant(true as const) }) },
);

describe("timers in a queue", () => {
  it("come in order of time, equal times in the order they were set, whatever was spilled meanwhile", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const queue = new TimerQueue(SPACE.EVENT_TIMERS, createMemorySpill());
        let waiting: { time: number; key: number }[] = [];
        let set = 0;
        for (const each of [...steps, { take: Number.POSITIVE_INFINITY }]) {
          if ("spill" in each) queue.spillHalf();
          else if ("add" in each) {
            queue.add(each.add, [set]);
            waiting.push({ time: each.add, key: set++ });
          } else {
            const due = waiting.filter(({ time: at }) => at <= each.take).sort((a, b) => a.time - b.time || a.key - b.key);
            waiting = waiting.filter(({ time: at }) => at > each.take);
            const taken: { time: number; key: unknown }[] = [];
            for (let key = queue.next(each.take); key !== undefined; key = queue.next(each.take))
              taken.push({ time: queue.time + 0, key: key[0] });
            expect(taken).toEqual(due.map(({ time: at, key }) => ({ time: at + 0, key })));
          }
          expect(queue.size).toBe(waiting.length);
        }
        expect(queue.earliest).toBeUndefined();
      }),
    );
  });
});

describe("times of a key's timers", () => {
  it("are a set in rising order", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 20 }))), (steps) => {
        const [times, model] = [[] as number[], new Set<number>()];
        for (const [isAdded, at] of steps) {
          if (isAdded) expect(addTime(times, at)).toBe(!model.has(at));
          else expect(removeTime(times, at)).toBe(model.has(at));
          if (isAdded) model.add(at);
          else model.delete(at);
          expect(hasTime(times, at)).toBe(isAdded);
        }
        expect(times).toEqual([...model].sort((a, b) => a - b));
      }),
    );
  });
});
