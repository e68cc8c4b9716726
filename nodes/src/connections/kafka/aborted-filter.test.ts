import fc from "fast-check";
import { expect, it } from "vitest";
import { AbortedFilter } from "./aborted-filter.ts";
import type { AbortedTransaction } from "./fetch-protocol.ts";

interface LogBatch {
  readonly producerId: number;
  readonly first: number;
  readonly last: number;
  readonly isTransactional: boolean;
  /** Of a marker: what became of the transaction. */
  readonly ends?: "commit" | "abort";
}

interface Log {
  readonly batches: readonly LogBatch[];
  readonly shown: readonly number[];
  readonly aborted: readonly (AbortedTransaction & { readonly last: number })[];
}

/** A log of interleaved transactions, all of them ended, and records outside of any. */
const logs = fc
  .array(fc.tuple(fc.nat(3), fc.constantFrom("write", "plain", "commit", "abort"), fc.integer({ min: 1, max: 4 })), { maxLength: 60 })
  .map((steps): Log => {
    const batches: LogBatch[] = [];
    const open = new Map<number, number[]>();
    const shown: number[] = [];
    const aborted: Log["aborted"][number][] = [];
    let next = 0;
    const add = (producerId: number, count: number, more: Partial<LogBatch>) => {
      batches.push({ producerId, first: next, last: next + count - 1, isTransactional: true, ...more });
      next += count;
      return next - count;
    };
    const end = (producerId: number, ends: "commit" | "abort") => {
      const firsts = open.get(producerId) ?? [];
      if (firsts.length === 0) return;
      open.delete(producerId);
      const last = add(producerId, 1, { ends });
      if (ends === "commit") shown.push(...firsts);
      else aborted.push({ producerId, firstOffset: firsts[0] as number, last });
    };
    for (const [producerId, step, count] of steps) {
      if (step === "write") open.set(producerId, [...(open.get(producerId) ?? []), add(producerId, count, {})]);
      else if (step === "plain") shown.push(add(100 + producerId, count, { isTransactional: false }));
      else end(producerId, step as "commit" | "abort");
    }
    for (const producerId of [...open.keys()]) end(producerId, "abort");
    return { batches, shown: shown.sort((a, b) => a - b), aborted };
  });

/** What a broker says beside the batches from one offset to another: transactions that end behind the first and begin before the second. */
const listed = ({ aborted }: Log, from: number, to: number) => aborted.filter((one) => one.last >= from && one.firstOffset <= to);

it("shows what was committed and nothing that was aborted, wherever a fetch ends", () => {
  fc.assert(
    fc.property(logs, fc.array(fc.integer({ min: 1, max: 9 })), fc.boolean(), (log, sizes, generously) => {
      const filter = new AbortedFilter();
      const shown: number[] = [];
      for (let i = 0, fetch = 0; i < log.batches.length; fetch++) {
        const fetched = log.batches.slice(i, i + (sizes[fetch] ?? 3));
        i += fetched.length;
        const [from, to] = [fetched[0]?.first ?? 0, fetched.at(-1)?.last ?? 0];
        // A broker may look further ahead than what it sends.
        filter.begin(listed(log, from, generously ? to + 20 : to));
        for (const { producerId, first, last, isTransactional, ends } of fetched) {
          const isShown = filter.shows({ producerId, lastOffset: last, isTransactional });
          if (ends) filter.end(producerId);
          else if (isShown) shown.push(first);
        }
      }
      expect(shown).toEqual(log.shown);
    }),
    { numRuns: 500 },
  );
});
