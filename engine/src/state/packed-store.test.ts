import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createMemorySpill } from "./memory-spill.testing.ts";
import { PackedStore } from "./packed-store.ts";
import { SPACE } from "./spill-store.ts";

const keyOf = (id: number) => Uint8Array.from([SPACE.KEYS, id, ...new Array<number>(id % 7).fill(id)]);
const filled = (length: number, fill: number) => new Uint8Array(length).fill(fill);
const text = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString("latin1");

type Step =
  | { readonly do: "put"; readonly key: number; readonly length: number; readonly fill: number; readonly note: boolean }
  | { readonly do: "forget" }
  | { readonly do: "delete" | "take" | "release" | "get"; readonly key: number };

const key = fc.integer({ min: 0, max: 60 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constant("put" as const),
      key,
      length: fc.oneof({ weight: 5, arbitrary: fc.nat(120) }, { weight: 1, arbitrary: fc.integer({ min: 200, max: 3_000 }) }),
      fill: fc.nat(200),
      note: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ do: "forget" as const }) },
  { weight: 9, arbitrary: fc.record({ do: fc.constantFrom("delete" as const, "take" as const, "release" as const, "get" as const), key }) },
);

/** Does the steps, and compares with a map after each; returns the store. */
function play(steps: readonly Step[], budgetBytes: number) {
  const below = createMemorySpill();
  const store = new PackedStore(below, budgetBytes);
  const expected = new Map<string, string>();
  const inUse = new Set<string>();
  const noted = new Set<string>();
  const notedBelow = new Set<string>();
  store.onNotedBelow = (bytes) => notedBelow.add(text(bytes) as string);
  for (const each of steps) {
    if (each.do === "forget") {
      store.forgetNotes();
      noted.clear();
      notedBelow.clear();
      continue;
    }
    const bytes = keyOf(each.key);
    const name = text(bytes) as string;
    if (each.do === "put") {
      const value = filled(each.length, each.fill);
      store.put(bytes, value, each.note);
      if (each.note) noted.add(name);
      expected.set(name, text(value) as string);
      inUse.delete(name);
    } else if (each.do === "delete") {
      store.delete(bytes);
      expected.delete(name);
      inUse.delete(name);
      noted.delete(name);
    } else if (each.do === "take") {
      expect(text(store.take(bytes))).toBe(expected.get(name));
      if (expected.has(name)) inUse.add(name);
    } else if (each.do === "release") {
      if (inUse.delete(name)) store.release(bytes);
    } else {
      expect(text(store.get(bytes))).toBe(expected.get(name));
      expect(text(store.getIdle(bytes))).toBe(inUse.has(name) ? undefined : expected.get(name));
    }
  }
  const idle = [...expected].filter(([name]) => !inUse.has(name)).sort();
  const found = Array.from(store.all(SPACE.KEYS), ({ bytes, start, middle, end }) => [
    text(bytes.subarray(start, middle)),
    text(bytes.subarray(middle, end)),
  ]);
  expect(found.sort()).toEqual(idle);
  const told = Array.from(store.noted(), ({ bytes, start, middle }) => text(bytes.subarray(start, middle)) as string);
  expect(new Set(told).size, "each once").toBe(told.length);
  expect(told.filter((name) => !noted.has(name) || inUse.has(name))).toEqual([]);
  expect([...noted].filter((name) => !inUse.has(name) && !told.includes(name) && !notedBelow.has(name))).toEqual([]);
  return { store, below, expected };
}

describe("a packed store", () => {
  it.each([1, 2_000, 20_000, 1 << 20])("says what a map says, of %i bytes", { timeout: 60_000 }, (budgetBytes) => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const { store, below, expected } = play(steps, budgetBytes);
        for (const name of expected.keys()) store.delete(Buffer.from(name, "latin1"));
        expect([...store.all(SPACE.KEYS)]).toEqual([]);
        expect([below.size, store.keysBelow, store.bytesBelow]).toEqual([0, 0, 0]);
      }),
      { numRuns: 300 },
    );
  });

  it("keeps about to its budget, and spills what was not used for longest", () => {
    const store = new PackedStore(createMemorySpill(), 200_000);
    const name = (id: number) => Buffer.from(`\u0001key ${id}`);
    for (let i = 0; i < 5_000; i++) {
      store.put(name(i), filled(100, i % 200));
      if (i >= 10) store.get(name(i - 10));
      store.put(name(0), filled(100, i % 200));
      expect(store.memoryBytes).toBeLessThan(300_000);
    }
    expect(store.keysBelow).toBeGreaterThan(3_000);
    const before = store.keysBelow;
    for (const id of [0, 4_999, 4_990, 4_900]) store.take(name(id));
    expect(store.keysBelow, "none of them was spilled").toBe(before);
    for (let i = 1; i < 5_000; i++) expect(text(store.get(name(i)))).toBe(text(filled(100, i % 200)));
  });

  it("gives memory back when records go", () => {
    const store = new PackedStore(createMemorySpill(), 64 << 20);
    const name = (id: number) => Buffer.from(`\u0001key ${id}`);
    for (let i = 0; i < 100_000; i++) store.put(name(i), filled(100, i % 200));
    const most = store.memoryBytes;
    for (let i = 0; i < 100_000; i++) store.delete(name(i));
    expect(store.memoryBytes).toBeLessThan(most / 10);
  });

  it("copies half-empty slabs together", () => {
    const store = new PackedStore(createMemorySpill(), 64 << 20);
    const name = (id: number) => Buffer.from(`\u0001key ${id}`);
    // Each round gives the same keys values of another length, so nothing stays where it was.
    for (let round = 0; round < 20; round++) for (let i = 0; i < 10_000; i++) store.put(name(i), filled(100 + 8 * round, i % 200));
    expect(store.keysBelow).toBe(0);
    expect(store.memoryBytes).toBeLessThan(20 << 20);
    for (let i = 0; i < 10_000; i++) expect(store.get(name(i))?.length).toBe(252);
  });
});
