import type { TopicRecord } from "@millrace/engine/node";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BatchBuilder, sizeOf } from "./batch-builder.ts";
import { At } from "./batch-format.ts";
import { RecordColumns } from "./record-columns.ts";
import { batchesIn } from "./record-slice.ts";
import { COMPRESSIONS, type Compression } from "./settings.ts";

const STAMP = { producerId: 7, epoch: 3, sequence: 11, isTransactional: true };

const bytes = fc.uint8Array({ maxLength: 300 });
const records = fc.array(
  fc.record({
    value: fc.option(bytes),
    key: fc.option(bytes),
    time: fc.oneof(fc.integer({ min: -1, max: 4_102_444_800_000 }), fc.constantFrom(0, 1_613_959_200_000)),
    headers: fc.array(fc.tuple(fc.string({ unit: "grapheme" }), bytes), { maxLength: 3 }),
  }),
  { minLength: 1, maxLength: 40 },
);
type Given = (typeof records extends fc.Arbitrary<infer T> ? T : never)[number];

const toRecord = ({ value, key, time, headers }: Given): TopicRecord => ({
  value: value && { bytes: value, start: 0, end: value.length },
  key,
  time,
  ...(headers.length > 0 && { headers }),
});

function build(given: readonly TopicRecord[], compression: Compression, baseOffset = 0): Buffer {
  const builder = new BatchBuilder();
  for (const record of given) builder.add(record, record.time, sizeOf(record));
  const batch = builder.seal(STAMP, compression);
  batch.writeBigInt64BE(BigInt(baseOffset), At.baseOffset);
  return batch;
}

function readAll(fetched: Buffer, from = 0, capacity = 1_000): RecordColumns {
  const columns = new RecordColumns(capacity);
  for (const { slice } of batchesIn(fetched, "t-0")) columns.take(slice, from, "t-0");
  return columns;
}

function plain(columns: RecordColumns, i: number) {
  const value = columns.bytes(i);
  return {
    value: value && Buffer.from(value.bytes.subarray(value.start, value.end)),
    key: columns.key(i),
    time: columns.time(i),
    headers: columns.headers(i).map(([name, content]) => [name, Buffer.from(content)]),
    offset: columns.offset(i),
  };
}

describe("a record batch", () => {
  it.each(COMPRESSIONS)("gives back the records that it was built of, compressed by %s", (compression) => {
    fc.assert(
      fc.property(records, fc.integer({ min: 0, max: 2 ** 52 }), (given, baseOffset) => {
        const columns = readAll(build(given.map(toRecord), compression, baseOffset));
        expect(Array.from({ length: columns.count }, (_, i) => plain(columns, i))).toEqual(
          given.map(({ value, key, time, headers }, i) => ({
            value: value && Buffer.from(value),
            key: key && Buffer.from(key),
            time,
            headers: headers.map(([name, content]) => [name, Buffer.from(content)]),
            offset: baseOffset + i,
          })),
        );
      }),
      { numRuns: compression === "none" ? 300 : 40 },
    );
  });

  it("is read in parts of any size, and from any offset on", () => {
    fc.assert(
      fc.property(records, fc.nat(50), fc.integer({ min: 1, max: 7 }), (given, from, capacity) => {
        const offsets: number[] = [];
        for (const { slice } of batchesIn(build(given.map(toRecord), "none"), "t-0")) {
          while (slice.left > 0) {
            const columns = new RecordColumns(capacity);
            columns.take(slice, from, "t-0");
            for (let i = 0; i < columns.count; i++) offsets.push(columns.offset(i));
          }
        }
        expect(offsets).toEqual(given.map((_, i) => i).filter((offset) => offset >= from));
      }),
    );
  });

  it("is left for the next fetch when its end was cut off", () => {
    const whole = build([toRecord({ value: Buffer.from("a"), key: null, time: 1, headers: [] })], "none");
    const cut = Buffer.concat([whole, whole.subarray(0, whole.length - 1)]);
    expect(readAll(cut).count).toBe(1);
    expect(readAll(cut.subarray(0, 30)).count).toBe(0);
  });

  it("is refused with its place when a bit of it has changed", () => {
    const whole = build([toRecord({ value: Buffer.from("abcdef"), key: null, time: 1, headers: [] })], "none", 42);
    for (const at of [At.flags, At.count + 3, whole.length - 1]) {
      const damaged = Buffer.from(whole);
      damaged[at] = (damaged[at] as number) ^ 1;
      expect(() => readAll(damaged)).toThrow("The records of t-0 from offset 42 on are damaged.");
    }
  });

  it("is refused when it is in a format of long ago", () => {
    const old = build([toRecord({ value: Buffer.from("a"), key: null, time: 1, headers: [] })], "none");
    old[At.version] = 1;
    expect(() => readAll(old)).toThrow("are in format 1; expected format 2");
  });

  it("has the broker's time where the broker sets it", () => {
    const given = [1, 2, 3].map((time) => toRecord({ value: null, key: null, time, headers: [] }));
    const [batch] = [...batchesIn(build(given, "none"), "t-0")];
    if (!batch) throw new Error("no batch");
    const columns = new RecordColumns(3);
    columns.take({ ...batch.slice, brokersTime: 99 }, 0, "t-0");
    expect([0, 1, 2].map((i) => columns.time(i))).toEqual([99, 99, 99]);
  });
});
