import { describe, expect, it } from "vitest";
import type { MatchedRow } from "../node/operator.ts";
import type { CheckedExpression } from "./api.ts";
import { checkMatched } from "./check.ts";
import { compileMatched } from "./compile-matched.ts";
import { EXPRESSION_PROBLEM_WORDS } from "./problem-words.ts";
import { SETTINGS, schemaOf } from "./test-support.ts";

const rows = schemaOf("name STRING, price DOUBLE, n BIGINT, page ROW<id STRING>");
const steps = ["start", "more"];

function words(text: string, hasCandidate = true): string[] {
  const { problems } = checkMatched(text, { rows, steps, hasCandidate }, SETTINGS);
  return problems.map(({ code, args }) => EXPRESSION_PROBLEM_WORDS[code as keyof typeof EXPRESSION_PROBLEM_WORDS](args).en);
}

const row = (name: string, price: number, id = name) => ({ name, price, n: price, page: { id } });
const MATCHED: readonly MatchedRow[] = [
  { step: "start", row: row("a", 1), time: 10 },
  { step: "start", row: row("b", 2), time: 20 },
  { step: "more", row: row("c", 4), time: 30 },
];

function outcome(
  text: string,
  { candidate, matched = MATCHED }: { candidate?: ReturnType<typeof row>; matched?: readonly MatchedRow[] } = {},
) {
  const result = checkMatched(text, { rows, steps, hasCandidate: candidate !== undefined }, SETTINGS);
  expect(result.problems).toEqual([]);
  return compileMatched(result.checked as CheckedExpression, SETTINGS)(matched, candidate, { time: 40, now: () => 0 });
}

describe("an expression over rows matched so far", () => {
  it.each([
    ["SUM0(start.price) + price < 5.0", true],
    ["SUM0(start.price) + price", 4.5],
    ["COUNT(start)", 2],
    ["COUNT(*)", 3],
    ["COUNT(DISTINCT start.name)", 2],
    ["COUNT(start.name) FILTER (WHERE start.price > 1)", 1],
    ["FIRST(start.name) || LAST(start.name)", "ab"],
    ["LAST(start.name, 1)", "a"],
    ["FIRST(start.name, 2)", null],
    ["start.name", "b"],
    ["more.page.id = page.id", false],
    ["name || start.name", "xb"],
    ["CASE WHEN AVG(start.price) > 1 THEN MAX(more.price) ELSE 0 END", 4],
    ["LAST(start.n * 2)", 4],
    ["name IN (start.name, 'x')", true],
  ])("%s beside a candidate", (text, expected) => {
    expect(outcome(text, { candidate: row("x", 1.5) })).toEqual(expected);
  });

  it.each([
    ["name", "c"],
    ["FIRST(name)", "a"],
    ["SUM(price)", 7],
    ["more.price - start.price", 2],
  ])("%s over a match alone", (text, expected) => {
    expect(outcome(text)).toEqual(expected);
  });

  it("is NULL, 0 for counts and SUM0, while nothing is matched", () => {
    const nothing = { candidate: row("x", 1), matched: [] };
    expect(outcome("SUM0(start.price)", nothing)).toBe(0);
    expect(outcome("COUNT(start)", nothing)).toBe(0);
    expect(outcome("SUM(start.price)", nothing)).toBeNull();
    expect(outcome("start.name", nothing)).toBeNull();
  });

  it("reads the fields of rows, whoever reads them", () => {
    const { checked } = checkMatched(
      "COUNT(more.page.id) FILTER (WHERE more.n > 1) + start.price > price",
      { rows, steps, hasCandidate: true },
      SETTINGS,
    );
    expect(checked?.reads.map((path) => path.join(".")).sort()).toEqual(["n", "page.id", "price"]);
  });

  it("takes a field for a field, though a step has its name", () => {
    const scope = { rows: schemaOf("start ROW<entry STRING>"), steps: ["start"], hasCandidate: true };
    const result = checkMatched("start.entry", scope, SETTINGS);
    expect(result.checked?.lookups).toEqual([]);
    expect(
      compileMatched(result.checked as CheckedExpression, SETTINGS)(MATCHED, { start: { entry: "icon" } }, { time: 0, now: () => 0 }),
    ).toBe("icon");
  });

  it("says what is wrong", () => {
    expect(words("SUM(start.price + more.price) > 1")).toEqual([
      "rows of one step are looked at at a time; this looks at start and more. Write two expressions, such as SUM(a.x) + SUM(b.x).",
    ]);
    expect(words("SUM(start.price + price) > 1")).toHaveLength(1);
    expect(words("start.prise = 1")).toEqual(['unknown field "prise"; did you mean "price"?']);
    expect(words("strat.price = 1")).toHaveLength(1);
    expect(words("FIRST(start.name, name) = ''")).toHaveLength(1);
    expect(words("SUM(start.name)")).toHaveLength(1);
    expect(words("price = ")).toHaveLength(1);
    expect(words("start = 1")).toHaveLength(1);
  });
});
