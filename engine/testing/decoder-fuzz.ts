/**
 * Random documents against the decoder: whole ones, damaged ones and ones made to hurt, seeded. What the short way takes, the long way over `JSON.parse` must take as the
 * same row; what it leaves, the long way must refuse. The long way itself is held against `JSON.parse` and a strict UTF-8 decoder.
 */
import type { FieldTree } from "../src/codec/codec.ts";
import { parsingDecoder, readingDecoder } from "../src/codec/json-decode.ts";
import type { ReadRecord } from "../src/codec/json-reader.ts";
import { isName, memberRange, skipSpace, skipString, skipValue } from "../src/codec/json-scan.ts";
import { keyExtractor } from "../src/codec/key-extractor.ts";
import { type ByteRange, META, type Row, RowError } from "../src/node/index.ts";
import type { DataType, Schema, Value } from "../src/schema/index.ts";
import { Documents, type Shape } from "./fuzz-documents.ts";

export interface FuzzCounts {
  documents: number;
  /** Taken by the short way, with the same row as by the long one. */
  taken: number;
  /** Refused by both, and by `JSON.parse` or for a value that is not of its type. */
  refused: number;
  /** Keys that an extractor knew. */
  keyed: number;
  /** Left to the long way, which took them: a wanted member comes twice. */
  left: number;
}

const row = (fields: Readonly<Record<string, DataType>>): Schema => ({
  type: "ROW",
  fields: Object.entries(fields).map(([name, dataType]) => ({ name, dataType })),
});
const STRING: DataType = { type: "STRING" };

/** A page log's fields, and one of each other type. */
const SCHEMA = row({
  common: row({ mid: STRING, is_new: STRING, uid: { type: "STRING", nullable: false }, 品牌: STRING }),
  displays: { type: "ARRAY", element: row({ item: STRING, order: { type: "INT" } }) },
  ts: { type: "BIGINT" },
  small: { type: "TINYINT" },
  rate: { type: "DOUBLE" },
  part: { type: "FLOAT" },
  price: { type: "DECIMAL", precision: 10, scale: 2 },
  exact: { type: "DECIMAL", precision: 38, scale: 18 },
  ok: { type: "BOOLEAN" },
  list: { type: "ARRAY", element: { type: "BIGINT", nullable: false } },
  day: { type: "DATE" },
  at: { type: "TIMESTAMP", precision: 3 },
  any: { type: "VARIANT" },
  map: { type: "MAP", key: STRING, value: { type: "ARRAY", element: row({ item: STRING }) } },
  bytes: { type: "BYTES" },
  ["__proto__"]: STRING,
  'q"\\': { type: "INT" },
});
/** What fits, in every way that it may be written. */
const STRINGS = [
  ...[
    '""',
    '"1"',
    '"mid_1"',
    '"mid_23"',
    '"home"',
    '"a longer text, of more than thirty letters, with spaces"',
    '"a\\"b"',
    '"\\\\"',
    '"\\u00e9\\n"',
  ],
  ...[
    '"\\ud800"',
    '"\\ud83d\\ude00"',
    '"中文"',
    '"手机 品牌：小米，型号很长很长很长"',
    '"é"',
    '"a😀b"',
    '"\u007f"',
    '"\ufeff"',
    '"\ufffd"',
    "12",
    "1.50",
    "true",
    '{"a": 1}',
  ],
];
const WHOLES = ["0", "-0", "1", "-7", "127", "-128", "5", '"12"', "1e1", "12.0"];
const LONGS = [
  ...["1613959200000", "123456789012345", "1234567890123456", "9007199254740991", "9007199254740993", "-9007199254740993"],
  ...["-9223372036854775808", "9223372036854775807", '"9007199254740993"', "1e3"],
];
const FRACTIONS = [
  "0.1",
  "-0",
  "-0.0",
  "12.34",
  "123456789.12",
  "1e3",
  "2.345",
  "0.30000000000000004",
  "1E-7",
  "5e-324",
  "1e400",
  '"NaN"',
  '"1.5"',
];
const PRICES = [
  "0",
  "-0",
  "12.34",
  "-12.3",
  "99999999.99",
  "2.345",
  "-2.345",
  "1e-9",
  "2.34499999999999999999",
  '"1.50"',
  "-0.001",
  "12345678",
];
const EXACTS = ["12345678901234567890.123456789012345678", "0.000000000000000001", "1", "-1.5", "123456789012.123", "1e19"];
const SHAPE: Shape = {
  common: { mid: STRINGS, is_new: ['"0"', '"1"', "null"], uid: ['"7"', "7", '"1234567890"'], 品牌: STRINGS, ch: STRINGS },
  page: { page_id: STRINGS, during_time: LONGS },
  displays: [{ item: STRINGS, order: WHOLES, pos_id: ["1", "2"] }],
  ts: LONGS,
  small: WHOLES,
  rate: FRACTIONS,
  part: FRACTIONS,
  price: PRICES,
  exact: EXACTS,
  ok: ["true", "false", "null", '"TRUE"'],
  list: [LONGS],
  day: ['"2021-02-28"', '"1970-01-01"', "null", '"2021-03-01"'],
  at: ['"2021-02-28 12:13:14.5"', '"2021-02-28T12:13:14"'],
  any: ["1", "9007199254740993", '{"a":[9007199254740993,{}],"__proto__":1}', '"中\\n"', "[[[]]]"],
  map: { a: [{ item: STRINGS }], "": ["null", "[]"] },
  bytes: ['"AAH/"', '""', '"QUJD"'],
  ["__proto__"]: STRINGS,
  'q"\\': WHOLES,
};

/** What is wanted: all, a few fields, nothing. */
const WANTED: readonly FieldTree[] = [
  true,
  { common: { mid: true, uid: true }, displays: { "[]": { item: true } }, ts: true, price: true },
  {},
];
const DECODERS = WANTED.map((wanted) => ({
  reading: readingDecoder(SCHEMA, wanted) as ReadRecord,
  parse: parsingDecoder(SCHEMA, wanted),
}));

const KEYS = [["common", "mid"], ["ts"], ["small"]].map((path) => ({ path, extract: keyExtractor(SCHEMA, [path]) }));

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Throws for the first document that is not decoded as it must be, with the seed, its number and its bytes. */
export function fuzzDecoder(seed: number, documents: number): FuzzCounts {
  const counts: FuzzCounts = { documents: 0, taken: 0, refused: 0, keyed: 0, left: 0 };
  const source = new Documents(seed, SHAPE);
  for (; counts.documents < documents; counts.documents++) {
    const record = source.next();
    const { reading, parse } = DECODERS[counts.documents % DECODERS.length] as (typeof DECODERS)[number];
    // Of a batch, or alone: it is copied with what stands behind it, or without.
    reading.steady(counts.documents % 2 === 0);
    const wrong = compare(record, reading.read(record), parse, counts);
    if (!wrong) continue;
    const { bytes, start, end } = record;
    const text = Buffer.from(bytes.subarray(start, end)).toString("base64");
    throw new Error(`seed ${seed}, document ${counts.documents} (base64 ${text.slice(0, 4_000)}): ${wrong}`);
  }
  return counts;
}

function compare(
  record: ByteRange,
  taken: Row | undefined,
  parse: { decode(record: ByteRange): Row },
  counts: FuzzCounts,
): string | undefined {
  let decoded: Row;
  try {
    decoded = parse.decode(record);
  } catch (error) {
    if (!(error instanceof RowError)) return `the long way failed: ${error}`;
    counts.refused++;
    if (taken) return `taken, but the long way refuses it: ${error.message}`;
    const isJson = error.code !== "codec.not-json" && error.code !== "codec.not-utf8";
    return isJson === isJsonText(record) ? undefined : `JSON.parse does not agree with: ${error.message}`;
  }
  if (!isJsonText(record)) return "JSON.parse refuses it";
  if (!taken) {
    counts.left++;
    return undefined;
  }
  counts.taken++;
  const wrongKey = compareKeys(record, decoded, counts);
  if (wrongKey) return wrongKey;
  return same(taken, decoded) ? undefined : `the rows differ: ${JSON.stringify([taken, decoded], exact)}`;
}

/** The extractor stops at the first member that it finds, so it may miss one that comes again. */
function compareKeys(record: ByteRange, decoded: Row, counts: FuzzCounts): string | undefined {
  for (const { path, extract } of KEYS) {
    const keys = extract(record);
    if (!keys) continue;
    counts.keyed++;
    let value: Value | undefined = decoded;
    for (const name of path) value = (value as Row | null | undefined)?.[name];
    // Undefined where the decoder was not asked for it.
    if (value !== undefined && !same(keys, [value]) && !comesAgain(record, path))
      return `the key ${path.join(".")} is ${JSON.stringify(keys, exact)}, in the row it is ${JSON.stringify(value, exact)}`;
  }
  return undefined;
}

/** Whether some object on the path has its member twice. */
function comesAgain({ bytes, start }: ByteRange, path: readonly string[]): boolean {
  let from = skipSpace(bytes, start);
  for (const name of path) {
    let count = 0;
    for (let at = skipSpace(bytes, from + 1); bytes[at] === 0x22; ) {
      const nameEnd = skipString(bytes, at);
      if (isName(bytes, at, nameEnd, name)) count++;
      at = skipSpace(bytes, skipValue(bytes, skipSpace(bytes, skipSpace(bytes, nameEnd) + 1)));
      if (bytes[at] === 0x2c) at = skipSpace(bytes, at + 1);
    }
    if (count > 1) return true;
    from = memberRange(bytes, from, name)?.start ?? from;
  }
  return false;
}

function isJsonText({ bytes, start, end }: ByteRange): boolean {
  try {
    JSON.parse(utf8.decode(bytes.subarray(start, end)));
    return true;
  } catch {
    return false;
  }
}

/** Equal in every value, its sign and the order of fields, and in the bytes that rows know as their own. */
function same(a: unknown, b: unknown): boolean {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return Object.is(a, b);
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  if (a instanceof Map && b instanceof Map) return same([...a], [...b]);
  const [left, right] = [Object.keys(a), Object.keys(b)];
  if (left.length !== right.length) return false;
  for (const [i, name] of left.entries())
    if (name !== right[i] || !same((a as Record<string, unknown>)[name], (b as Record<string, unknown>)[name])) return false;
  const [one, other] = [(a as Row)[META]?.record, (b as Row)[META]?.record];
  return one?.bytes === other?.bytes && one?.start === other?.start && one?.end === other?.end;
}

function exact(_name: string, value: unknown): unknown {
  return typeof value === "bigint" ? `${value}n` : Object.is(value, -0) ? "-0" : value;
}
