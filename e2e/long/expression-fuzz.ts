/** The fuzzer of expressions, as `pnpm test` runs it, for ten minutes and with other seeds. */
import { type ExpressionFuzzCounts, fuzzExpressions } from "../../engine/testing/expression-fuzz.ts";
import type { Part } from "./verify.ts";

const MINUTES = 10;
const TEXTS_PER_SEED = 10_000;

export const expressionFuzzLong: Part = {
  name: "expression-fuzz",
  shows: `${MINUTES} minutes of damaged and random expressions: each is refused with words and a place, or gives a value of its type or a row error; none crashes or hangs`,
  async run() {
    const end = performance.now() + MINUTES * 60_000;
    const all: ExpressionFuzzCounts = { texts: 0, refused: 0, values: 0, rowErrors: 0, slowestMillis: 0 };
    // The unit tests take seed 1.
    for (let seed = 2; performance.now() < end; seed++) {
      const counts = fuzzExpressions(seed, TEXTS_PER_SEED);
      for (const name of ["texts", "refused", "values", "rowErrors"] as const) all[name] += counts[name];
      all.slowestMillis = Math.max(all.slowestMillis, counts.slowestMillis);
    }
    return `${all.texts} texts in ${MINUTES} min: ${all.refused} refused, ${all.values} values, ${all.rowErrors} row errors; the slowest took ${all.slowestMillis} ms`;
  },
};
