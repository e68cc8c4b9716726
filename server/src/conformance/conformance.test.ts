import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readCases } from "./case-value.ts";
import { type PatternFile, patternCases } from "./cep.ts";
import { type ExpressionCase, playExpressions } from "./expressions.ts";
import type { OperatorScript } from "./operators/script.ts";
import { operatorScripts } from "./windows.ts";

const FOLDER = join(import.meta.dirname, "cases");

describe("the recorded answers of Flink", () => {
  it("are those of our expressions", () => {
    const { cases } = readCases(join(FOLDER, "expressions.json")) as { readonly cases: readonly ExpressionCase[] };
    const { passed, failures } = playExpressions(cases);
    expect(failures).toEqual([]);
    expect(passed).toBe(cases.length);
  });

  it("are those of our patterns", () => {
    const { passed, failures, unsupported } = patternCases(readCases(join(FOLDER, "cep.json")) as PatternFile);
    expect(failures).toEqual([]);
    expect([...unsupported]).toEqual([]);
    expect(passed).toBe(32);
  });

  it("are those of our patterns in every combination of what steps can be", () => {
    const { passed, failures } = patternCases(readCases(join(FOLDER, "patterns.json")) as PatternFile);
    expect(failures).toEqual([]);
    expect(passed).toBe(300);
  }, 60_000);

  it("are those of our operators", () => {
    const { passed, failures } = operatorScripts(readCases(join(FOLDER, "windows.json")) as { readonly cases: readonly OperatorScript[] });
    expect(failures).toEqual([]);
    expect(passed).toBeGreaterThan(0);
  });

  it("are those of top N, whatever its rows may do", () => {
    const { passed, failures } = operatorScripts(readCases(join(FOLDER, "top-n.json")) as { readonly cases: readonly OperatorScript[] });
    expect(failures).toEqual([]);
    expect(passed).toBe(150);
  });
});

describe("a case", () => {
  const play = (one: Partial<ExpressionCase>) => playExpressions([{ id: "a", sql: "1", ...one }]).failures;

  it("fails with the difference in value, type or outcome", () => {
    expect(play({ sql: "1 + 1", expected: "3", type: "INT NOT NULL" })).toEqual(["a: 1 + 1: expected 3, got 2"]);
    expect(play({ sql: "1 + 1", expected: "2", type: "BIGINT" })).toEqual(["a: 1 + 1: expected the type BIGINT, got INT NOT NULL"]);
    expect(play({ sql: "1 + 1", error: true })).toEqual(["a: 1 + 1: expected an error, got 2"]);
    expect(play({ sql: "CAST(NULL AS STRING)", expected: "NULL", type: "STRING" })).toEqual([
      "a: CAST(NULL AS STRING): expected NULL, got NULL",
    ]);
    expect(play({ sql: "x'00'", expectedHex: "01", type: "BINARY(1) NOT NULL" })).toEqual(["a: x'00': expected the bytes 01, got 00"]);
  });

  it("passes where an error is expected and comes, while checking or while running", () => {
    expect(play({ sql: "nothing", error: true })).toEqual([]);
    expect(play({ sql: "f / 0", error: true, inputs: { f: { type: "INT", value: 1 } } })).toEqual([]);
  });

  it("may be off by two units in the last place where its tags say so", () => {
    const third = { sql: "1E0 / 3E0", expected: "0.33333333333333337", type: "DOUBLE NOT NULL" };
    expect(play(third)).toHaveLength(1);
    expect(play({ ...third, tags: ["float-ulp"] })).toEqual([]);
  });
});
