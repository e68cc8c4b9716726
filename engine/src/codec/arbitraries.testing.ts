/** Random types, values of them and JSON texts, for the codecs' property tests. */
import fc from "fast-check";
import type { DataType, Field, Schema, Value } from "../schema/index.ts";
import { held } from "./decimal-text.ts";

const MS_MAX = 253_402_300_799_999; // 9999-12-31
const MS_MIN = -62_135_596_800_000; // 0001-01-01

const name = fc.oneof(
  fc.constantFrom("a", "mid", "page", "字段", "__proto__", "constructor", 'q"uote', "with space", "é", ""),
  fc.string({ minLength: 1, maxLength: 6 }),
);

const scalar: fc.Arbitrary<DataType> = fc.oneof(
  fc.constantFrom<DataType>(
    { type: "BOOLEAN" },
    { type: "TINYINT" },
    { type: "SMALLINT" },
    { type: "INT" },
    { type: "BIGINT" },
    { type: "FLOAT" },
    { type: "DOUBLE" },
    { type: "STRING" },
    { type: "BYTES" },
    { type: "DATE" },
    { type: "TIME", precision: 3 },
    { type: "VARIANT" },
  ),
  fc
    .integer({ min: 1, max: 38 })
    .chain((precision) => fc.integer({ min: 0, max: precision }).map((scale): DataType => ({ type: "DECIMAL", precision, scale }))),
  fc
    .tuple(fc.constantFrom("TIMESTAMP" as const, "TIMESTAMP_LTZ" as const), fc.constantFrom(3, 9))
    .map(([type, precision]): DataType => ({ type, precision })),
);

const { fields } = fc.letrec<{ dataType: DataType; fields: Field[] }>((tie) => ({
  dataType: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    scalar,
    tie("dataType").map((element): DataType => ({ type: "ARRAY", element })),
    tie("dataType").map((value): DataType => ({ type: "MAP", key: { type: "STRING" }, value })),
    tie("fields").map((inner): DataType => ({ type: "ROW", fields: inner })),
  ),
  fields: fc.uniqueArray(fc.record({ name, dataType: tie("dataType") }), { selector: (field) => field.name, minLength: 1, maxLength: 4 }),
}));

const anySchema: fc.Arbitrary<Schema> = fields.map((inner) => ({ type: "ROW", fields: inner }));

/** A value of the type, null among them. */
function valueFor(type: DataType): fc.Arbitrary<Value> {
  return fc.option(present(type), { freq: 6 });
}

function present(type: DataType): fc.Arbitrary<Value> {
  switch (type.type) {
    case "BOOLEAN":
      return fc.boolean();
    case "TINYINT":
      return fc.integer({ min: -128, max: 127 });
    case "SMALLINT":
      return fc.integer({ min: -32_768, max: 32_767 });
    case "INT":
      return fc.integer();
    case "BIGINT":
      return fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(held);
    case "DECIMAL":
      return fc.bigInt({ min: -(10n ** BigInt(type.precision)) + 1n, max: 10n ** BigInt(type.precision) - 1n }).map(held);
    case "FLOAT":
      return fc.float();
    case "DOUBLE":
      return fc.double();
    case "BYTES":
      return fc.uint8Array({ maxLength: 10 });
    case "DATE":
      return fc.integer({ min: MS_MIN / 86_400_000, max: Math.floor(MS_MAX / 86_400_000) });
    case "TIME":
      return fc.integer({ min: 0, max: 86_399_999 });
    case "TIMESTAMP":
    case "TIMESTAMP_LTZ":
      return type.precision <= 3
        ? fc.integer({ min: MS_MIN, max: MS_MAX })
        : fc.bigInt({ min: BigInt(MS_MIN) * 1_000_000n, max: BigInt(MS_MAX) * 1_000_000n });
    case "ARRAY":
      return fc.array(valueFor(type.element), { maxLength: 4 });
    case "MAP":
      return fc.array(fc.tuple(fc.string(), valueFor(type.value)), { maxLength: 4 }).map((entries) => new Map<Value, Value>(entries));
    case "ROW":
      return rowOf(type);
    case "VARIANT":
      return json.map(heldVariant).filter((value) => value !== null);
    default:
      return fc.string({ unit: "grapheme" });
  }
}

function rowOf({ fields: inner }: { readonly fields: readonly Field[] }): fc.Arbitrary<{ readonly [field: string]: Value }> {
  return fc
    .tuple(...inner.map((field) => valueFor(field.dataType)))
    .map((values) => Object.fromEntries(inner.map((field, i) => [field.name, values[i] as Value])));
}

export const anySchemaAndRow = anySchema.chain((schema) => fc.tuple(fc.constant(schema), rowOf(schema)));

/** What `JSON.parse` can give, without -0 (its text is "0"). */
export const json: fc.Arbitrary<unknown> = fc
  .jsonValue({ maxDepth: 4, noUnicodeString: false } as fc.JsonSharedConstraints)
  .map((value) => JSON.parse(JSON.stringify(value)) as unknown);

/** An object as JSON text with white space between its tokens. */
export const jsonObjectText: fc.Arbitrary<string> = fc
  .tuple(fc.dictionary(name, json, { maxKeys: 6 }), fc.constantFrom(0, 1, 2, 4))
  .map(([value, indent]) => JSON.stringify(value, null, indent));

/** Whole numbers beyond 2^53 as rows hold them; JSON.parse gives rounded numbers. */
function heldVariant(value: unknown): Value {
  if (typeof value === "number") return Number.isInteger(value) && Math.abs(value) < 1e21 ? held(BigInt(value)) : value;
  if (Array.isArray(value)) return value.map(heldVariant);
  if (typeof value !== "object" || value === null) return value as Value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, heldVariant(inner)]));
}

const DAMAGE = ['"', "\\", "{", "}", "[", "]", ",", ":", "0", "-", ".", "e", "t", "\u0000", "\n", " ", "\u00ff", "中"];

/** JSON texts with a few characters changed, taken out, put in, or cut off: most are damaged, some are not. */
export const damagedText: fc.Arbitrary<string> = fc
  .tuple(
    fc.oneof(
      jsonObjectText,
      json.map((value) => JSON.stringify(value)),
      fc.string(),
    ),
    fc.array(fc.tuple(fc.nat(), fc.constantFrom("put", "take", "swap", "cut"), fc.constantFrom(...DAMAGE)), { maxLength: 3 }),
  )
  .map(([text, edits]) =>
    edits.reduce((now, [where, edit, char]) => {
      const at = now.length === 0 ? 0 : where % now.length;
      if (edit === "put") return now.slice(0, at) + char + now.slice(at);
      if (edit === "take") return now.slice(0, at) + now.slice(at + 1);
      return edit === "swap" ? now.slice(0, at) + char + now.slice(at + 1) : now.slice(0, at);
    }, text),
  );

/** Fields alone, as lists of entries: without what hangs on the symbol, and with a field called "__proto__" like any other. */
export function bare(value: Value): unknown {
  if (Array.isArray(value)) return value.map((inner) => bare(inner as Value));
  if (value instanceof Map) return new Map([...value].map(([key, inner]) => [key, bare(inner as Value)]));
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
  return Object.entries(value)
    .map(([name, inner]) => [name, bare(inner as Value)])
    .sort();
}
