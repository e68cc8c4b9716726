// biome-ignore-all lint/suspicious/noTemplateCurlyInString: names that could break out of compiled text
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DataType, Value, Values } from "../schema/index.ts";
import { ByteWriter } from "./byte-writer.ts";
import { compiledRowWriter, loopRowWriter } from "./json-writer-code.ts";

const name = fc.oneof(
  fc.constantFrom(
    "__proto__",
    "constructor",
    "toString",
    "a",
    "",
    '"] = 1; throw 1; //',
    "`${x}`",
    "*/",
    "</script>",
    "\u2028",
    '"',
    "\\",
    "字段",
  ),
  fc.string({ unit: "grapheme" }),
);
const value: fc.Arbitrary<Value | undefined> = fc.oneof(
  fc.constantFrom(null, undefined),
  fc.integer(),
  fc.bigInt(),
  fc.string({ unit: "grapheme" }),
);

describe("row writers", () => {
  it("write the same, compiled or not, whatever the names", { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(fc.uniqueArray(name, { maxLength: 6 }), fc.array(fc.tuple(name, value)), fc.boolean(), (names, members, omitNulls) => {
        const row = Object.fromEntries(members.filter(([, one]) => one !== undefined)) as Values;
        const [compiled, loop] = [compiledRowWriter, loopRowWriter].map((make) => {
          const writer = new ByteWriter();
          const fields = names.map((one, i) => ({
            field: { name: one, dataType: { type: "VARIANT" } satisfies DataType },
            write: (inner: Value) => writer.quoted(`${i}:${String(inner)}`),
          }));
          writer.begin();
          make(fields, writer, omitNulls)(row);
          const { bytes, start, end } = writer.take();
          return new TextDecoder().decode(bytes.subarray(start, end));
        });
        expect(compiled).toBe(loop);
        const parsed = JSON.parse(compiled as string) as object;
        expect(new Set(Object.keys(parsed))).toEqual(
          new Set(names.filter((one) => !omitNulls || (Object.hasOwn(row, one) && row[one] !== null))),
        );
      }),
      { numRuns: 1_000 },
    );
  });
});
