/** The order of rows of one time, by expressions over them. */
import type { MatchedExpression, Row } from "@millrace/engine/node";
import type { Value } from "@millrace/engine/schema";

/** NULL comes first; an expression that cannot be computed counts as NULL. */
export function compareRows(by: readonly MatchedExpression[]): (a: Row, b: Row, time: number) => number {
  return (a, b, time) => {
    for (const expression of by) {
      const order = compareValues(expression([], a, time), expression([], b, time));
      if (order !== 0) return order;
    }
    return 0;
  };
}

function compareValues(a: Value, b: Value): number {
  if (a === b) return 0;
  if (a === null) return -1;
  if (b === null) return 1;
  return (a as number) < (b as number) ? -1 : (a as number) > (b as number) ? 1 : 0;
}
