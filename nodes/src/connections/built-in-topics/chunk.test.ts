import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CHUNK_BYTES, CHUNK_RECORDS, ChunkBuilder, type ChunkRecord, ChunkView, mergeChunks } from "./chunk.ts";

const bytes = (max: number) => fc.uint8Array({ maxLength: max });
const aRecord: fc.Arbitrary<ChunkRecord> = fc.record({
  value: fc.option(bytes(300).map((all) => ({ bytes: all, start: 0, end: all.length }))),
  key: fc.option(bytes(40)),
  time: fc.oneof(
    fc.integer({ min: 1_600_000_000_000, max: 1_600_000_100_000 }),
    fc.maxSafeInteger(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
  ),
  headers: fc.array(fc.tuple(fc.string({ maxLength: 10, unit: "grapheme" }), bytes(20)), { maxLength: 3 }),
});

describe("a chunk", () => {
  it("gives back the records it was built of", () => {
    fc.assert(
      fc.property(fc.array(aRecord, { minLength: 1, maxLength: 60 }), (records) => {
        const { bytes, count, maxTime } = chunkOf(records);
        expect(count).toBe(records.length);
        expect(maxTime).toBe(Math.max(...records.map(({ time }) => time)));
        expect(recordsOf(bytes)).toEqual(records.map(plain));
      }),
    );
  });

  it("joined with another gives the records of both", () => {
    const some = fc.array(aRecord, { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(some, some, (first, second) => {
        const joined = mergeChunks(chunkOf(first).bytes, chunkOf(second).bytes);
        expect(recordsOf(joined.bytes)).toEqual([...first, ...second].map(plain));
      }),
    );
  });

  it("does not change when its builder goes on", () => {
    const builder = new ChunkBuilder();
    builder.add(textRecord("first"));
    const first = builder.seal();
    builder.add(textRecord("other"));
    builder.seal();
    expect(recordsOf(first.bytes)).toEqual([plain(textRecord("first"))]);
  });

  it("keeps to its size, but takes one record that is larger", () => {
    const builder = new ChunkBuilder();
    const large = textRecord("x".repeat(CHUNK_BYTES * 2));
    expect(builder.fits(large)).toBe(true);
    builder.add(large);
    expect(builder.fits(textRecord(""))).toBe(false);
    expect(recordsOf(builder.seal().bytes)).toEqual([plain(large)]);

    while (builder.fits(textRecord("x".repeat(418)))) builder.add(textRecord("x".repeat(418)));
    expect(builder.seal().bytes.length).toBeLessThanOrEqual(CHUNK_BYTES);
    while (builder.fits(textRecord(""))) builder.add(textRecord(""));
    expect(builder.count).toBe(CHUNK_RECORDS);
  });

  it("takes 11 bytes or less for a record beside what it holds, where keys and headers are not used", () => {
    const records = Array.from({ length: 100 }, (_, i) => textRecord("x".repeat(400), 1_600_000_000_000 + i));
    expect(chunkOf(records).bytes.length).toBeLessThanOrEqual(100 * 411);
  });

  it("is recognised by its version", () => {
    const chunk = chunkOf([textRecord("a")]).bytes.slice();
    chunk[chunk.length - 1] = 9;
    expect(() => new ChunkView(chunk)).toThrow("a chunk of version 1 was expected, its trailer says 9");
    expect(() => new ChunkView(new Uint8Array(3))).toThrow("a chunk of version 1 was expected");
  });
});

function textRecord(text: string, time = 1_000): ChunkRecord {
  const all = Buffer.from(text);
  return { value: { bytes: all, start: 0, end: all.length }, key: null, time };
}

function chunkOf(records: readonly ChunkRecord[]) {
  const builder = new ChunkBuilder();
  for (const record of records) builder.add(record);
  return builder.seal();
}

function recordsOf(chunk: Uint8Array) {
  const view = new ChunkView(chunk);
  return Array.from({ length: view.count }, (_, i) =>
    plain({ value: view.value(i), key: view.key(i), time: view.time(i), headers: view.headers(i) }),
  );
}

function plain({ value, key, time, headers = [] }: ChunkRecord) {
  const hex = (part: Uint8Array) => Buffer.from(part).toString("hex");
  return {
    value: value && hex(value.bytes.subarray(value.start, value.end)),
    key: key && hex(key),
    // -0 is 0.
    time: time + 0,
    headers: headers.map(([name, content]) => [name, hex(content)]),
  };
}
