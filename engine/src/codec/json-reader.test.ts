// biome-ignore-all lint/suspicious/noTemplateCurlyInString: names that could break out of compiled text
import { afterEach, describe, expect, it, vi } from "vitest";
import { type ByteRange, META, type Row } from "../node/index.ts";
import type { DataType, Schema, Value } from "../schema/index.ts";
import { bare } from "./arbitraries.testing.ts";
import type { FieldTree } from "./codec.ts";
import { jsonDecoder, parsingDecoder, readingDecoder } from "./json-decode.ts";
import type { ReadRecord } from "./json-reader.ts";

const schemaOf = (fields: Readonly<Record<string, DataType>>): Schema => ({
  type: "ROW",
  fields: Object.entries(fields).map(([name, dataType]) => ({ name, dataType })),
});
const STRING: DataType = { type: "STRING" };
const LOG = schemaOf({
  common: schemaOf({ mid: STRING, is_new: STRING }),
  displays: { type: "ARRAY", element: schemaOf({ item: STRING, order: { type: "INT" } }) },
  ts: { type: "BIGINT" },
});

/** The record with other bytes behind it, as in a batch, or as the last of its buffer. */
function recordOf(text: string | Uint8Array, behind = " ".repeat(100)): ByteRange {
  const record = typeof text === "string" ? new TextEncoder().encode(text) : text;
  const bytes = new Uint8Array(1 + record.length + behind.length);
  bytes[0] = 0x22;
  bytes.set(record, 1);
  bytes.set(new TextEncoder().encode(behind), 1 + record.length);
  return { bytes, start: 1, end: 1 + record.length };
}

const LIST = schemaOf({ list: { type: "ARRAY", element: { type: "INT" } }, ts: { type: "BIGINT" } });

/** Records one behind the other in one buffer, with something that is none between them. */
function batchOf(texts: readonly string[]): [bytes: Uint8Array, ranges: ByteRange[]] {
  const between = '"}]';
  const bytes = new TextEncoder().encode(texts.map((text) => between + text).join("") + between);
  let end = 0;
  const ranges = texts.map((text) => {
    const start = end + between.length;
    end = start + new TextEncoder().encode(text).length;
    return { bytes, start, end };
  });
  return [bytes, ranges];
}

const readerOf = (schema: Schema, wanted: FieldTree = true) => (readingDecoder(schema, wanted) as ReadRecord).read;
const read = (schema: Schema, text: string | Uint8Array, behind?: string) => readerOf(schema)(recordOf(text, behind));
const parsed = (schema: Schema, text: string, wanted: FieldTree = true) =>
  bare(parsingDecoder(schema, wanted).decode(recordOf(text)) as Value);
const textOf = (row: Row | null | undefined) => {
  const record = row?.[META]?.record;
  return record && new TextDecoder().decode(record.bytes.subarray(record.start, record.end));
};

describe("the reader", () => {
  it.each<[string, DataType, readonly string[]]>([
    ["texts", STRING, ['""', '"mid_1"', '"中文 😀"', '"a\\n\\u4e2d"', '"\\ud800"', "12", "1.50", '{"a": [1]}']],
    [
      "whole numbers",
      { type: "BIGINT" },
      [
        "0",
        "-0",
        "-7",
        "1613959200000",
        "9007199254740991",
        "9007199254740993",
        "1000000000000000000",
        "-9223372036854775808",
        '"5"',
        "1e3",
        "1.0",
      ],
    ],
    ["small numbers", { type: "TINYINT" }, ["127", "-128"]],
    ["fractions", { type: "DOUBLE" }, ["-0", "0.1", "-12.34", "123456789.123456", "0.30000000000000004", "1e400", "5e-324", '"NaN"']],
    ["single precision", { type: "FLOAT" }, ["0.1", "16777217", "1e-3"]],
    ["decimals", { type: "DECIMAL", precision: 10, scale: 2 }, ["0", "-0", "12.3", "-12.34", "2.345", "99999999.99", "1e2", '"1.5"']],
    ["long decimals", { type: "DECIMAL", precision: 38, scale: 18 }, ["12345678901234567890.123456789012345678", "1"]],
    ["booleans", { type: "BOOLEAN" }, ["true", "false", '"TRUE"']],
    ["days", { type: "DATE" }, ['"2021-02-28"', '"2021-02-28"', '"1970-01-01"']],
    ["times", { type: "TIMESTAMP", precision: 9 }, ['"1970-01-01 00:00:01.000000001"']],
    ["bytes", { type: "BYTES" }, ['"AAH/"', '""']],
    ["values of any kind", { type: "VARIANT" }, ['{"a":[9007199254740993,{}],"__proto__":1}', '"中"', "-0", "[]"]],
    ["maps", { type: "MAP", key: { type: "INT" }, value: { type: "ARRAY", element: LOG } }, ['{"1":[{"ts":5}],"2":null}', "{}"]],
    ["lists", { type: "ARRAY", element: { type: "BIGINT" } }, ["[]", "[1,null , 2]", '["3"]']],
  ])("takes %s as the long way does, however they are written", (_name, dataType, texts) => {
    const schema = schemaOf({ v: dataType });
    for (const text of [...texts, "null"]) {
      const record = `{"v":${text},"other":[]}`;
      expect(bare(read(schema, record) as Value), text).toEqual(parsed(schema, record));
      expect(bare(read(schema, ` {\n"v" : ${text}\t} `, "") as Value), text).toEqual(parsed(schema, record));
    }
  });

  it.each([
    '{"ts":01}',
    '{"ts":1',
    '{"ts":1}}',
    '{"ts":1,}',
    '{"ts" 1}',
    '{"other":[1,]}',
    '{"other":{"a":1,}}',
    '{"other":[}',
    '{"other":tru}',
    '{"other":1.}',
    '{"other":1e}',
    '{"other":-}',
    '{"other":"a\tb"}',
    '{"other":"\\x"}',
    '{"other":"\\u12g4"}',
    '{"other":"a}',
    "\ufeff{}",
    "[]",
    "",
    "\u00a0{}",
  ])("does not take %j, whatever stands behind it", (text) => {
    for (const behind of ["", '"', "}", "]}", '{"ts":1}', "0", 'e"}', " ".repeat(100)])
      expect(read(LOG, text, behind), behind).toBeUndefined();
  });

  it("does not take bytes that are no UTF-8, in values or names, wanted or not", () => {
    const damages = [[0xff], [0xc0, 0x80], [0xe4, 0xb8], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0x80]];
    for (const damage of damages)
      for (const [before, after] of [
        ['{"common":{"mid":"', '"}}'],
        ['{"other":"', '"}'],
        ['{"', '":1}'],
        ['{"other":[{"', '":1}]}'],
      ] as const) {
        const bytes = Uint8Array.from([...new TextEncoder().encode(before), ...damage, ...new TextEncoder().encode(after)]);
        expect(read(LOG, bytes)).toBeUndefined();
        expect(read(LOG, bytes, "")).toBeUndefined();
      }
  });

  it("leaves a record to the long way that has a wanted member twice, and takes one that has another twice", () => {
    for (const text of ['{"ts":1,"ts":2}', '{"ts":1,"t\\u0073":3}', '{"ts":null,"ts":1}', '{"common":{},"common":{}}'])
      expect(read(LOG, text)).toBeUndefined();
    expect(read(LOG, '{"ts":1,"other":2,"other":3}')).toMatchObject({ ts: 1 });
  });

  it("knows names by all their bytes, also those that could be taken for something else", () => {
    const names = [
      "a",
      "ab",
      "__proto__",
      "constructor",
      "中文",
      'q"',
      "\\",
      "</script>",
      "');alert(1)//",
      "${1}",
      "\u2028",
      "x".repeat(60),
      "",
    ];
    const schema = schemaOf(Object.fromEntries(names.map((name): [string, DataType] => [name, STRING])));
    const record = `{${names.map((name, i) => `${JSON.stringify(name)}:"${i}"`).join(",")},"abc":"","x":""}`;
    const own = Object.entries(read(schema, record) as Row);
    expect(own).toEqual(names.map((name, i) => [name, String(i)]));
    expect(({} as Record<string, unknown>)["0"]).toBeUndefined();
  });

  it("learns the names of a source, and goes on when there are more than it can learn", () => {
    const reader = readerOf(LOG);
    for (let i = 0; i < 1_000; i++) {
      const row = reader(
        recordOf(`{"x${i}":1,"common":{"y${i}":{},"mid":"m${i}"},"ts":${i},"displays":[{"z${i}":[{"w${i}":1}],"order":1}]}`),
      );
      expect(bare(row as Value)).toEqual(parsed(LOG, `{"common":{"mid":"m${i}"},"ts":${i},"displays":[{"order":1}]}`));
    }
  });

  it("gives the rows of an array their own bytes, also in a record that ends with its buffer", () => {
    for (const behind of ["", " ".repeat(100)]) {
      const row = read(LOG, '{"displays":[ {"item":"1", "x":{}}, null,{"order":2}]}', behind) as { displays: (Row | null)[] };
      expect(row.displays.map(textOf)).toEqual(['{"item":"1", "x":{}}', undefined, '{"order":2}']);
    }
  });

  it("keeps to the record where it lies, one after the other in one buffer", () => {
    const texts = ['{"ts":1}', '{"ts":2,"common":{"mid":"中"}}', '{"ts":3}'];
    const bytes = new TextEncoder().encode(texts.join(""));
    const reader = readerOf(LOG, { ts: true });
    let start = 0;
    for (const [i, text] of texts.entries()) {
      const end = start + new TextEncoder().encode(text).length;
      expect(reader({ bytes, start, end })).toMatchObject({ ts: i + 1 });
      expect(reader({ bytes, start, end: end - 1 })).toBeUndefined();
      start = end;
    }
  });

  it("passes over any nesting, and any length", { timeout: 60_000 }, () => {
    const levels = 300_000;
    expect(read(LOG, `{"other":${"[".repeat(levels)}${"]".repeat(levels)},"ts":1}`)).toMatchObject({ ts: 1 });
    expect(read(LOG, `{"other":${'{"a":['.repeat(levels)}${"]}".repeat(levels)},"ts":1}`)).toMatchObject({ ts: 1 });
    expect(read(LOG, `{"other":${"[".repeat(70)}${"]".repeat(69)}},"ts":1}`)).toBeUndefined();
    expect(read(LOG, `{"other":${"[".repeat(levels)}`, "]".repeat(levels))).toBeUndefined();
    const long = "x".repeat(1 << 20);
    expect(read(LOG, `{"other":"${long}","common":{"mid":"${long}"}}`, "")).toMatchObject({ common: { mid: long } });
  });

  it("leaves to the long way what does not fit into its memory", { timeout: 60_000 }, () => {
    const long = "x".repeat(10 << 20);
    const elements = `[${"1,".repeat(1 << 20)}1]`;
    const decoder = jsonDecoder(LIST, true);
    for (let i = 0; i < 16; i++) decoder.decode(recordOf("{}"));
    for (const text of [`{"other":"${long}","ts":1}`, `{"list":${elements},"ts":1}`]) {
      expect(read(LIST, text)).toBeUndefined();
      expect(decoder.decode(recordOf(text))).toMatchObject({ ts: 1 });
      expect(read(LIST, '{"ts":2}')).toMatchObject({ ts: 2 });
    }
  });

  it("reads many records of a batch at once, whatever lies between them and in whatever order they come", { timeout: 60_000 }, () => {
    const texts = Array.from({ length: 2_000 }, (_, i) => `{"ts":${i},"common":{"mid":"${"m".repeat((i * 7) % 300)}"}}`);
    texts[500] = `{"ts":500,"other":"${"x".repeat(100_000)}"}`;
    const [bytes, ranges] = batchOf(texts);
    const { read: decode, steady } = readingDecoder(LOG, { ts: true, common: { mid: true } }) as ReadRecord;
    const inOrder = texts.map((_, i) => i);
    const spread = inOrder.filter((i) => i % 37 === 0);
    for (const order of [inOrder, spread, inOrder.toReversed(), [...spread, ...inOrder]]) {
      steady(true);
      for (const i of order) {
        const range = ranges[i] as ByteRange;
        const row = decode(range);
        expect(bare(row as Value)).toEqual(parsed(LOG, texts[i] as string, { ts: true, common: { mid: true } }));
        expect(textOf(row)).toBe(texts[i]);
        expect(decode({ ...range, end: range.end - 1 })).toBeUndefined();
      }
      steady(false);
    }
    expect(bytes).toEqual(batchOf(texts)[0]);
  });

  it("sees what has changed of bytes that are used again, between batches and between records that belong to none", () => {
    const [bytes, [first]] = batchOf(['{"ts":1}', '{"ts":2}']);
    const { read: decode, steady } = readingDecoder(LOG, { ts: true }) as ReadRecord;
    const other = readingDecoder(LOG, { ts: true }) as ReadRecord;
    const digit = (first as ByteRange).start + 6;
    for (let value = 3; value < 9; value++) {
      steady(value % 2 === 0);
      bytes[digit] = 0x30 + value;
      expect(decode(first as ByteRange)).toMatchObject({ ts: value });
      // Another decoder's record in between, of the same bytes changed: the batch is not its own.
      bytes[digit] = 0x39;
      expect(other.read(first as ByteRange)).toMatchObject({ ts: 9 });
      bytes[digit] = 0x30 + value;
      expect(decode(first as ByteRange)).toMatchObject({ ts: value });
    }
  });

  it("remembers texts by all their bytes, and forgets some for others", { timeout: 60_000 }, () => {
    const reader = readerOf(LOG, { common: { mid: true } });
    const texts = Array.from({ length: 20_000 }, (_, i) => `${"中".repeat(i % 3)}${"m".repeat(i % 29)}${i % 5 === 0 ? "\n" : ""}${i}`);
    for (const text of [...texts, ...texts.slice(0, 100), ...texts, "", "m", "\u0000", "m"]) {
      const written = JSON.stringify(text);
      expect((reader(recordOf(`{"common":{"mid":${written}}}`)) as { common: { mid: string } }).common.mid).toBe(text);
    }
    // The same new text twice in a record, and each of a record's texts, are what they are in the next one too.
    for (const text of ["twice", "twice", "once"])
      expect(readerOf(LOG)(recordOf(`{"common":{"mid":"${text}","is_new":"${text}"}}`))).toMatchObject({
        common: { mid: text, is_new: text },
      });
  });
});

describe("a name that is wanted and no field", () => {
  const wanted = { ts: true, new: {}, displays: { "[]": { item: true, page: {} } } } as const;
  const reader = readerOf(LOG, { ...wanted });
  const lacks = (row: Row | null | undefined) => row?.[META]?.record?.lacks && [...row[META].record.lacks];

  it.each([
    ['{"ts":1}', true],
    ['{"ts":1,"other":{"new":2},"common":{"new":1}}', true],
    ['{"ts":1,"new":1}', false],
    ['{"new":null}', false],
    ['{"ts":1,"n\\u0065w":1}', false],
    ['{"ts":1,"new":{"new":[{}]}}', false],
  ])("is known to be missing where it is: %s", (text, isMissing) => {
    // In turn with others, for names are learned.
    for (const other of ['{"ts":2}', '{"new":2}']) {
      reader(recordOf(other));
      const row = reader(recordOf(text));
      expect(lacks(row)).toEqual(isMissing ? ["new"] : undefined);
      expect(bare(row as Value)).toEqual(parsed(LOG, text, wanted));
    }
  });

  it("is known of each row in an array by itself", () => {
    const row = reader(recordOf('{"displays":[{"item":"a"},{"page":1},{},null,{"item":"b","page":{}},{"order":1}],"page":1}'));
    const { displays } = row as unknown as { displays: readonly (Row | null)[] };
    expect(displays.map(lacks)).toEqual([["page"], undefined, ["page"], undefined, undefined, ["page"]]);
  });

  it("leaves to the long way a record that has it twice", () => {
    expect(reader(recordOf('{"new":1,"ts":1,"new":2}'))).toBeUndefined();
  });
});

describe("a decoder", () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it("decodes the first records without a reader, and all the same after them", () => {
    const decoder = jsonDecoder(LOG, true);
    for (let i = 0; i < 100; i++) {
      expect(bare(decoder.decode(recordOf(`{"ts":${i}}`)) as Value)).toEqual(parsed(LOG, `{"ts":${i}}`));
      expect(() => decoder.decode(recordOf(`{"ts":"x${i}"}`))).toThrow(`ts: expected BIGINT, got "x${i}".`);
    }
  });

  it("decodes where nothing may be compiled", async () => {
    vi.resetModules();
    vi.stubGlobal("Function", () => {
      throw new EvalError("unsafe-eval is not allowed");
    });
    const { jsonDecoder: strict } = await import("./json-decode.ts");
    const decoder = strict(LOG, true);
    for (let i = 0; i < 100; i++) expect({ ...decoder.decode(recordOf(`{"ts":${i}}`)) }).toMatchObject({ ts: i, common: null });
  });
});
