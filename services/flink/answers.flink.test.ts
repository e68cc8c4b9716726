import { readFileSync } from "node:fs";
import { describe, expect, inject, it } from "vitest";
import { FLINK_DIFFERENCES } from "../../engine/src/expression/flink/differences.ts";
import { ANSWER_ZONES, type AnswerFile, differenceTo, type FlinkAnswer } from "../../engine/src/expression/flink/play-answers.ts";
import { type Evaluation, evaluateInFlink, openSession } from "./index.ts";

/** Of the recorded expressions as many are asked again as take about a minute: each of these, beginning elsewhere in each file. */
const EVERY = 24;

function answersOf(file: AnswerFile): readonly FlinkAnswer[] {
  const folder = new URL("../../engine/src/expression/flink/answers/", import.meta.url);
  return readFileSync(new URL(`${file}.jsonl`, folder), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as FlinkAnswer);
}

function answer(sql: string, { type = "", outcomes: [outcome] }: Evaluation): FlinkAnswer {
  return outcome && "value" in outcome ? [sql, type, outcome.value] : [sql];
}

describe.each(Object.keys(ANSWER_ZONES) as AnswerFile[])("a running Flink, asked about %s", (file) => {
  it("gives what is recorded of it, and what is given here but for the listed differences", { timeout: 300_000 }, async () => {
    const session = await openSession(inject("flinkGateway"), { "table.local-time-zone": ANSWER_ZONES[file] });
    const recorded = answersOf(file).filter((_, i) => i % EVERY === file.length % EVERY);
    const asked = await evaluateInFlink(
      session,
      recorded.map(([sql]) => sql),
    );
    await session.close();
    const answers = recorded.map(([sql], i) => answer(sql, asked[i] as Evaluation));
    // What only the sink finds out has no type.
    expect(answers.filter(([, type]) => type !== "")).toEqual(recorded.filter((_, i) => answers[i]?.[1] !== ""));
    const differing = answers.filter((one) => differenceTo(one, ANSWER_ZONES[file]) !== undefined);
    expect(differing.filter(([sql, type]) => !FLINK_DIFFERENCES.some(({ covers }) => covers(sql, type === undefined)))).toEqual([]);
  });
});

describe("every listed difference", () => {
  it("is still one", { timeout: 300_000 }, async () => {
    const session = await openSession(inject("flinkGateway"), { "table.local-time-zone": "America/Los_Angeles" });
    const examples = FLINK_DIFFERENCES.map(({ example }) => example);
    const asked = await evaluateInFlink(session, examples);
    await session.close();
    const same = examples.filter((sql, i) => differenceTo(answer(sql, asked[i] as Evaluation), "America/Los_Angeles") === undefined);
    expect(same).toEqual([]);
  });
});
