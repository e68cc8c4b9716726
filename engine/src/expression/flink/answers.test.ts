import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { FLINK_DIFFERENCES } from "./differences.ts";
import { ANSWER_ZONES, type AnswerFile, differenceTo, type FlinkAnswer } from "./play-answers.ts";

function answersOf(file: AnswerFile): readonly FlinkAnswer[] {
  const text = readFileSync(join(import.meta.dirname, "answers", `${file}.jsonl`), "utf8");
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as FlinkAnswer);
}

const files = Object.keys(ANSWER_ZONES) as AnswerFile[];
const differing = files.flatMap((file) =>
  answersOf(file).flatMap((answer) => {
    const difference = differenceTo(answer, ANSWER_ZONES[file]);
    return difference === undefined ? [] : [{ sql: answer[0], refused: answer[1] === undefined, difference }];
  }),
);

describe("Flink's recorded answers", () => {
  it("are those given here, but for the differences that are listed", () => {
    const unlisted = differing.filter(({ sql, refused }) => !FLINK_DIFFERENCES.some(({ covers }) => covers(sql, refused)));
    expect(unlisted.map(({ sql, difference }) => `${sql}: ${difference}`)).toEqual([]);
  });

  it.each(FLINK_DIFFERENCES)("differ as listed: $title", ({ covers }) => {
    expect(differing.some(({ sql, refused }) => covers(sql, refused))).toBe(true);
  });
});
