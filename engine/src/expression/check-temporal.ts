/** Times and intervals with + - * /. */
import { RowError } from "../node/operator.ts";
import type { DataType } from "../schema/index.ts";
import type { ArithmeticOperator } from "./check-operators.ts";
import { convert } from "./convert.ts";
import type { Scope } from "./scope.ts";
import { isInterval, isNumeric, isTimestamp } from "./type-rules.ts";
import { apply, type Typed } from "./typed-tree.ts";
import { addMonths, addMonthsTo, DAY_MS, shifted, type Timestamp } from "./values/date-time.ts";
import { divisionByZero } from "./values/integer.ts";

type Range = { readonly start: number; readonly end: number };

/** Undefined when it is no matter of times. */
export function checkTemporalArithmetic(
  scope: Scope,
  operator: ArithmeticOperator,
  left: Typed,
  right: Typed,
  range: Range,
): Typed | undefined {
  const [l, r] = [left.dataType, right.dataType];
  if ((operator === "+" || operator === "-") && isInterval(r) && l.type === r.type)
    return apply([left, right], { inline: (a, b) => `(${a} ${operator} ${b})` }, l, range);
  if ((operator === "+" || operator === "-") && isInterval(r) && isShiftable(l))
    return plusInterval(left, right, operator === "+" ? 1 : -1, range);
  if (operator === "+" && isInterval(l) && isShiftable(r)) return plusInterval(right, left, 1, range);
  if (operator === "*" && isInterval(l) && isNumeric(r)) return scaled(scope, left, right, "*", range);
  if (operator === "*" && isInterval(r) && isNumeric(l)) return scaled(scope, right, left, "*", range);
  if (operator === "/" && isInterval(l) && isNumeric(r)) return scaled(scope, left, right, "/", range);
  return undefined;
}

const isShiftable = (dataType: DataType) => dataType.type === "DATE" || dataType.type === "TIME" || isTimestamp(dataType);

/** Time as whole milliseconds or months. */
function scaled(scope: Scope, interval: Typed, factor: Typed, operator: "*" | "/", range: Range): Typed {
  const number = convert(scope, factor, { type: "DOUBLE" });
  const compute = (amount: number, by: number) => {
    if (operator === "/" && by === 0) throw divisionByZero(amount);
    const result = Math.trunc(operator === "*" ? amount * by : amount / by);
    if (!Number.isSafeInteger(result)) throw tooLong(amount, operator, by);
    return result + 0;
  };
  return apply([interval, number], { make: () => compute }, interval.dataType, range);
}

function tooLong(amount: number, operator: "*" | "/", by: number): RowError {
  return new RowError("expression.interval-range", {
    en: `${amount} ${operator} ${by} is no interval. Correct the number.`,
    zh: `${amount} ${operator} ${by} 超出时间间隔的范围。请修正该数。`,
  });
}

export function plusInterval(time: Typed, interval: Typed, sign: 1 | -1, range: Range): Typed {
  const isMonths = interval.dataType.type === "INTERVAL_YEAR_MONTH";
  const { dataType } = time;
  const of = (add: (value: never, amount: number) => Timestamp) => {
    const make = () => (value: never, amount: number) => add(value, sign * amount);
    return apply([time, interval], { make }, dataType, range);
  };
  switch (dataType.type) {
    case "DATE":
      // Flink's DATE has no time of day: hours are whole days, cut off.
      return isMonths ? of(addMonths) : of((days: number, ms) => days + Math.trunc(ms / DAY_MS));
    case "TIME":
      return of((clock: number, ms) => (isMonths ? clock : (((clock + ms) % DAY_MS) + DAY_MS) % DAY_MS));
    default:
      // Months of an instant are counted by its clock in UTC, as Flink does.
      return isMonths ? of(addMonthsTo) : of(shifted);
  }
}
