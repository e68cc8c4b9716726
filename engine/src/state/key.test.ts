import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Value } from "../schema/index.ts";
import { EVERY_GROUP, KEY_GROUPS, keyBytes, keyGroupOf, keyIdOf, keyOfBytes, murmur3, ownerOf, ownsGroup, ownsKey } from "./key.ts";

const part: fc.Arbitrary<Value> = fc.oneof(
  fc.constantFrom<Value>(null, true, false, 0, -0, 1, "1", "", "\u0000", "\u0000\u0001", "n1;", "-", Number.NaN, 2n ** 60n),
  fc.string({ maxLength: 5 }),
  fc.maxSafeInteger(),
  fc.double(),
  fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n }),
  fc.uint8Array({ maxLength: 3 }),
  fc.array(fc.constantFrom<Value>("a", 1, null), { maxLength: 2 }),
);

const key = (length: number) => fc.array(part, { minLength: length, maxLength: length });

describe("keys", () => {
  it("have the same bytes and the same identity, or neither", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 3 }).chain((length) => fc.tuple(key(length), key(length))),
        ([a, b]) => {
          const isSame = Buffer.from(keyBytes(a)).equals(keyBytes(b));
          // Identities are told apart as a Map tells them: NaN is one, and both zeros are.
          expect(new Set([keyIdOf(a), keyIdOf(b)]).size).toBe(isSame ? 1 : 2);
        },
      ),
    );
  });

  it("are read back from their bytes", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3 }).chain(key), (values) => {
        expect(keyOfBytes(keyBytes(values))).toEqual(values.map((value) => (value === 0 ? 0 : value)));
      }),
    );
  });

  it("have the bytes they always had", () => {
    const hex = (values: readonly Value[]) => Buffer.from(keyBytes(values)).toString("hex");
    expect(hex(["mid_1", 20210222])).toBe("856d69645f31c3aec4d109");
    expect(hex([null, true, -2, 0.5])).toBe("c0c2c401c53fe0000000000000");
    expect(hex([2n ** 53n, "字"])).toBe("c6070000000000002083e5ad97");
  });

  it("are in the groups they always were in", () => {
    expect([["mid_1"], ["mid_2"], [1], ["a", 1]].map((values) => keyGroupOf(values))).toEqual([69, 102, 43, 63]);
  });
});

describe("key groups", () => {
  it("have the reference implementation's hashes", () => {
    const hash = (text: string, seed = 0) => murmur3(new TextEncoder().encode(text), seed) >>> 0;
    expect(hash("")).toBe(0);
    expect(hash("", 1)).toBe(0x514e28b7);
    expect(hash("test")).toBe(0xba6bd213);
    expect(hash("Hello, world!")).toBe(0xc0363e43);
    expect(hash("The quick brown fox jumps over the lazy dog")).toBe(0x2e4ff723);
  });

  it("belong to one subtask each, in ranges whose lengths differ by one at most", () => {
    for (let parallelism = 1; parallelism <= KEY_GROUPS; parallelism++) {
      const owners = Array.from({ length: KEY_GROUPS }, (_, group) => ownerOf(group, parallelism));
      expect(owners).toEqual([...owners].sort((a, b) => a - b));
      const sizes = Array.from({ length: parallelism }, (_, subtask) => owners.filter((owner) => owner === subtask).length);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    }
  });

  it("take about as many keys each", () => {
    const counts = new Array<number>(KEY_GROUPS).fill(0);
    for (let i = 0; i < 128_000; i++) counts[keyGroupOf([`mid_${i}`])] = (counts[keyGroupOf([`mid_${i}`])] as number) + 1;
    expect(Math.min(...counts)).toBeGreaterThan(850);
    expect(Math.max(...counts)).toBeLessThan(1_150);
  });

  it("give what has no key to the first subtask, and what is shared to all", () => {
    const subtasks = [0, 1, 2].map((subtask) => ({ subtask, parallelism: 3 }));
    expect(subtasks.map((share) => ownsKey([], share))).toEqual([true, false, false]);
    expect(subtasks.map((share) => ownsGroup(EVERY_GROUP, share))).toEqual([true, true, true]);
    expect(subtasks.filter((share) => ownsKey(["mid_1"], share))).toHaveLength(1);
  });
});
