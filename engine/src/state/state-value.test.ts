import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anySchemaAndRow } from "../codec/arbitraries.testing.ts";
import { codecOf } from "../codec/index.ts";
import type { ByteRange } from "../node/index.ts";
import { attach, META, type Row } from "../node/row.ts";
import type { DataType, Schema, Value } from "../schema/index.ts";
import { textOwner, valueReader, valueWriter } from "./state-value.ts";
import { ValueReader, ValueWriter } from "./value-bytes.ts";

const anyValue = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.constant(null),
    fc.boolean(),
    fc.double(),
    fc.maxSafeInteger(),
    fc.integer({ min: -200, max: 200 }),
    fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }),
    fc.string({ unit: "binary", maxLength: 100 }),
    fc.uint8Array(),
    fc.array(tie("value")),
    fc.dictionary(fc.string(), tie("value"), { noNullPrototype: true }),
    fc.array(fc.tuple(fc.string(), tie("value"))).map((pairs) => new Map(pairs)),
  ),
})).value;

function textOf({ bytes, start, end }: ByteRange): string {
  return new TextDecoder().decode(bytes.subarray(start, end));
}

function roundTrip(value: Value, dataType: DataType): Value {
  const writer = new ValueWriter();
  // Behind something else, as in an entry.
  writer.text("before");
  valueWriter(dataType)(writer, value);
  const reader = new ValueReader().reset(writer.take());
  expect(reader.text()).toBe("before");
  const read = valueReader(dataType)(reader);
  expect(reader.isAtEnd).toBe(true);
  return read;
}

describe("state values", () => {
  it("come back as they were, whatever their shape", () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        // What text cannot be written as UTF-8 is not text.
        expect(roundTrip(wellFormed(value), { type: "VARIANT" })).toEqual(wellFormed(value));
      }),
    );
  });

  it("come back as they were, whatever their type", () => {
    fc.assert(
      fc.property(anySchemaAndRow, ([schema, row]) => {
        expect(roundTrip(row, schema)).toEqual(row);
      }),
    );
  });

  it("have texts of their own, wherever a row that was read stands in them", () => {
    const chunk = Buffer.from('[{"id":1}]');
    const open: DataType = { type: "ROW", fields: [{ name: "id", dataType: { type: "INT" } }], open: true };
    const row = attach({ id: 1 }, { record: { format: "json", bytes: chunk, start: 1, end: 9 } });
    const held: DataType = {
      type: "ARRAY",
      element: { type: "ROW", fields: ["time", "row"].map((name) => ({ name, dataType: name === "row" ? open : { type: "BIGINT" } })) },
    };
    const given = [{ time: 1, row }];
    const owned = textOwner(held)?.(given) as unknown as [{ time: number; row: Row }];
    chunk.fill(0);
    expect(owned[0]).toMatchObject({ time: 1, row: { id: 1 } });
    expect(Buffer.from(owned[0].row[META]?.record?.bytes as Uint8Array).toString()).toBe('{"id":1}');
    expect(given[0]?.row).toBe(row);
    expect(textOwner({ ...open, open: undefined } as unknown as DataType)).toBeUndefined();
  });

  it("have texts of their own where rows of an array have theirs", () => {
    const items: DataType = { type: "ARRAY", element: { type: "ROW", open: true, fields: [{ name: "v", dataType: { type: "INT" } }] } };
    const schema: Schema = { type: "ROW", open: true, fields: [{ name: "items", dataType: items }] };
    const bytes = new TextEncoder().encode('{"items":[{"v":1,"more":2}]} and what comes next');
    const read = codecOf({ name: "json" }).decoder(schema, true, { name: "json" }).decode({ bytes, start: 0, end: 28 });
    const owned = textOwner(schema)?.(read) as Row;
    bytes.fill(0);
    for (const row of [owned, roundTrip(owned, schema) as Row]) {
      const [element] = row.items as readonly Row[];
      expect(element?.[META]?.record?.format).toBe("json");
      expect(textOf(codecOf({ name: "json" }).encoder(schema, { name: "json" }).encode(row))).toBe('{"items":[{"v":1,"more":2}]}');
      expect(textOf(element?.[META]?.record as ByteRange)).toBe('{"v":1,"more":2}');
    }
  });

  it("take little room: a short text its bytes and one, a small number one", () => {
    const length = (value: Value) => {
      const writer = new ValueWriter();
      writer.value(value);
      return writer.length;
    };
    expect([length("mid_1"), length("字段"), length(""), length("x".repeat(63)), length("x".repeat(64))]).toEqual([6, 7, 1, 64, 66]);
    expect([length(0), length(127), length(128), length(-1), length(1_700_000_000_000)]).toEqual([1, 1, 3, 2, 7]);
    expect([length(null), length(true), length(0.5), length(2n ** 63n)]).toEqual([1, 1, 9, 10]);
  });

  it("are refused when they are cut short or nobody wrote them", () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        const writer = new ValueWriter();
        writer.value(value);
        const bytes = writer.take();
        expect(() => new ValueReader().reset(bytes.subarray(0, bytes.length - 1)).value()).toThrow("the bytes end too early");
      }),
    );
    expect(() => new ValueReader().reset(Uint8Array.of(0xff)).value()).toThrow("no value begins with the byte 255");
  });

  it("that are long are written whole, across the writer's chunks", () => {
    const writer = new ValueWriter();
    const texts = Array.from({ length: 50 }, (_, i) => "长".repeat(i * 997));
    const taken = texts.map((text) => {
      writer.value(text);
      return writer.take();
    });
    for (const [i, bytes] of taken.entries()) expect(new ValueReader().reset(bytes).value()).toBe(texts[i]);
  });
});

function wellFormed(value: Value): Value {
  if (typeof value === "string") return value.toWellFormed();
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return (value as readonly Value[]).map(wellFormed);
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [wellFormed(key), wellFormed(item)] as [Value, Value]));
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name.toWellFormed(), wellFormed(item as Value)]));
}
