import fc from "fast-check";
import { expect, it } from "vitest";
import type { DataType, Value } from "../schema/index.ts";
import { canonicalKey, KEY_GROUPS, keyGroupOf, keyIdOf, murmur3 } from "./key.ts";
import { fromStateJson, toStateJson } from "./state-value.ts";

const json = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.constant(null),
    fc.boolean(),
    fc.double({ noNaN: true }),
    fc.bigInt({ min: 2n ** 53n, max: 2n ** 63n - 1n }),
    fc.string(),
    fc.array(tie("value")),
    fc.dictionary(fc.string(), tie("value"), { noNullPrototype: true }),
  ),
})).value;

it("gives back every value that went into a snapshot", () => {
  fc.assert(
    fc.property(json, (value) => {
      const dataType: DataType = { type: "VARIANT" };
      expect(fromStateJson(JSON.parse(JSON.stringify(toStateJson(value, dataType))), dataType)).toEqual(value);
    }),
  );
});

it("gives back bytes, maps, rows and not-a-number", () => {
  const dataType: DataType = {
    type: "ROW",
    fields: [
      { name: "b", dataType: { type: "BYTES" } },
      { name: "m", dataType: { type: "MAP", key: { type: "BIGINT" }, value: { type: "ARRAY", element: { type: "DOUBLE" } } } },
    ],
  };
  const value = {
    b: new Uint8Array([0, 255]),
    m: new Map<Value, Value>([
      [1, [Number.NaN, -0]],
      [2n ** 60n, []],
    ]),
  };
  expect(fromStateJson(JSON.parse(JSON.stringify(toStateJson(value, dataType))), dataType)).toEqual(value);
});

it("has the reference implementation's hashes", () => {
  const hash = (text: string, seed = 0) => murmur3(new TextEncoder().encode(text), seed) >>> 0;
  expect(hash("")).toBe(0);
  expect(hash("", 1)).toBe(0x514e28b7);
  expect(hash("test")).toBe(0xba6bd213);
  expect(hash("Hello, world!")).toBe(0xc0363e43);
  expect(hash("The quick brown fox jumps over the lazy dog")).toBe(0x2e4ff723);
});

it("puts equal keys in the same group, different keys under different ids", () => {
  fc.assert(
    fc.property(fc.array(json, { minLength: 1, maxLength: 3 }), fc.array(json, { minLength: 1, maxLength: 3 }), (a, b) => {
      expect(keyGroupOf(a)).toBeLessThan(KEY_GROUPS);
      if (canonicalKey(a) === canonicalKey(b)) expect(keyGroupOf(a)).toBe(keyGroupOf(b));
      else expect(keyIdOf(a)).not.toBe(keyIdOf(b));
    }),
  );
});
