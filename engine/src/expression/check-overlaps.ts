/** (start, end) OVERLAPS (start, end); an end may be an interval. */
import type { Value } from "../schema/index.ts";
import { plusInterval } from "./check-temporal.ts";
import { convert } from "./convert.ts";
import { formatType } from "./format-type.ts";
import { failure } from "./problems.ts";
import type { Scope } from "./scope.ts";
import type { Expression } from "./syntax.ts";
import { commonType, isInterval, isTimePoint } from "./type-rules.ts";
import { apply, type Typed } from "./typed-tree.ts";

export function checkOverlaps(scope: Scope, { left, right, range }: Extract<Expression, { kind: "binary" }>): Typed {
  const ends = [left, right].flatMap((period) => endsOf(scope, period));
  const common = commonType(
    ends.map(({ dataType }) => dataType),
    "Flink",
  );
  const odd = ends.find(({ dataType }) => !isTimePoint(dataType));
  if (!common || odd)
    throw failure("expression.overlaps", { got: ends.map(({ dataType }) => formatType(dataType)).join(", ") }, odd?.range ?? range);
  return apply(
    ends.map((end) => convert(scope, end, common)),
    { nulls: "passed", mayBeNull: ends.some((end) => end.dataType.nullable !== false), make: () => overlaps },
    { type: "BOOLEAN" },
    range,
  );
}

function endsOf(scope: Scope, period: Expression): Typed[] {
  if (period.kind !== "row" || period.items.length !== 2)
    throw failure("expression.overlaps", { got: scope.text.slice(period.range.start, period.range.end) }, period.range);
  const [start, end] = scope.checkAll(period.items) as [Typed, Typed];
  return [start, isInterval(end.dataType) ? plusInterval(start, end, 1, end.range) : end];
}

/**
 * Periods may be given end first; the end belongs to them only when it is their start. As Calcite writes it out: each side in order by CASE WHEN a <= b, so that a period
 * with one end unknown lies at the other, and both comparisons must hold.
 */
function overlaps(a: Value, b: Value, c: Value, d: Value): boolean | null {
  const [start1, end1] = inOrder(a, b);
  const [start2, end2] = inOrder(c, d);
  const [one, other] = [notBefore(end1, start2), notBefore(end2, start1)];
  if (one === false || other === false) return false;
  return one === null || other === null ? null : true;
}

function inOrder(a: Value, b: Value): [Value, Value] {
  return notBefore(b, a) ? [a, b] : [b, a];
}

function notBefore(a: Value, b: Value): boolean | null {
  return a === null || b === null ? null : a >= b;
}
