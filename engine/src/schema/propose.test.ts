import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { codecOf } from "../codec/index.ts";
import { formatSchema } from "../expression/index.ts";
import { fieldNamed } from "./lookup.ts";
import { proposalNoteWords } from "./proposal-words.ts";
import { type FieldProposal, proposeFromCells, proposeFromJson } from "./propose.ts";

const ofValues = (...values: string[]) => proposeFromJson(values.map((value) => `{"a":${value}}`));
const typeOf = (...values: string[]) => formatSchema(ofValues(...values).schema).slice(2);
const many = (make: (i: number) => string, count = 40) => Array.from({ length: count }, (_, i) => make(i));
const notesOf = (field: FieldProposal | undefined) => field?.notes.map(({ code }) => code);

describe("a schema proposed from records", () => {
  it.each<[string, string[], string]>([
    ["truth values", ["true", "false"], "BOOLEAN"],
    ["whole numbers", ["1", "70000000000"], "BIGINT"],
    ["many small whole numbers", many(String), "INT"],
    ["whole numbers beyond BIGINT", ["1", "9223372036854775808"], "DECIMAL(38, 0)"],
    ["the greatest BIGINT", ["-9223372036854775808", "9223372036854775807"], "BIGINT"],
    ["amounts", ["12.30", "7", "1234.5"], "DECIMAL(12, 2)"],
    ["measurements", ["0.123456", "7"], "DOUBLE"],
    ["exponents", ["1e3", "7"], "DOUBLE"],
    ["more digits than a DECIMAL has", ["1".repeat(39)], "DOUBLE"],
    ["texts", ['"x"', '"2024-05-31"'], "STRING"],
    ["days", ['"2024-02-29"', '"2024-05-31"'], "DATE"],
    ["days that there are not", ['"2023-02-29"'], "STRING"],
    ["times of day", ['"12:30:59"'], "TIME(0)"],
    ["wall clocks", ['"2024-05-31 12:30:00"', '"2024-05-31T12:30:00.5"'], "TIMESTAMP(3)"],
    ["finer wall clocks", ['"2024-05-31 12:30:00.123456"'], "TIMESTAMP(9)"],
    ["moments", ['"2024-05-31T12:30:00Z"', '"2024-05-31 12:30:00+08:00"'], "TIMESTAMP_LTZ(3)"],
    ["moments beside wall clocks", ['"2024-05-31T12:30:00Z"', '"2024-05-31 12:30:00"'], "STRING"],
    ["nothing but null", ["null"], "VARIANT"],
    ["arrays", ["[1,2]", "[]", "[70000000000]"], "ARRAY<BIGINT>"],
    ["empty arrays", ["[]"], "ARRAY<VARIANT>"],
    ["rows", ['{"b":1}', '{"c":"x","b":null}'], "ROW<b BIGINT, c STRING>"],
    ["rows in arrays", ['[{"id":1},{"id":2,"name":"x"}]'], "ARRAY<ROW<id BIGINT, name STRING>>"],
    ["objects whose names are numbers", ['{"17":1,"18":2}', '{"19":3}'], "MAP<STRING, BIGINT>"],
    ["objects of ever other names", many((i) => `{"k${i}":${i}}`), "MAP<STRING, INT>"],
    ["texts and numbers", ['"7"', "7"], "STRING"],
    ["objects and texts", ['{"b":1}', '"x"'], "VARIANT"],
    ["empty objects", ["{}"], "VARIANT"],
  ])("%s", (_, values, type) => {
    expect(typeOf(...values)).toBe(type);
  });

  it("says in how many records a field has a value, is null and is missing", () => {
    const [a] = proposeFromJson(['{"a":1}', '{"a":null}', "{}", '{"a":2}']).fields;
    expect(a).toMatchObject({ of: 4, present: 2, nulls: 1, missing: 1, examples: ["1", "2"] });
  });

  it("says how sure it is", () => {
    const certainty = (...values: string[]) => ofValues(...values).fields[0]?.certainty;
    expect(certainty(...many((i) => `"x${i}"`))).toBe("sure");
    expect(certainty('"x"', '"y"', '"z"')).toBe("likely");
    expect(certainty('"x"')).toBe("unsure");
    expect(certainty(...many(String))).toBe("likely");
    expect(certainty(...many(String), '"x"')).toBe("unsure");
    expect(certainty("null", "null", "null")).toBe("unsure");
  });

  it("names types that conflict, each with how often and an example", () => {
    const [a] = ofValues(...many(String, 30), '"x"', '{"b":[1,2]}').fields;
    expect(notesOf(a)).toEqual(["mixed"]);
    expect(proposalNoteWords(a?.notes[0] as never)).toEqual({
      en: 'Values of different types: 30 × number (0), 1 × text ("x"), 1 × object ({"b":[1,2]}).',
      zh: '值的类型不一致：30 个数字（0），1 个文本（"x"），1 个对象（{"b":[1,2]}）。',
    });
  });

  it("hints at times in numbers, numbers in texts and JSON in texts", () => {
    const note = (...values: string[]) => notesOf(ofValues(...values).fields[0])?.[0];
    expect(note("1592133292000")).toBe("epoch");
    expect(note('"65"')).toBe("number-text");
    expect(note(JSON.stringify('{"x":1}'))).toBe("json-text");
  });

  it("leaves out what is no object, and says so", () => {
    expect(proposeFromJson(['{"a":1}', "[1]", "nonsense"])).toMatchObject({ records: 3, unread: 2, unreadExample: "[1]" });
  });

  it("holds with hostile names and depths", () => {
    const deep = `${"[".repeat(2_000)}${"]".repeat(2_000)}`;
    const { schema } = proposeFromJson([`{"__proto__":1,"constructor":{"x":${deep}}}`]);
    expect(schema.fields.map(({ name }) => name)).toEqual(["__proto__", "constructor"]);
    const names = proposeFromJson([`{"a":{${many((i) => `"n${i}":${i}`, 5_000).join()}}}`]);
    expect(formatSchema(names.schema)).toBe("a MAP<STRING, INT>");
  });

  it("takes the columns of CSV by their names, or numbers them", () => {
    const cells = (...texts: string[]) => texts.map((text) => ({ text, isQuoted: false }));
    const rows = [cells("1", "12.50", "2024-05-31", ""), cells("2", "7.25", "2024-06-01", "true")];
    expect(formatSchema(proposeFromCells(rows, ["id", "amount", "day", "paid"]).schema)).toBe(
      "id BIGINT, amount DECIMAL(10, 2), `day` DATE, paid BOOLEAN",
    );
    expect(proposeFromCells([...rows, cells("3")]).schema.fields.map(({ name }) => name)).toEqual(["c1", "c2", "c3", "c4"]);
    expect(proposeFromCells([...rows, cells("3")])).toMatchObject({ unread: 1, unreadExample: "3" });
    expect(formatSchema(proposeFromCells([[{ text: "1", isQuoted: true }]]).schema)).toBe("c1 STRING");
  });

  it("reads every record that it was made of, and each number exactly", () => {
    fc.assert(
      fc.property(fc.array(anyRecord(), { minLength: 1, maxLength: 20 }), (records) => {
        const { schema } = proposeFromJson(records);
        const json = codecOf({ name: "json" });
        const decoder = json.decoder(schema, true, { name: "json" });
        const encoder = json.encoder(schema, { name: "json" });
        const isExact = fieldNamed(schema, "n")?.dataType.type !== "DOUBLE";
        for (const text of records) {
          const bytes = new TextEncoder().encode(text);
          const row = decoder.decode({ bytes, start: 0, end: bytes.length });
          // Without the bytes it came from, which would be written again as they are.
          const again = encoder.encode(Object.fromEntries(Object.entries(row)));
          const written = new TextDecoder().decode(again.bytes.subarray(again.start, again.end));
          if (isExact) expect(numberIn(written)).toBe(numberIn(text));
        }
      }),
      { numRuns: 60 },
    );
  });
});

/** The member "n", in one of the many ways of writing a number. */
function numberIn(text: string): string | undefined {
  const [, whole = "", fraction = ""] = /"n":(-?\d+)(?:\.(\d+))?[,}]/.exec(text) ?? [];
  const digits = fraction.replace(/0+$/, "");
  return whole === "-0" && digits === "" ? "0." : `${whole}.${digits}`;
}

/** Objects whose members have a type most of the time, as JSON. */
function anyRecord(): fc.Arbitrary<string> {
  const text = fc.oneof(
    fc.string({ maxLength: 8, unit: "binary" }).map((one) => JSON.stringify(one)),
    fc.constantFrom('"2024-05-31"', '"2024-05-31 12:30:00.25"', '"12:30:00"', '"2024-05-31T00:00:00Z"', '"65"', '""', '"NaN"'),
  );
  const number = fc.oneof(
    fc.integer().map(String),
    fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }).map(String),
    fc.tuple(fc.integer({ min: -1e9, max: 1e9 }), fc.integer({ min: 0, max: 99_999 })).map(([whole, part]) => `${whole}.${part}`),
    fc.constantFrom("1e3", "-0", "0.10", "1.5E-7"),
  );
  const value = fc.letrec<{ any: string }>((tie) => ({
    any: fc.oneof(
      { maxDepth: 2, depthSize: "small" },
      fc.oneof(text, number, fc.constantFrom("true", "false", "null")),
      fc.array(tie("any"), { maxLength: 3 }).map((items) => `[${items.join()}]`),
      fc.dictionary(fc.constantFrom("x", "y", "17", "18"), tie("any"), { maxKeys: 3 }).map(objectText),
    ),
  })).any;
  const member = (usual: fc.Arbitrary<string>) => fc.oneof({ weight: 8, arbitrary: usual }, { weight: 1, arbitrary: value });
  return fc
    .record({ n: number, t: member(text), b: member(fc.constantFrom("true", "false", "null")), v: value }, { requiredKeys: [] })
    .map(objectText);
}

function objectText(members: Readonly<Record<string, string | undefined>>): string {
  const present = Object.entries(members).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return `{${present.map(([name, member]) => `${JSON.stringify(name)}:${member}`).join()}}`;
}
