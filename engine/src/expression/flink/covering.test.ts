import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { FUNCTIONS } from "../functions/table.ts";
import { coveringExpressions, isCovered } from "./covering.ts";
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
    const wanted = new Set(covered.flatMap(({ expressions }) => expressions));
    expect(answers.map(([sql]) => sql).filter((sql) => !wanted.has(sql))).toEqual([]);
  });
});
