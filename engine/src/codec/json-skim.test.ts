import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ByteRange, META, type Row, RowError } from "../node/index.ts";
import type { DataType, Schema, Value } from "../schema/index.ts";
import { bare } from "./arbitraries.testing.ts";
import { parsingDecoder } from "./json-decode.ts";
import { skimmer } from "./json-skim.ts";

const row = (fields: Readonly<Record<string, DataType>>): Schema => ({
  type: "ROW",
  fields: Object.entries(fields).map(([name, dataType]) => ({ name, dataType })),
});
const STRING: DataType = { type: "STRING" };

/** A page log's fields, and one of each other type that is taken. */
const schema = row({
  common: row({ mid: STRING, is_new: STRING, uid: { type: "STRING", nullable: false } }),
  displays: { type: "ARRAY", element: row({ item: STRING, order: { type: "INT" } }) },
  ts: { type: "BIGINT" },
  small: { type: "TINYINT" },
  rate: { type: "DOUBLE" },
  ok: { type: "BOOLEAN" },
  list: { type: "ARRAY", element: { type: "BIGINT", nullable: false } },
});

/** The record before others in a chunk: what ends too soon would go on in their bytes. */
function recordOf(text: string, behind: string): ByteRange {
  const bytes = new TextEncoder().encode(`"${text}${behind}`);
  return { bytes, start: 1, end: bytes.length - new TextEncoder().encode(behind).length };
}

function long(record: ByteRange): Row | undefined {
  try {
    return parsingDecoder(schema, true).decode(record);
  } catch (error) {
    if (error instanceof RowError) return undefined;
    throw error;
  }
}

/** Text of the elements, in order: the bytes that they would be written through as. */
function elementTexts(decoded: Row): unknown {
  const displays = decoded.displays as readonly (Row | null)[] | null;
  return displays?.map((element) => {
    const record = element?.[META]?.record;
    return record && new TextDecoder().decode(record.bytes.subarray(record.start, record.end));
  });
}

const scalar = fc.oneof(
  fc.constantFrom("0", "-0", "1", "-7", "127", "128", "1613959200000", "9007199254740993", "01", "-", "1.", "1.5", "1e3", "+1", "NaN"),
  fc.constantFrom("null", "true", "false", "nul", "True", '""', '"mid_1"', '"a\\"b"', '"\\u00e9"', '"中"', '"tab\t"', '"', "'a'"),
  fc.integer().map(String),
  fc.double().map((number) => JSON.stringify(number)),
  fc.string().map((text) => JSON.stringify(text)),
);
const name = fc.constantFrom(
  "mid",
  "is_new",
  "uid",
  "item",
  "order",
  "ts",
  "small",
  "rate",
  "ok",
  "list",
  "other",
  "",
  "m\\u0069d",
  "__proto__",
);
const space = fc.constantFrom("", "", "", "", " ", "\n\t", "\u00a0");
const { text } = fc.letrec<{ text: string }>((tie) => ({
  text: fc.oneof(
    { maxDepth: 4 },
    scalar,
    fc.array(fc.tuple(space, tie("text")), { maxLength: 3 }).map((all) => `[${all.map(([gap, one]) => gap + one + gap).join(",")}]`),
    fc
      .array(fc.tuple(fc.oneof(name, fc.constantFrom("common", "displays")), space, tie("text")), { maxLength: 4 })
      .map((all) => `{${all.map(([key, gap, one]) => `${gap}"${key}"${gap}:${gap}${one}`).join(",")}}`),
  ),
}));
/** A page log, whole or not. */
const log = fc
  .record(
    {
      common: fc.record({ mid: scalar, is_new: scalar, uid: scalar }, { requiredKeys: ["uid"] }),
      displays: fc.array(fc.record({ item: scalar, order: scalar, other: text })),
      ts: scalar,
      list: fc.array(scalar),
      rate: scalar,
      ok: scalar,
      other: text,
    },
    { requiredKeys: [] },
  )
  .map((value) => {
    const textOf = (part: unknown): string =>
      typeof part === "string"
        ? part
        : Array.isArray(part)
          ? `[${part.map(textOf).join(",")}]`
          : `{${Object.entries(part as object).map(([key, one]) => `"${key}":${textOf(one)}`)}}`;
    return textOf(value);
  });
const cut = fc.tuple(fc.oneof(text, log), fc.nat()).map(([whole, at]) => whole.slice(0, at % (whole.length + 1)));

describe("skimming", () => {
  const take = (text: string, behind = "") => (skimmer(schema, true) as NonNullable<ReturnType<typeof skimmer>>)(recordOf(text, behind));

  it("gives what the long way gives, or leaves the record to it", () => {
    fc.assert(
      fc.property(fc.oneof(text, log, cut), fc.constantFrom("", '"', "}", "]}", '{"ts":1}', "1"), (record, behind) => {
        const taken = take(record, behind);
        if (taken === undefined) return;
        const decoded = long(recordOf(record, behind));
        if (decoded === undefined) throw new Error("the long way refuses it");
        expect(bare(taken as Value)).toEqual(bare(decoded as Value));
        expect(taken[META]).toEqual(decoded[META]);
        expect(elementTexts(taken)).toEqual(elementTexts(decoded));
      }),
      { numRuns: 5_000 },
    );
  });

  it.each([
    '{"common":{"mid":"mid_1","is_new":"1","uid":"7"},"displays":[{"item":"1","order":2,"more":{"a":[]}},null],"ts":1613959200000}',
    ' {\n"ts" : -5 , "rate" : 1.50 , "ok" : true , "list" : [ 1 , 2 ] } ',
    '{"ts":1,"ts":null,"other":[[[{}]],"a",-0.5,false]}',
    "{}",
  ])("takes %s", (record) => {
    expect(bare(take(record) as Value)).toEqual(bare(long(recordOf(record, "")) as Value));
  });

  it("leaves a record to the long way where a value has to be looked at twice", () => {
    for (const value of ['"5"', "1e3", "9007199254740993", '"a\\n"', "1.0"]) expect(take(`{"ts":${value}}`)).toBeUndefined();
  });

  it("leaves a source to the long way for a while when its records are of another kind, and comes back to it", () => {
    const skim = skimmer(schema, true) as NonNullable<ReturnType<typeof skimmer>>;
    const other = recordOf('{"ts":"5"}', "");
    const plain = recordOf('{"ts":5}', "");
    for (let i = 0; i < 1_000; i++) skim(other);
    const tries = Array.from({ length: 300 }, () => skim(plain) !== undefined);
    expect(tries[0]).toBe(false);
    expect(tries.at(-1)).toBe(true);
  });

  it("does not take types that need the record's text", () => {
    expect(skimmer(row({ price: { type: "DECIMAL", precision: 10, scale: 2 } }), true)).toBeUndefined();
    expect(skimmer(row({ price: { type: "DECIMAL", precision: 10, scale: 2 }, ts: { type: "BIGINT" } }), { ts: true })).toBeDefined();
  });
});
