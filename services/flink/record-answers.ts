/**
 * `node services/flink/record-answers.ts`: asks Flink what tries each function and operator and has no answer yet, and writes its answers where the tests of expressions
 * find them. Run it after one was added or its example changed.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { everythingCovered } from "../../engine/src/expression/flink/covering.ts";
import { ANSWER_ZONES, type FlinkAnswer } from "../../engine/src/expression/flink/play-answers.ts";
import { type Evaluation, evaluateInFlink, openSession, startFlink } from "./index.ts";

const ANSWERS = new URL("../../engine/src/expression/flink/answers/covering.jsonl", import.meta.url);

const known = new Map(
  readFileSync(ANSWERS, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as FlinkAnswer)
    .map((one) => [one[0], one]),
);
const wanted = everythingCovered();
const unasked = wanted.filter((sql) => !known.has(sql));
const flink = await startFlink();
try {
  const session = await openSession(flink.gatewayUrl, { "table.local-time-zone": ANSWER_ZONES.covering });
  const evaluated = await evaluateInFlink(session, unasked);
  unasked.forEach((sql, i) => {
    known.set(sql, answer(sql, evaluated[i] as Evaluation));
  });
  writeFileSync(ANSWERS, wanted.map((sql) => `${JSON.stringify(known.get(sql))}\n`).join(""));
  console.log(`${unasked.length} new answers, ${wanted.length} in all`);
} finally {
  await flink.stop();
}

/** A NULL that only the sink refuses (its type is NOT NULL) is one all the same. */
function answer(sql: string, { type = "", outcomes: [outcome] }: Evaluation): FlinkAnswer {
  if (outcome && "value" in outcome) return [sql, type, outcome.value];
  return outcome?.error.includes("EnforcerException") ? [sql, "", null] : [sql];
}
