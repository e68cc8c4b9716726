import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ByteRange, META, type Row, RowError } from "../node/index.ts";
import type { Schema } from "../schema/index.ts";
import { anySchemaAndRow, bare } from "./arbitraries.testing.ts";
import { codecOf, csvHeader } from "./index.ts";

const FORMAT = { name: "csv" } as const;
const codec = codecOf(FORMAT);
const schema: Schema = {
  type: "ROW",
  fields: [
    { name: "name", dataType: { type: "STRING" } },
    { name: "n", dataType: { type: "BIGINT" } },
    { name: "tags", dataType: { type: "ARRAY", element: { type: "STRING" } } },
  ],
};

const recordOf = (text: string): ByteRange => {
  const bytes = new TextEncoder().encode(text);
  return { bytes, start: 0, end: bytes.length };
};
const textOf = ({ bytes, start, end }: ByteRange) => new TextDecoder().decode(bytes.subarray(start, end));
const decode = (text: string, separator?: string) =>
  codec.decoder(schema, true, { ...FORMAT, ...(separator && { separator }) }).decode(recordOf(text));
const encode = (row: Row, separator?: string) => textOf(codec.encoder(schema, { ...FORMAT, ...(separator && { separator }) }).encode(row));
const messageOf = (text: string) => {
  try {
    decode(text);
  } catch (error) {
    if (error instanceof RowError) return error.message;
    throw error;
  }
  throw new Error("nothing was refused");
};

describe("CSV", () => {
  it.each([
    ["ann,1,[]", { name: "ann", n: 1, tags: [] }],
    ["ann,9007199254740993,", { name: "ann", n: 9007199254740993n, tags: null }],
    ['"a ""b"", c",1,"[""x"",null]"', { name: 'a "b", c', n: 1, tags: ["x", null] }],
    ['"two\nlines",1,\r\n', { name: "two\nlines", n: 1, tags: null }],
    ['"",,', { name: "", n: null, tags: null }],
    [",,", { name: null, n: null, tags: null }],
  ])("reads %j", (text, row) => {
    expect(Object.fromEntries(Object.entries(decode(text)))).toEqual(row);
  });

  it("keeps the record's bytes with the row", () => {
    expect(decode("a,1,")[META]?.record).toMatchObject({ format: "csv", start: 0, end: 4 });
  });

  it("reads and writes with another separator", () => {
    expect(decode("a,b;1;", ";")["name"]).toBe("a,b");
    expect(encode({ name: "a;b", n: 1, tags: null }, ";")).toBe('"a;b";1;');
  });

  it("tells NULL, an empty cell, from empty text, two quotes", () => {
    expect(encode({ name: null, n: null, tags: null })).toBe(",,");
    expect(encode({ name: "", n: 2, tags: ["a"] })).toBe('"",2,"[""a""]"');
  });

  it.each([
    ["a,1", "the record has 2 cells, expected 3 as the schema has fields. Correct the schema, the separator or the file."],
    ["a,1,[],x", "the record has 4 cells, expected 3 as the schema has fields. Correct the schema, the separator or the file."],
    [
      '"a,1,[]',
      "the record is not CSV: at character 0: the quote that opens here is not closed. Quote the cell, and double the quotes inside it.",
    ],
    [
      '"a"b,1,[]',
      'the record is not CSV: at character 3: expected "," after the closing quote. Quote the cell, and double the quotes inside it.',
    ],
    [
      'a"b,1,[]',
      "the record is not CSV: at character 1: a quote inside a cell that is not quoted. Quote the cell, and double the quotes inside it.",
    ],
    ["a,x,[]", 'n: expected BIGINT, got "x". Declare the type that it has, or mend what writes it.'],
  ])("refuses %j", (text, message) => {
    expect(messageOf(text)).toBe(message);
  });

  it("writes the names of the columns as a header", () => {
    expect(
      csvHeader({
        type: "ROW",
        fields: [
          { name: "a,b", dataType: { type: "INT" } },
          { name: "c", dataType: { type: "INT" } },
        ],
      }),
    ).toBe('"a,b",c');
  });

  it("reads back every row of every schema as it was written", () => {
    fc.assert(
      fc.property(anySchemaAndRow, fc.constantFrom(",", ";", "\t", "|"), ([anySchema, row], separator) => {
        const options = { ...FORMAT, separator };
        const written = codec.encoder(anySchema, options).encode(row as Row);
        expect(bare(codec.decoder(anySchema, true, options).decode(written))).toEqual(bare(row));
      }),
      { numRuns: 300 },
    );
  });
});
