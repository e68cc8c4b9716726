import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { OPERATORS } from "../forms.ts";
import { FUNCTIONS } from "../functions/table.ts";
import { coveringExpressions, coveringForm, everythingCovered, isCovered } from "./covering.ts";
import type { FlinkAnswer } from "./play-answers.ts";

const answers = readFileSync(join(import.meta.dirname, "answers", "covering.jsonl"), "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as FlinkAnswer);
const asked = new Set(answers.map(([sql]) => sql));
const covered = FUNCTIONS.filter(isCovered).flatMap((definition) =>
  [definition.name, ...(definition.aliases ?? [])].map((name) => ({ name, expressions: coveringExpressions(definition, name) })),
);

describe("every function", () => {
  it.each(covered)("$name was asked of Flink with NULL, the smallest, the largest and the wrong", ({ expressions }) => {
    expect(expressions.filter((sql) => !asked.has(sql))).toEqual([]);
  });

  it("but second names of those whose examples have words between the arguments", () => {
    expect(covered.filter(({ expressions }) => expressions.length === 0).map(({ name }) => name)).toEqual(["SUBSTR", "CEILING"]);
  });

  it("and nothing else is kept", () => {
    const wanted = new Set(everythingCovered());
    expect(answers.map(([sql]) => sql).filter((sql) => !wanted.has(sql))).toEqual([]);
  });
});

describe("every operator", () => {
  it.each(OPERATORS)("$form was asked of Flink with NULL, the smallest, the largest and the wrong", (form) => {
    expect(coveringForm(form).filter((sql) => !asked.has(sql))).toEqual([]);
  });

  it("but literals, which have nothing to put in their place", () => {
    const literals = ["DATE '…', TIME '…', TIMESTAMP '…'", "INTERVAL '…' unit [TO unit]"];
    expect(OPERATORS.filter((form) => coveringForm(form).length === 1).map(({ form }) => form)).toEqual(literals);
  });
});
