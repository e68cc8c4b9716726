import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ByteRange, changeRow, type KnownMembers, META, type Row, RowError, removeField } from "../node/index.ts";
import type { DataType, Schema, Value } from "../schema/index.ts";
import { anySchemaAndRow, bare, damagedText, json, jsonObjectText } from "./arbitraries.testing.ts";
import { codecOf, type FieldTree } from "./index.ts";
import { MAX_VARIANT_DEPTH } from "./json-decode.ts";

const FORMAT = { name: "json" } as const;
const codec = codecOf(FORMAT);

/** The record in the middle of a larger buffer, as batches hold them. */
function recordOf(text: string | Uint8Array): ByteRange {
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
  const buffer = new Uint8Array(bytes.length + 6).fill(0x22);
  buffer.set(bytes, 3);
  return { bytes: buffer, start: 3, end: 3 + bytes.length };
}

const textOf = ({ bytes, start, end }: ByteRange) => new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(start, end));
const schemaOf = (fields: Readonly<Record<string, DataType>>): Schema => ({
  type: "ROW",
  fields: Object.entries(fields).map(([name, dataType]) => ({ name, dataType })),
});
const decode = (schema: Schema, text: string | Uint8Array, wanted: FieldTree = true) =>
  codec.decoder(schema, wanted, FORMAT).decode(recordOf(text));
const one = (dataType: DataType, text: string): Value => decode(schemaOf({ v: dataType }), `{"v":${text}}`)["v"] as Value;
const plain = (row: Row) => Object.fromEntries(Object.entries(row));

function errorOf(run: () => unknown): { code: string; message: string } {
  try {
    run();
  } catch (error) {
    if (error instanceof RowError) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error("nothing was refused");
}

describe("decoding", () => {
  const shape = schemaOf({ page: schemaOf({ id: { type: "STRING" }, ms: { type: "BIGINT" } }), ts: { type: "BIGINT" } });

  it("takes the wanted fields and leaves the rest behind", () => {
    const row = decode(shape, '{"page":{"id":"home","ms":7,"other":1},"ts":5,"more":[]}', { page: { id: true } });
    expect(plain(row)).toEqual({ page: { id: "home" } });
  });

  it("gives null for what is missing or null", () => {
    expect(plain(decode(shape, '{"page":null}'))).toEqual({ page: null, ts: null });
    expect(plain(decode(shape, '{"page":{}}'))).toEqual({ page: { id: null, ms: null }, ts: null });
  });

  it("keeps the record's bytes with the row", () => {
    const record = recordOf('{"ts":1}');
    const row = codec.decoder(shape, {}, FORMAT).decode(record);
    expect(row[META]?.record).toEqual({ format: "json", ...record });
  });

  it("takes the last of several members of one name", () => {
    expect(plain(decode(shape, '{"ts":1,"ts":2}', { ts: true }))).toEqual({ ts: 2 });
  });

  it("does not take what every object inherits for a member, nor lets a record reach a prototype", () => {
    const schema: Schema = {
      type: "ROW",
      fields: ["constructor", "__proto__", "toString"].map((name) => ({ name, dataType: { type: "STRING" } })),
    };
    expect(new Map(Object.entries(decode(schema, "{}")))).toEqual(
      new Map([
        ["constructor", null],
        ["__proto__", null],
        ["toString", null],
      ]),
    );
    const own: Schema = { type: "ROW", fields: ["__proto__", "constructor"].map((name) => ({ name, dataType: { type: "VARIANT" } })) };
    const row = decode(own, '{"__proto__":{"polluted":1},"constructor":2}');
    expect(Object.entries(row)).toEqual([
      ["__proto__", { polluted: 1 }],
      ["constructor", 2],
    ]);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });

  it.each<[DataType, string, Value]>([
    [{ type: "BIGINT" }, "9007199254740991", 9007199254740991],
    [{ type: "BIGINT" }, "9007199254740993", 9007199254740993n],
    [{ type: "BIGINT" }, "-9223372036854775808", -(2n ** 63n)],
    [{ type: "BIGINT" }, '"9007199254740993"', 9007199254740993n],
    [{ type: "BIGINT" }, '" 12 "', 12],
    [{ type: "BIGINT" }, "-0", 0],
    [{ type: "BIGINT" }, "1e3", 1000],
    [{ type: "INT" }, "12.0", 12],
    [{ type: "INT" }, '"12.0"', 12],
    [{ type: "TINYINT" }, "-128", -128],
    [{ type: "DOUBLE" }, '"1.5"', 1.5],
    [{ type: "DOUBLE" }, '"NaN"', Number.NaN],
    [{ type: "FLOAT" }, "0.1", Math.fround(0.1)],
    [{ type: "BOOLEAN" }, '"TRUE"', true],
    [{ type: "STRING" }, "12", "12"],
    [{ type: "STRING" }, "12345678901234567890", "12345678901234567890"],
    [{ type: "STRING" }, "1.50", "1.50"],
    [{ type: "STRING" }, "true", "true"],
    [{ type: "STRING" }, '{"a": [1, "b  c"]}', '{"a":[1,"b  c"]}'],
    [{ type: "DECIMAL", precision: 10, scale: 2 }, "12.34", 1234],
    [{ type: "DECIMAL", precision: 10, scale: 2 }, '"12.34"', 1234],
    [{ type: "DECIMAL", precision: 10, scale: 2 }, "2.345", 235],
    [{ type: "DECIMAL", precision: 10, scale: 2 }, "-2.345", -235],
    [{ type: "DECIMAL", precision: 10, scale: 2 }, "2.34499999999999999999", 234],
    [{ type: "DECIMAL", precision: 10, scale: 2 }, "1e-9", 0],
    [{ type: "DECIMAL", precision: 38, scale: 18 }, "12345678901234567890.123456789012345678", 12345678901234567890123456789012345678n],
    [{ type: "BYTES" }, '"AAH/"', Uint8Array.from([0, 1, 255])],
    [{ type: "DATE" }, '"1970-01-02"', 1],
    [{ type: "TIME", precision: 3 }, '"00:00:01.5"', 1500],
    [{ type: "TIMESTAMP", precision: 3 }, '"1970-01-01 00:00:01.2345"', 1234],
    [{ type: "TIMESTAMP", precision: 3 }, '"1970-01-01T00:00:01"', 1000],
    [{ type: "TIMESTAMP", precision: 9 }, '"1970-01-01 00:00:01.000000001"', 1000000001n],
    [{ type: "TIMESTAMP_LTZ", precision: 3 }, '"1970-01-01 08:00:00+08:00"', 0],
    [
      { type: "MAP", key: { type: "INT" }, value: { type: "BIGINT" } },
      '{"1":2,"3":null}',
      new Map([
        [1, 2],
        [3, null],
      ]),
    ],
    [{ type: "ARRAY", element: { type: "STRING" } }, '["a",null,1]', ["a", null, "1"]],
    [{ type: "VARIANT" }, '{"a":9007199254740993,"b":[1.5]}', { a: 9007199254740993n, b: [1.5] }],
  ])("reads %j from %s", (dataType, text, value) => {
    expect(one(dataType, text)).toEqual(value);
  });

  it.each<[DataType, string, string]>([
    [{ type: "BIGINT" }, '"abc"', 'v: expected BIGINT, got "abc". Declare the type that it has, or mend what writes it.'],
    [
      { type: "BIGINT" },
      "9223372036854775808",
      "v: expected BIGINT, got 9223372036854775808. Declare the type that it has, or mend what writes it.",
    ],
    [{ type: "BIGINT" }, "1e400", "v: expected BIGINT, got 1e400. Declare the type that it has, or mend what writes it."],
    [{ type: "INT" }, "1.5", "v: expected INT, got 1.5. Declare the type that it has, or mend what writes it."],
    [{ type: "INT" }, "2147483648", "v: expected INT, got 2147483648. Declare the type that it has, or mend what writes it."],
    [{ type: "INT" }, '""', 'v: expected INT, got "". Declare the type that it has, or mend what writes it.'],
    [{ type: "DOUBLE" }, "[]", "v: expected DOUBLE, got []. Declare the type that it has, or mend what writes it."],
    [{ type: "BOOLEAN" }, "1", "v: expected BOOLEAN, got 1. Declare the type that it has, or mend what writes it."],
    [
      { type: "DECIMAL", precision: 4, scale: 2 },
      "100",
      "v: expected DECIMAL(4, 2), got 100. Declare the type that it has, or mend what writes it.",
    ],
    [{ type: "DATE" }, '"2021-02-29"', 'v: expected DATE, got "2021-02-29". Declare the type that it has, or mend what writes it.'],
    [
      { type: "TIMESTAMP", precision: 3 },
      "1608279630000",
      "v: expected TIMESTAMP, got 1608279630000. Declare the type that it has, or mend what writes it.",
    ],
    [
      { type: "ARRAY", element: { type: "INT" } },
      '[1,{"b":"x"}]',
      'v[1]: expected INT, got {"b":"x"}. Declare the type that it has, or mend what writes it.',
    ],
    [
      { type: "MAP", key: { type: "STRING" }, value: { type: "INT" } },
      '{"k":"x"}',
      'v.k: expected INT, got "x". Declare the type that it has, or mend what writes it.',
    ],
    [
      { type: "ROW", fields: [{ name: "x", dataType: { type: "INT" } }] },
      "[1]",
      "v: expected an object (ROW), got [1]. Declare the type that it has, or mend what writes it.",
    ],
    [
      { type: "STRING", nullable: false },
      "null",
      "v: expected STRING NOT NULL, got nothing. Declare the field as nullable, or mend what writes it.",
    ],
  ])("refuses %j from %s", (dataType, text, message) => {
    expect(errorOf(() => one(dataType, text)).message).toBe(message);
  });

  it.each([
    ["42", "codec.wrong-type", "the record: expected an object (ROW), got 42. Declare the type that it has, or mend what writes it."],
    ["null", "codec.wrong-type", "the record: expected an object (ROW), got null. Declare the type that it has, or mend what writes it."],
    ["", "codec.not-json", "the record is not JSON: at byte 0: there is no text. Mend what writes it, or read it as text."],
    ['{"ts":1', "codec.not-json", "the record is not JSON: at byte 7: the text ends too early. Mend what writes it, or read it as text."],
  ])("refuses the record %j", (text, code, message) => {
    expect(errorOf(() => decode(shape, text))).toEqual({ code, message });
  });

  it("refuses bytes that are no UTF-8, wanted or not, and takes a U+FFFD that the record has itself", () => {
    const damaged = Uint8Array.from([...new TextEncoder().encode('{"x":"'), 0xff, ...new TextEncoder().encode('"}')]);
    expect(errorOf(() => decode(shape, damaged, {})).code).toBe("codec.not-utf8");
    expect(one({ type: "STRING" }, '"\ufffd"')).toBe("\ufffd");
  });

  it("refuses what JSON.parse refuses, and nothing else, whatever fields are wanted", () => {
    const variant = schemaOf({ a: { type: "VARIANT" } });
    fc.assert(
      fc.property(damagedText, fc.constantFrom<FieldTree>(true, {}), (text, wanted) => {
        let parsed: unknown;
        try {
          parsed = JSON.parse(text);
        } catch {
          parsed = undefined;
        }
        const isObject = typeof parsed === "object" && parsed !== null && !Array.isArray(parsed);
        if (isObject) expect(() => decode(variant, text, wanted)).not.toThrow();
        else
          expect(errorOf(() => decode(variant, text, wanted)).code).toMatch(
            parsed === undefined ? /^codec\.not-json$/ : /^codec\.wrong-type$/,
          );
      }),
      { numRuns: 1_000 },
    );
  });

  it("survives any nesting: refused in a VARIANT beyond the limit, let pass where it is not wanted", () => {
    const nested = (levels: number) => `{"v":${"[".repeat(levels)}${"]".repeat(levels)}}`;
    const schema = schemaOf({ v: { type: "VARIANT" } });
    expect(() => decode(schema, nested(MAX_VARIANT_DEPTH))).not.toThrow();
    expect(errorOf(() => decode(schema, nested(MAX_VARIANT_DEPTH + 1))).code).toBe("codec.too-deep");
    expect(errorOf(() => decode(schema, nested(200_000))).code).toBe("codec.too-deep");
    expect(() => decode(schema, nested(200_000), {})).not.toThrow();
  });
});

describe("encoding", () => {
  const encode = (schema: Schema, row: Row, omitNulls?: boolean) =>
    textOf(codec.encoder(schema, omitNulls === undefined ? FORMAT : { ...FORMAT, omitNulls }).encode(row));

  it("writes an unchanged record as its own bytes, without copying them", () => {
    const schema = schemaOf({ a: { type: "INT" } });
    const record = recordOf('{ "b":1.10, "a" : 1 }');
    const written = codec.encoder(schema, FORMAT).encode(codec.decoder(schema, true, FORMAT).decode(record));
    expect(written.bytes).toBe(record.bytes);
    expect(textOf(written)).toBe('{ "b":1.10, "a" : 1 }');
  });

  it("leaves NULLs out, or writes them where asked", () => {
    const schema = schemaOf({ a: { type: "INT" }, b: schemaOf({ c: { type: "INT" } }) });
    expect(encode(schema, { a: null, b: { c: null } })).toBe('{"b":{}}');
    expect(encode(schema, { a: null, b: { c: null } }, false)).toBe('{"a":null,"b":{"c":null}}');
  });

  it("writes each type as Flink's JSON format does", () => {
    const schema = schemaOf({
      big: { type: "BIGINT" },
      decimal: { type: "DECIMAL", precision: 20, scale: 3 },
      bytes: { type: "BYTES" },
      date: { type: "DATE" },
      time: { type: "TIME", precision: 0 },
      stamp: { type: "TIMESTAMP", precision: 3 },
      nanos: { type: "TIMESTAMP", precision: 9 },
      instant: { type: "TIMESTAMP_LTZ", precision: 3 },
      float: { type: "FLOAT" },
      nan: { type: "DOUBLE" },
    });
    const row = {
      big: 9007199254740993n,
      decimal: -5,
      bytes: Uint8Array.from([0, 255]),
      date: -1,
      time: 3_723_000,
      stamp: 1_608_279_630_500,
      nanos: -1n,
      instant: 0,
      float: Math.fround(0.1),
      nan: Number.NaN,
    };
    expect(encode(schema, row)).toBe(
      '{"big":9007199254740993,"decimal":-0.005,"bytes":"AP8=","date":"1969-12-31","time":"01:02:03","stamp":"2020-12-18 08:20:30.5",' +
        '"nanos":"1969-12-31 23:59:59.999999999","instant":"1970-01-01 00:00:00Z","float":0.1,"nan":"NaN"}',
    );
  });

  it("reads back every row of every schema as it was written", () => {
    fc.assert(
      fc.property(anySchemaAndRow, fc.boolean(), ([schema, row], omitNulls) => {
        const written = codec.encoder(schema, { ...FORMAT, omitNulls }).encode(row as Row);
        expect(bare(codec.decoder(schema, true, FORMAT).decode(written))).toEqual(bare(row));
      }),
      { numRuns: 500 },
    );
  });

  it("gives each record whole, however long, until the next", () => {
    const schema = schemaOf({ a: { type: "STRING" } });
    const encoder = codec.encoder(schema, FORMAT);
    const texts = Array.from({ length: 500 }, (_, i) => String.fromCodePoint(0x4e00 + i).repeat((i * 37) % 2_000));
    const written = texts.map((a) => (JSON.parse(textOf(encoder.encode({ a }))) as { a: string }).a);
    expect(written).toEqual(texts);
  });
});

const REMOVE = Symbol("remove");

describe("splicing changes into a record", () => {
  const schema: Schema = schemaOf({
    a: { type: "VARIANT" },
    mid: { type: "VARIANT" },
    page: schemaOf({ a: { type: "VARIANT" }, mid: { type: "VARIANT" } }),
  });
  const path = fc.array(fc.constantFrom("a", "mid", "page", "字段", "__proto__", 'q"uote', "new"), { minLength: 1, maxLength: 3 });

  function changeJson(value: unknown, [name, ...rest]: readonly string[], to: unknown): Record<string, unknown> {
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    const changed = new Map(Object.entries(isObject ? value : {}));
    changed.set(name as string, rest.length === 0 ? to : changeJson(changed.get(name as string), rest, to));
    return Object.fromEntries(changed);
  }

  function removeJson(value: unknown, [name, ...rest]: readonly string[]): unknown {
    if (typeof value !== "object" || value === null || Array.isArray(value) || !Object.hasOwn(value, name as string)) return value;
    const left = new Map(Object.entries(value));
    if (rest.length === 0) left.delete(name as string);
    else left.set(name as string, removeJson(left.get(name as string), rest));
    return Object.fromEntries(left);
  }

  /** Every name on every level comes at most once in what is generated. */
  const inner = new Map<string, KnownMembers>();
  for (const name of ["a", "mid", "page", "字段", "__proto__", 'q"uote', "new"]) inner.set(name, inner);

  it("is the same as parsing, changing and writing, also where each member is known to come once, or some not at all", {
    timeout: 60_000,
  }, () => {
    const encoder = codec.encoder({ ...schema, fields: [] }, { ...FORMAT, omitNulls: false });
    fc.assert(
      fc.property(
        jsonObjectText,
        fc.constantFrom(undefined, inner),
        fc.constantFrom(undefined, [], ["new"], [...inner.keys()]),
        fc.array(fc.tuple(path, fc.oneof(json, fc.constant(REMOVE))), { minLength: 1, maxLength: 3 }),
        (text, once, looked, changes) => {
          let expected = JSON.parse(text) as Record<string, unknown>;
          const lacks = looked && new Set(looked.filter((name) => !Object.hasOwn(expected, name)));
          // A row that holds all there is, so that changes see what a change of the parsed text sees.
          let row = Object.assign(Object.create(null) as object, {
            [META]: { record: { format: "json", ...recordOf(text), once, lacks } },
          }) as Row;
          for (const [name, value] of Object.entries(expected))
            Object.defineProperty(row, name, { value, enumerable: true, configurable: true, writable: true });
          for (const [at, to] of changes) {
            row = to === REMOVE ? removeField(row, at) : changeRow(row, at, to as Value);
            expected = to === REMOVE ? (removeJson(expected, at) as Record<string, unknown>) : changeJson(expected, at, to);
          }
          const written = textOf(encoder.encode(row));
          expect(JSON.parse(written)).toEqual(expected);
        },
      ),
      { numRuns: 3_000 },
    );
  });

  it.each([
    ['{"a":1}', '{"a":1,"new":2}'],
    [' {"a" : {} \n} ', '{"a" : {},"new":2 \n} '],
    ["{}", '{"new":2}'],
    ["{ \t}", '{"new":2 \t}'],
  ])("adds what the record %j is known to lack where it ends", (text, expected) => {
    const row: Row = { [META]: { record: { format: "json", ...recordOf(text), lacks: new Set(["new"]) } } };
    expect(textOf(codec.encoder(schemaOf({ new: { type: "INT" } }), FORMAT).encode(changeRow(row, ["new"], 2)))).toBe(expected);
  });

  it("changes every member of a name that comes more than once, whichever way the record was decoded", () => {
    const decoder = codec.decoder(schema, { mid: true, page: { mid: true } }, FORMAT);
    const encoder = codec.encoder(schema, FORMAT);
    const changed = (text: string) => textOf(encoder.encode(changeRow(decoder.decode(recordOf(text)), ["page", "mid"], "9")));
    for (let i = 0; i < 50; i++) {
      expect(changed(`{"page":{"mid":"${i}","x":1},"mid":1}`)).toBe('{"page":{"mid":"9","x":1},"mid":1}');
      expect(changed(`{"page":{"mid":"${i}","mid":2},"mid":1}`)).toBe('{"page":{"mid":"9","mid":"9"},"mid":1}');
      expect(changed(`{"page":{"mid":"${i}"},"page":{"mid":2}}`)).toBe('{"page":{"mid":"9"},"page":{"mid":"9"}}');
      expect(changed(`{"page":null,"mid":${i}}`)).toBe(`{"page":{"mid":"9"},"mid":${i}}`);
      expect(changed(`{"mid":${i}}`)).toBe(`{"mid":${i},"page":{"mid":"9"}}`);
    }
  });

  it("touches nothing but what was changed", () => {
    const row = decode(schema, '{ "x":1.10, "page" : { "a": 1 ,"z":12345678901234567890}, "mid":"m" }');
    const changed = changeRow(changeRow(row, ["page", "a"], "b"), ["page", "mid"], 2);
    expect(textOf(codec.encoder(schema, FORMAT).encode(changed))).toBe(
      '{ "x":1.10, "page" : { "a": "b" ,"z":12345678901234567890,"mid":2}, "mid":"m" }',
    );
  });

  it("removes members with one of the commas beside them", () => {
    const take = (text: string, ...paths: string[]) => {
      const row = paths.reduce((left, at) => removeField(left, at.split(".")), decode(schema, text));
      return textOf(codec.encoder(schema, { ...FORMAT, omitNulls: false }).encode(row));
    };
    expect(take('{"a":1,"mid":2,"x":3}', "a")).toBe('{"mid":2,"x":3}');
    expect(take('{"a":1, "mid":2, "x":3}', "mid")).toBe('{"a":1, "x":3}');
    expect(take('{"a":1,"mid":2,"x":3}', "x", "mid")).toBe('{"a":1}');
    expect(take('{"a":1,"mid":2,"x":3}', "a", "mid", "x")).toBe("{}");
    expect(take('{"page":{"a":1},"x":3}', "page.a", "page.mid", "mid")).toBe('{"page":{},"x":3}');
  });

  it("adds members to an empty record, and no NULLs unless asked", () => {
    const row = changeRow(changeRow(decode(schema, "{ }"), ["a"], null), ["page", "mid"], 1);
    expect(textOf(codec.encoder(schema, FORMAT).encode(row))).toBe('{"page":{"mid":1} }');
    expect(textOf(codec.encoder(schema, { ...FORMAT, omitNulls: false }).encode(row))).toBe('{"a":null,"page":{"mid":1} }');
  });

  it("changes a value to NULL where the record has one", () => {
    expect(textOf(codec.encoder(schema, FORMAT).encode(changeRow(decode(schema, '{"a":1}'), ["a"], null)))).toBe('{"a":null}');
  });

  it("writes changed fields by their type, also exact ones", () => {
    const typed = schemaOf({ amount: { type: "DECIMAL", precision: 10, scale: 2 }, id: { type: "BIGINT" } });
    const row = changeRow(changeRow(decode(typed, '{"amount":1,"id":2}'), ["amount"], 1050), ["id"], 9007199254740993n);
    expect(textOf(codec.encoder(typed, FORMAT).encode(row))).toBe('{"amount":10.50,"id":9007199254740993}');
  });

  describe("in the rows of an array", () => {
    const display = schemaOf({ item: { type: "STRING" }, page_id: { type: "STRING" } });
    const withDisplays = schemaOf({
      displays: { type: "ARRAY", element: display },
      nested: schemaOf({ list: { type: "ARRAY", element: { type: "ARRAY", element: display } } }),
    });
    const text = '{"displays":[ {"item":"1", "order":1.0}, null,{"item":"2"} ],"nested":{"list":[[],[{"item":"3","x":[{}]}]]}}';
    const encoder = codec.encoder(display, FORMAT);

    it("knows each row's own bytes, so that flattened rows keep what no schema knows", () => {
      const row = decode(withDisplays, text) as { displays: Row[]; nested: { list: Row[][] } };
      expect(textOf(encoder.encode(row.displays[0] as Row))).toBe('{"item":"1", "order":1.0}');
      expect(textOf(encoder.encode(changeRow(row.displays[2] as Row, ["page_id"], "home")))).toBe('{"item":"2","page_id":"home"}');
      expect(textOf(encoder.encode(row.nested.list[1]?.[0] as Row))).toBe('{"item":"3","x":[{}]}');
    });

    it("writes a changed array with the bytes of its unchanged rows", () => {
      const row = decode(withDisplays, text) as Row & { displays: Row[] };
      const displays = [row.displays[2] as Row, changeRow(row.displays[0] as Row, ["item"], "9"), { item: "new", page_id: null }];
      const written = textOf(codec.encoder(withDisplays, FORMAT).encode(changeRow(row, ["displays"], displays)));
      expect(written).toBe(
        '{"displays":[{"item":"2"},{"item":"9", "order":1.0},{"item":"new"}],"nested":{"list":[[],[{"item":"3","x":[{}]}]]}}',
      );
    });
  });
});
