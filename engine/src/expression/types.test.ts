import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DataType, fieldAt, sameType } from "../schema/index.ts";
import { formatType } from "./format-type.ts";
import { EXPRESSION_PROBLEM_WORDS, type ExpressionProblemCode } from "./problem-words.ts";
import { parseSchema, parseType } from "./types.ts";

function read(text: string): DataType {
  const result = parseType(text);
  if ("problem" in result) throw new Error(result.problem.code);
  return result.dataType;
}

function said(result: ReturnType<typeof parseSchema> | ReturnType<typeof parseType>): string | undefined {
  if (!("problem" in result)) return undefined;
  return EXPRESSION_PROBLEM_WORDS[result.problem.code as ExpressionProblemCode](result.problem.args).en;
}

describe("types", () => {
  it.each([
    ["integer", "INT"],
    ["varchar", "STRING"],
    ["VARCHAR(2147483647)", "STRING"],
    ["CHARACTER VARYING(10)", "VARCHAR(10)"],
    ["char", "CHAR(1)"],
    ["VARBINARY", "BYTES"],
    ["DOUBLE PRECISION", "DOUBLE"],
    ["DECIMAL", "DECIMAL(10, 0)"],
    ["NUMERIC(5)", "DECIMAL(5, 0)"],
    ["TIMESTAMP", "TIMESTAMP(6)"],
    ["TIMESTAMP(3) WITH LOCAL TIME ZONE NOT NULL", "TIMESTAMP_LTZ(3) NOT NULL"],
    ["TIMESTAMP(3) WITHOUT TIME ZONE", "TIMESTAMP(3)"],
    ["INT ARRAY NOT NULL", "ARRAY<INT> NOT NULL"],
    ["ROW(a INT, `b c` STRING NOT NULL)", "ROW<a INT, `b c` STRING NOT NULL>"],
    ["ROW<`order` INT>", "ROW<`order` INT>"],
    ["INTERVAL DAY(3) TO SECOND(3)", "INTERVAL DAY TO SECOND"],
    ["INTERVAL MONTH", "INTERVAL YEAR TO MONTH"],
    ["MAP<STRING, ARRAY<INT>>", "MAP<STRING, ARRAY<INT>>"],
    ["VARIANT", "VARIANT"],
  ])("%s is %s", (text, formatted) => {
    expect(formatType(read(text))).toBe(formatted);
  });

  it.each([
    ["STRNG", 'unknown type "STRNG"; did you mean "STRING"?'],
    ["DECIMAL(5, 9)", "expected a whole number from 0 to 5, got 9."],
    ["ARRAY<INT", 'the expression ends too early: expected ">".'],
    ["MAP<INT>", 'expected ",", got ">".'],
    ["INT STRING", 'expected ",", got "STRING".'],
    ["TIMESTAMP(3) WITH TIME ZONE", 'expected LOCAL TIME ZONE, got "TIME".'],
    ["", "the expression ends too early: expected a type such as BIGINT."],
  ])("%s is refused", (text, message) => {
    expect(said(parseType(text))).toBe(message);
  });

  it("come back from their text", () => {
    fc.assert(
      fc.property(anyType(), (dataType) => {
        expect(sameType(read(formatType(dataType)), dataType)).toBe(true);
      }),
    );
  });
});

function anyType(): fc.Arbitrary<DataType> {
  const simple = fc.constantFrom(
    "BOOLEAN",
    "TINYINT",
    "INT",
    "BIGINT",
    "DOUBLE",
    "STRING",
    "BYTES",
    "DATE",
    "VARIANT",
    "INTERVAL_YEAR_MONTH",
    "INTERVAL_DAY_TIME",
  );
  const bare = fc.letrec<{ type: DataType }>((tie) => ({
    type: fc
      .oneof(
        { depthSize: "small" },
        simple.map((type): DataType => ({ type })),
        fc.integer({ min: 0, max: 9 }).map((precision): DataType => ({ type: "TIMESTAMP_LTZ", precision })),
        fc.integer({ min: 1, max: 100 }).map((length): DataType => ({ type: "VARCHAR", length })),
        fc
          .integer({ min: 1, max: 38 })
          .chain((precision) => fc.integer({ min: 0, max: precision }).map((scale): DataType => ({ type: "DECIMAL", precision, scale }))),
        tie("type").map((element): DataType => ({ type: "ARRAY", element })),
        fc.tuple(tie("type"), tie("type")).map(([key, value]): DataType => ({ type: "MAP", key, value })),
        fc
          .uniqueArray(fc.string({ minLength: 1, maxLength: 6 }), { maxLength: 4 })
          .chain((names) => fc.tuple(...names.map((name) => tie("type").map((dataType) => ({ name, dataType })))))
          .map((fields): DataType => ({ type: "ROW", fields })),
      )
      .chain((dataType) => fc.boolean().map((notNull): DataType => (notNull ? { ...dataType, nullable: false } : dataType))),
  }));
  return bare.type;
}

describe("schemas", () => {
  it("are fields with types", () => {
    const result = parseSchema("mid STRING NOT NULL, ts BIGINT, page ROW<page_id STRING>, list ARRAY<ROW<id INT>>");
    if ("problem" in result) throw new Error(result.problem.code);
    expect(result.schema.fields.map(({ name }) => name)).toEqual(["mid", "ts", "page", "list"]);
    expect(fieldAt(result.schema, ["page", "page_id"])?.dataType).toEqual({ type: "STRING" });
    expect(fieldAt(result.schema, ["list", "[]", "id"])?.dataType).toEqual({ type: "INT" });
    expect(fieldAt(result.schema, ["page", "id"])).toBeUndefined();
  });

  it("may have no fields", () => {
    expect(parseSchema(" ")).toEqual({ schema: { type: "ROW", fields: [] } });
  });

  it("say what is wrong", () => {
    expect(said(parseSchema("a INT, a STRING"))).toBe('two fields are named "a". Rename one of them.');
    expect(said(parseSchema("a INT,"))).toBe("the expression ends too early: expected a field's name.");
    expect(said(parseSchema("a"))).toBe("the expression ends too early: expected a type such as BIGINT.");
  });

  it("take names that objects inherit as names", () => {
    const result = parseSchema("`__proto__` INT, constructor STRING");
    expect("schema" in result && result.schema.fields.map(({ name }) => name)).toEqual(["__proto__", "constructor"]);
  });
});
