import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BatchWriter, IS_NEW, IS_RAW, IS_TRACED, type RecordPlace, type RowEntry, readBatch } from "./exchange-batch.ts";

const PLACES: readonly RecordPlace[] = [0, 1, 2].map((partition) => ({
  nodeId: "logs",
  split: { id: `logs-${partition}`, origin: "logs", partition, bounded: false },
}));

const time = fc.oneof(fc.integer(), fc.constantFrom(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY));
const row = fc.record({
  is: fc.constant("row" as const),
  entry: fc.record({
    kind: fc.constantFrom("+I", "-U", "+U", "-D"),
    flags: fc.subarray([IS_NEW, IS_RAW, IS_TRACED]).map((flags) => flags.reduce((all, flag) => all | flag, 0)),
    time,
    place: fc.option(fc.constantFrom(...PLACES), { nil: undefined }),
    offset: fc.maxSafeNat(),
  }) as fc.Arbitrary<RowEntry>,
  bytes: fc.uint8Array({ maxLength: 300 }),
});
const entry = fc.oneof(
  { weight: 4, arbitrary: row },
  { weight: 1, arbitrary: fc.record({ is: fc.constant("watermark" as const), time }) },
  { weight: 1, arbitrary: fc.record({ is: fc.constant("idle" as const), isIdle: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ is: fc.constant("end" as const) }) },
  { weight: 1, arbitrary: fc.record({ is: fc.constant("barrier" as const), id: fc.nat() }) },
);

type Entry = typeof entry extends fc.Arbitrary<infer T> ? T : never;

function write(writer: BatchWriter, one: Entry): void {
  if (one.is === "row") writer.row(one.entry, one.bytes, 0, one.bytes.length);
  else if (one.is === "watermark") writer.watermark(one.time);
  else if (one.is === "idle") writer.idle(one.isIdle);
  else if (one.is === "end") writer.end();
  else writer.barrier(one.id);
}

describe("a batch", () => {
  it("gives back what was written, in order, whatever its size and across threads", () => {
    fc.assert(
      fc.property(fc.array(entry), fc.constantFrom(64, 1_000, undefined), (entries, batchBytes) => {
        const writer = new BatchWriter(batchBytes);
        for (const one of entries) write(writer, one);
        const taken = writer.take();
        const batch = structuredClone({ exchange: 0, from: 0, to: 1, ...taken }, { transfer: [taken.bytes] });
        const read: Entry[] = [];
        readBatch(batch, {
          row: (found, bytes, start, end) =>
            read.push({
              is: "row",
              entry: { ...found, offset: found.place ? found.offset : 0 },
              bytes: new Uint8Array(bytes.subarray(start, end)),
            }),
          watermark: (at) => read.push({ is: "watermark", time: at }),
          idle: (isIdle) => read.push({ is: "idle", isIdle }),
          end: () => read.push({ is: "end" }),
          barrier: (id) => read.push({ is: "barrier", id }),
        });
        // The offset of a row without a place says nothing.
        expect(read).toEqual(
          entries.map((one) => (one.is === "row" && one.entry.place === undefined ? { ...one, entry: { ...one.entry, offset: 0 } } : one)),
        );
        expect(writer.isEmpty).toBe(true);
      }),
    );
  });
});
