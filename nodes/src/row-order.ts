/** Rows in the order of `order-param.ts`. */
import { comparisonOf } from "@millrace/engine/expression";
import type { Expressions, Millis, Row } from "@millrace/engine/node";
import type { DataType, Value, Values } from "@millrace/engine/schema";
import type { OrderBy } from "./order-param.ts";
import { rowOf } from "./state-types.ts";

/** Of one row, what its place depends on: a row with the members "0", "1" … */
export type Place = Values;

export interface RowOrder {
  readonly placeType: DataType;
  /** Throws `RowError` where a value cannot be computed. */
  placeOf(row: Row, time: Millis): Place;
  /** Below 0: `a` comes first. */
  compare(a: Place, b: Place): number;
}

/** Without any value all rows have the same place. */
export function rowOrder(orderBy: readonly OrderBy[], expressions: Expressions): RowOrder {
  const values = orderBy.map(({ value }) => expressions.value(value, "in"));
  const compares = orderBy.map((by, i) => comparison(by, (values[i] as { dataType: DataType }).dataType));
  return {
    placeType: rowOf(Object.fromEntries(values.map(({ dataType }, i) => [String(i), dataType]))),
    placeOf: (row, time) => Object.fromEntries(values.map((value, i) => [String(i), value(row, time)])),
    compare(a, b) {
      for (let i = 0; i < compares.length; i++) {
        const order = (compares[i] as (a: Value, b: Value) => number)(a[i] as Value, b[i] as Value);
        if (order !== 0) return order;
      }
      return 0;
    },
  };
}

/** As Flink's: NULL is the least unless it is said where it comes, a number that is none the greatest. */
function comparison({ direction, nulls }: OrderBy, dataType: DataType): (a: Value, b: Value) => number {
  const sign = direction === "ascending" ? 1 : -1;
  const nullSign = (nulls ?? (direction === "ascending" ? "first" : "last")) === "first" ? -1 : 1;
  const compare = comparisonOf(dataType) as (a: Value, b: Value) => number;
  return (a, b) => {
    if (a === null || b === null) return a === b ? 0 : a === null ? nullSign : -nullSign;
    if (Number.isNaN(a) || Number.isNaN(b)) return sign * (Number(Number.isNaN(a)) - Number(Number.isNaN(b)));
    return sign * compare(a, b);
  };
}
