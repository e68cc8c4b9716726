/** `node services/flink/record-answers.ts`: asks Flink what tries each function, and writes its answers where the tests of expressions find them. Run it after a function was added. */
import { writeFileSync } from "node:fs";
import { coveringExpressions, isCovered } from "../../engine/src/expression/flink/covering.ts";
import { ANSWER_ZONES, type FlinkAnswer } from "../../engine/src/expression/flink/play-answers.ts";
import { FUNCTIONS } from "../../engine/src/expression/functions/table.ts";
import { type Evaluation, evaluateInFlink, openSession, startFlink } from "./index.ts";

const ANSWERS = new URL("../../engine/src/expression/flink/answers/covering.jsonl", import.meta.url);

const expressions = new Set(
  FUNCTIONS.filter(isCovered).flatMap((definition) =>
    [definition.name, ...(definition.aliases ?? [])].flatMap((name) => coveringExpressions(definition, name)),
  ),
);
const flink = await startFlink();
try {
  const session = await openSession(flink.gatewayUrl, { "table.local-time-zone": ANSWER_ZONES.covering });
  const all = [...expressions];
  const evaluated = await evaluateInFlink(session, all);
  const lines = all.map((sql, i) => JSON.stringify(answer(sql, evaluated[i] as Evaluation)));
  writeFileSync(ANSWERS, `${lines.join("\n")}\n`);
  console.log(`${lines.length} answers`);
} finally {
  await flink.stop();
}

/** A NULL that only the sink refuses (its type is NOT NULL) is one all the same. */
function answer(sql: string, { type = "", outcomes: [outcome] }: Evaluation): FlinkAnswer {
  if (outcome && "value" in outcome) return [sql, type, outcome.value];
  return outcome?.error.includes("EnforcerException") ? [sql, "", null] : [sql];
}
