import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ByteRange, META, type Row, RowError } from "../node/index.ts";
import type { DataType, Schema, Value } from "../schema/index.ts";
import { bare } from "./arbitraries.testing.ts";
import type { FieldTree } from "./codec.ts";
import { readingCsvDecoder, splittingDecoder } from "./csv.ts";

const TYPES: Readonly<Record<string, DataType>> = {
  text: { type: "STRING" },
  n: { type: "BIGINT" },
  small: { type: "TINYINT", nullable: false },
  rate: { type: "DOUBLE" },
  price: { type: "DECIMAL", precision: 10, scale: 2 },
  ok: { type: "BOOLEAN" },
  day: { type: "DATE" },
  tags: { type: "ARRAY", element: { type: "STRING" } },
  ["__proto__"]: { type: "STRING" },
};
const schemaOf = (names: readonly string[]): Schema => ({
  type: "ROW",
  fields: names.map((name) => ({ name, dataType: TYPES[name] as DataType })),
});

function recordOf(record: Uint8Array, behind: string): ByteRange {
  const tail = new TextEncoder().encode(behind);
  const bytes = new Uint8Array(1 + record.length + tail.length);
  bytes.set(record, 1);
  bytes.set(tail, 1 + record.length);
  return { bytes, start: 1, end: 1 + record.length };
}

/** What both ways make of it; the short one may leave it to the long one only if that refuses it. */
function readBoth(names: readonly string[], record: ByteRange, separator = ",", wanted: FieldTree = true): Row | undefined {
  const schema = schemaOf(names);
  const read = readingCsvDecoder(schema, wanted, separator)?.(record);
  let split: Row | undefined;
  try {
    split = splittingDecoder(schema, wanted, separator).decode(record);
  } catch (error) {
    if (!(error instanceof RowError)) throw error;
  }
  expect(read && bare(read as Value)).toEqual(split && bare(split as Value));
  expect(read?.[META]).toEqual(split?.[META]);
  return read;
}

const cell = fc.oneof(
  fc.constantFrom(
    "",
    "",
    "a",
    "中文",
    "a b",
    '""',
    '"a"',
    '"a ""b"" c"',
    '"two\nlines"',
    '"中,;|"',
    '"',
    'a"b',
    '"a"b',
    "\ufffd",
    "\\n",
    "tab\tb",
  ),
  fc.constantFrom(
    "0",
    "-0",
    "12",
    "+12",
    "007",
    "127",
    "128",
    "1.5",
    "1.",
    ".5",
    "1e3",
    " 12 ",
    '"12"',
    "9007199254740993",
    "9223372036854775808",
  ),
  fc.constantFrom("true", "FALSE", "truefalse", "2021-02-28", "2021-02-29", "[]", '"[""x"",null]"', "[", "NaN", "12.34", "99999999.999"),
);
const separator = fc.constantFrom(",", ";", "\t", "|", " ", ".", "::", "1");

describe("the CSV reader", () => {
  it("gives what the long way gives, or leaves the record to it where that refuses it", { timeout: 60_000 }, () => {
    const names = fc.subarray(Object.keys(TYPES), { minLength: 1 });
    const damage = fc.array(fc.tuple(fc.nat(), fc.constantFrom(0x22, 0x2c, 0x80, 0xc3, 0xe4, 0xff, 0x0d, 0x0a)), { maxLength: 2 });
    const behind = fc.constantFrom("", "\n", "1,2\n", `"${" ".repeat(100)}`, " ".repeat(100), "9".repeat(100));
    let taken = 0;
    fc.assert(
      fc.property(
        names,
        fc.array(cell, { minLength: 10, maxLength: 10 }),
        separator,
        damage,
        behind,
        (columns, cells, by, damages, tail) => {
          const count = columns.length + (cells[9] === "a" ? 1 : 0);
          const text = cells.slice(0, count).join(by) + (cells[9] === "" ? "\r\n" : cells[9] === '""' ? "\n" : "");
          const bytes = new TextEncoder().encode(text);
          for (const [at, byte] of damages) if (at % 7 === 0 && bytes.length > 0) bytes[at % bytes.length] = byte;
          const isShort = !["::", "1", "."].includes(by);
          const record = recordOf(bytes, tail);
          if (isShort && readBoth(columns, record, by)) taken++;
          if (!isShort) expect(readingCsvDecoder(schemaOf(columns), true, by)).toBeUndefined();
        },
      ),
      { numRuns: 2_000 },
    );
    expect(taken).toBeGreaterThan(20);
  });

  it.each([
    ['ann,12,5,1.50,12.34,true,2021-02-28,"[""x""]",p', { text: "ann", n: 12, small: 5, rate: 1.5, price: 1234, ok: true, day: 18_686 }],
    ['"a ""b""",9007199254740993,5,NaN,,FALSE,,,"中文"\r\n', { text: 'a "b"', n: 9007199254740993n, price: null, ok: false, tags: null }],
    ["\\n,007,5,,,,,,", { text: "\\n", n: 7 }],
  ])("takes %j", (text, row) => {
    for (const behind of ["", "\n1,2", "x".repeat(100)])
      expect({ ...readBoth(Object.keys(TYPES), recordOf(new TextEncoder().encode(text), behind)) }).toMatchObject(row);
  });

  it("reads what is wanted alone, and still refuses what is no CSV or no UTF-8", () => {
    const wanted: FieldTree = { n: true };
    const read = (text: string) => readBoth(["text", "n", "small"], recordOf(new TextEncoder().encode(text), ""), ",", wanted);
    expect(Object.keys(read("x,1,not a number") ?? {})).toEqual(["n"]);
    for (const text of ['x"y,1,2', '"x,1,2', "x,1", "x,1,2,3"]) expect(read(text)).toBeUndefined();
    expect(readBoth(["text", "n"], recordOf(Uint8Array.of(0xe4, 0xb8, 0x2c, 0x31), ""), ",", wanted)).toBeUndefined();
    expect(readBoth(["n", "text"], recordOf(Uint8Array.of(0x31, 0x2c, 0xe4, 0xb8), "\u00ad"), ",", wanted)).toBeUndefined();
  });
});
